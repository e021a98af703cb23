"""What a probe may cost beside the limit and the peers: one verdict for each promise, by its worst cell. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from monitor.model import Codec
from monitor.settings.values import PictureSettings, ProbeSettings
from tests.bench.cells import LARGE, PEERS, SMALL, Cell, Contestant, Outcome, Results, Source
from tests.bench.tables import Check

OVER_LIMIT = {LARGE: 1.25, SMALL: 1.5}  # × bare decode + diagnosis
OF_BEST_PEER, OF_OPENCV_AND_FFMPEG, OF_PYAV_MINUTE = 0.7, 0.25, 0.1
RECEIVED_AT_ONCE, RECEIVED_LIVE = 0.25, 1.5  # ms
MANY = (16, 64)  # at once
MEMORY_LIMIT = 150_000_000  # bytes
INTERVAL, DECODED_EVERY = ProbeSettings().interval, PictureSettings().every  # the default tiers

Shown = dict[Contestant, Outcome]
Figure = Callable[[Shown], float]


def promises(results: Results) -> tuple[Check, ...]:
    """The verdicts, each by the cell that is worst for us."""
    cells = list(results)
    return (
        *(
            _worst(
                f"decoding every time, {width}x{height}: CPU ÷ (bare decode + diagnosis)",
                f"≤ {most:g}",
                results,
                [cell for cell in cells if cell.scenery.size == (width, height)],
                lambda shown: _each(shown, Contestant.OURS) / _each(shown, Contestant.BARE_DIAGNOSED),
                most,
            )
            for (width, height), most in OVER_LIMIT.items()
        ),
        _worst(
            "decoding every time: CPU ÷ best tuned peer",
            f"≤ {OF_BEST_PEER}",
            results,
            cells,
            lambda shown: _each(shown, Contestant.OURS) / min(_each(shown, peer) for peer in PEERS),
            OF_BEST_PEER,
        ),
        *(
            _worst(
                f"decoding every time, H.264, joining mid-group: CPU ÷ {peer.value}",
                f"≤ {OF_OPENCV_AND_FFMPEG}",
                results,
                [c for c in cells if c.scenery.codec is Codec.H264 and c.scenery.source is Source.LIVE],
                lambda shown, peer=peer: _each(shown, Contestant.OURS) / _each(shown, peer),  # type: ignore[misc]
                OF_OPENCV_AND_FFMPEG,
            )
            for peer in (Contestant.OPENCV, Contestant.FFMPEG)
        ),
        _worst(
            "key frame received, 640x360 at once: CPU ms",
            f"≤ {RECEIVED_AT_ONCE}",
            results,
            [c for c in cells if _is(c, Source.AT_ONCE, SMALL)],
            lambda shown: _each(shown, Contestant.OURS_KEY_FRAME) * 1000,
            RECEIVED_AT_ONCE,
        ),
        _worst(
            "key frame received, 1920x1080 joining a 2 s GOP: CPU ms",
            f"≤ {RECEIVED_LIVE}",
            results,
            [c for c in cells if _is(c, Source.LIVE, LARGE)],
            lambda shown: _each(shown, Contestant.OURS_KEY_FRAME) * 1000,
            RECEIVED_LIVE,
        ),
        _worst(
            "64 × 1920x1080 in flight, decoded: peak MB",
            f"≤ {MEMORY_LIMIT / 1e6:.0f}",
            results,
            [c for c in cells if c.scenery.size == LARGE and c.at_once == 64],
            lambda shown: shown[Contestant.OURS].peak / 1e6,
            MEMORY_LIMIT / 1e6,
        ),
        _worst(
            f"a camera-minute, 640x360 live, decoded every {DECODED_EVERY // INTERVAL} min: CPU ÷ PyAV each minute",
            f"≤ {OF_PYAV_MINUTE}",
            results,
            [c for c in cells if c.scenery.source is Source.LIVE and c.scenery.size == SMALL],
            lambda shown: camera_minute(shown) / _each(shown, Contestant.PYAV),
            OF_PYAV_MINUTE,
        ),
        _worst(
            "every contestant got what it was to prove: failures",
            "0",
            results,
            cells,
            lambda shown: float(sum(outcome.failed for outcome in shown.values())),
            0.0,
        ),
    )


def camera_minute(shown: Shown) -> float:
    """CPU seconds a minute of one camera costs: a key frame received each minute, now and then one decoded."""
    decoded = Fraction(INTERVAL / DECODED_EVERY)
    received, whole = _each(shown, Contestant.OURS_KEY_FRAME), _each(shown, Contestant.OURS)
    return float(1 - decoded) * received + float(decoded) * whole


def _is(cell: Cell, source: Source, size: tuple[int, int]) -> bool:
    return cell.scenery.source is source and cell.scenery.size == size and cell.at_once in MANY


def _each(shown: Shown, contestant: Contestant) -> float:
    return shown[contestant].each


def _worst(what: str, wanted: str, results: Results, cells: Iterable[Cell], figure: Figure, most: float) -> Check:
    """The verdict by the cell that is worst for us."""
    found = [(figure(results[cell]), cell) for cell in cells]
    if not found:
        return Check(what, wanted, "not among these cells", holds=None)
    value, cell = max(found, key=lambda pair: pair[0])
    return Check(what, wanted, f"{value:.3g} ({cell})", value <= most)

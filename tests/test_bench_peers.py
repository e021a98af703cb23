"""The comparison with the peers: its verdicts, and that every contestant truly gets a picture. No time is asserted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from monitor.model import Codec, Credentials, Secret
from monitor.simulator.auth import Scheme
from tests.addresses import BASE, free_port
from tests.bench.cells import (
    ALL_CELLS,
    CELL_SETS,
    LARGE,
    PEERS,
    Cell,
    Contestant,
    Outcome,
    Results,
    Scenery,
    Source,
    probes_of,
)
from tests.bench.peers import SETTINGS, details, shown_by, summary
from tests.bench.promises import camera_minute, promises
from tests.bench.rivals import BLACKBOX, with_login
from tests.bench.servers import DEBIAN_PYTHON, Place, Serving, serving
from tests.programs import program
from tests.real.gstreamer import gst_server


def outcome(cpu_ms: float, *, peak_mb: float = 100, failed: int = 0) -> Outcome:
    """Ten successes that took that much CPU each."""
    walls = tuple(nth / 10 for nth in range(1, 11))
    return Outcome("", cpu_ms / 1000 * 10, walls, failed, "too late" if failed else "", 1.0, int(peak_mb * 1e6))


GOOD = {
    Contestant.OURS: outcome(6.0),
    Contestant.OURS_KEY_FRAME: outcome(0.2),
    Contestant.OPENCV: outcome(40.0),
    Contestant.PYAV: outcome(10.0),
    Contestant.FFMPEG: outcome(80.0),
    Contestant.BLACKBOX: outcome(0.3),
    Contestant.EXCHANGES: outcome(0.1),
    Contestant.BARE: outcome(4.5),
    Contestant.BARE_DIAGNOSED: outcome(5.0),
}


def results(**changed: Outcome) -> Results:
    """Every cell kept every promise, but for what is said of the contestants by name."""
    shown = {**GOOD, **{Contestant[name]: value for name, value in changed.items()}}
    return {cell: dict(shown) for cell in ALL_CELLS}


def broken(found: Results) -> list[str]:
    return [check.what for check in promises(found) if check.holds is False]


def test_a_good_prober_keeps_every_promise() -> None:
    assert broken(results()) == []
    assert len(promises(results())) == 10


@pytest.mark.parametrize(
    ("changed", "promise"),
    [
        ({"BARE_DIAGNOSED": outcome(4.7)}, "decoding every time, 1920x1080: CPU ÷ (bare decode + diagnosis)"),
        ({"PYAV": outcome(8.4), "OURS_KEY_FRAME": outcome(0.1)}, "decoding every time: CPU ÷ best tuned peer"),
        ({"OPENCV": outcome(23.9)}, "decoding every time, H.264, joining mid-group: CPU ÷ OpenCV VideoCapture"),
        ({"FFMPEG": outcome(23.9)}, "decoding every time, H.264, joining mid-group: CPU ÷ ffmpeg -frames:v 1"),
        ({"OURS_KEY_FRAME": outcome(0.26)}, "key frame received, 640x360 at once: CPU ms"),
        ({"OURS": outcome(6.0, peak_mb=151)}, "64 × 1920x1080 in flight, decoded: peak MB"),
        ({"OPENCV": outcome(40.0, failed=1)}, "every contestant got what it was to prove: failures"),
    ],
)
def test_each_promise_breaks_by_itself(changed: dict[str, Outcome], promise: str) -> None:
    assert broken(results(**changed)) == [promise]


def test_a_key_frame_of_a_large_picture_may_cost_more_but_not_any_amount() -> None:
    found = results()
    for cell in found:
        if cell.scenery.size == LARGE:
            found[cell][Contestant.OURS_KEY_FRAME] = outcome(1.51)
    assert broken(found) == ["key frame received, 1920x1080 joining a 2 s GOP: CPU ms"]


def test_small_pictures_may_cost_half_as_much_again_as_the_limit() -> None:
    found = results(OURS=outcome(6.9), OPENCV=outcome(60.0), PYAV=outcome(12.0))
    for cell in found:
        if cell.scenery.size == LARGE:
            found[cell][Contestant.OURS] = outcome(6.0)
    assert broken(found) == []
    assert broken(results(OURS=outcome(7.6), OPENCV=outcome(60.0), PYAV=outcome(12.0)))[:2] == [
        "decoding every time, 1920x1080: CPU ÷ (bare decode + diagnosis)",
        "decoding every time, 640x360: CPU ÷ (bare decode + diagnosis)",
    ]


def test_the_worst_cell_is_named() -> None:
    found = results()
    worst = ALL_CELLS[5]
    found[worst][Contestant.PYAV] = outcome(8.4)
    (check,) = [check for check in promises(found) if check.holds is False]
    assert str(worst) in check.found


def test_what_was_not_measured_is_not_judged() -> None:
    few = {cell: shown for cell, shown in results().items() if cell in CELL_SETS["gstreamer"]}
    assert [check.what for check in promises(few) if check.holds is not None] == [
        "decoding every time, 640x360: CPU ÷ (bare decode + diagnosis)",
        "decoding every time: CPU ÷ best tuned peer",
        "every contestant got what it was to prove: failures",
    ]


def test_a_peer_without_a_single_success_beats_nobody_and_is_told() -> None:
    dead = replace(outcome(1.0), walls=(), failed=10)
    assert broken(results(OPENCV=dead)) == ["every contestant got what it was to prove: failures"]


def test_a_camera_minute_is_mostly_receiving() -> None:
    assert camera_minute(GOOD) * 1000 == pytest.approx(0.9 * 0.2 + 0.1 * 6.0)


def test_an_outcome_knows_its_quantiles_and_the_better_setting() -> None:
    seen = outcome(5.0)
    assert (seen.wall(0.5), seen.wall(0.95)) == (0.5, 1.0)
    assert min((outcome(1.0, failed=1), outcome(9.0), seen), key=lambda one: one.rank) == seen


def test_all_cells_are_the_product_of_what_matters_and_are_there_once() -> None:
    assert len(set(ALL_CELLS)) == len(ALL_CELLS) == 2 * 2 * 2 * 3 + 2
    assert set(CELL_SETS["quick"]) <= set(ALL_CELLS)
    assert all(probes_of(cell, contestant) >= cell.at_once for cell in ALL_CELLS for contestant in Contestant)


def test_tables_hold_every_cell_and_every_contestant() -> None:
    found = results(OPENCV=outcome(40.0, failed=2))
    assert len(summary(found).rows) == len(ALL_CELLS)
    tables = list(details(found))
    assert sum(len(table.rows) for table in tables) == len(ALL_CELLS) * len(Contestant)
    assert any("10 of 12 (too late)" in row for table in tables for row in table.rows)


def test_a_login_is_written_into_the_url_so_that_it_can_be_read_again() -> None:
    login = Credentials("admin", Secret("dh:8/cam%23 #1@"))
    parts = urlsplit(with_login("rtsp://127.0.0.1:554/a?b=1&c=2", login))
    assert (parts.hostname, parts.port, parts.path, parts.query) == ("127.0.0.1", 554, "/a", "b=1&c=2")
    assert (parts.username, unquote(parts.password or "")) == ("admin", login.password.reveal())
    assert with_login("rtsp://h/a", None) == "rtsp://h/a"


# ---------------------------------------------------------------- contestants, for real

TINY = Scenery(Source.AT_ONCE, Codec.H264, (320, 192))


def place_in(folder: Path) -> Place:
    return Place(frozenset(os.sched_getaffinity(0)), BASE, free_port(f"{BASE}.1.1"), Scheme.DIGEST_MD5, folder)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(TINY, place_in(tmp_path_factory.mktemp("server"))) as running:
        yield running


def prove(contestant: Contestant, setting: str, scenery: Scenery, running: Serving) -> None:
    cores = frozenset(os.sched_getaffinity(0))
    seen = shown_by(contestant, setting, Cell(scenery, 2), running, cores, probes=4, pace=0.0)
    assert (len(seen.walls), seen.failed) == (4, 0), seen.complaint
    assert seen.cpu > 0
    assert seen.peak > 1_000_000


@pytest.mark.parametrize("contestant", [each for each in Contestant if each not in PEERS])
def test_every_contestant_gets_what_it_is_to_prove(server: Serving, contestant: Contestant) -> None:
    if contestant is Contestant.BLACKBOX:
        program(BLACKBOX)
    prove(contestant, "", TINY, server)


@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_gets_a_picture(server: Serving, peer: Contestant) -> None:
    """With one of its settings; the bench itself tells of a setting that fails, and takes another."""
    if peer is Contestant.FFMPEG:
        program("ffmpeg")
    prove(peer, list(SETTINGS[peer])[-1], TINY, server)


@pytest.mark.real
@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
def test_gstreamer_shows_the_same_film(tmp_path: Path, codec: Codec) -> None:
    gst_server(tmp_path)  # skips where it is not installed
    program(DEBIAN_PYTHON)
    scenery = Scenery(Source.GSTREAMER, codec, (320, 192))
    with serving(scenery, place_in(tmp_path)) as running:
        prove(Contestant.OURS, "", scenery, running)
        prove(Contestant.PYAV, next(iter(SETTINGS[Contestant.PYAV])), scenery, running)

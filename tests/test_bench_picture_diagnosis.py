"""The evaluation of picture diagnosis: that its scenes, faults and counts are what they say. No recall is asserted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache

import cv2
import numpy as np
import pytest

from monitor.liveness import Policy
from monitor.model import Cause, Codec, KeyFrame, Verdict
from monitor.picture import Memory
from monitor.simulator.scenes import Scene as Drawn
from monitor.simulator.scenes import draw
from tests.bench.picture_diagnosis import lossy as module_lossy
from tests.bench.picture_diagnosis import packages, scores
from tests.bench.picture_diagnosis.camera import SOUND, Aim, Camera, Spoilt
from tests.bench.picture_diagnosis.days import Moment, Weather, a_day, a_moment, midnight, noon
from tests.bench.picture_diagnosis.faults import FAULTS
from tests.bench.picture_diagnosis.lossy import DAMAGED, lossy, poor_line
from tests.bench.picture_diagnosis.measure import FULL, Order, findings
from tests.bench.picture_diagnosis.scenes import VIEW, Half, Palette, Pixels, Scene, painted, scene
from tests.bench.picture_diagnosis.streams import (
    PER_SECOND,
    Arrived,
    Decoder,
    Encoder,
    Loss,
    Rate,
    Stream,
    a_share,
    each_by_chance,
    sent,
)
from tests.bench.picture_diagnosis.trials import STILL, STILL_GRAINS, WITH, tried
from tests.bench.picture_diagnosis.watching import DAY, INFRARED, Alive, Seen, Trial

JUNCTION = scene("drawn/junction", "drawn", draw(Drawn.JUNCTION, 3.0, 832, 468, noise=0))
SHORT = replace(FULL, weathers=(Weather.RAIN,), step=timedelta(minutes=40), stride=7, streams=False, still=3, onset=0)


@cache
def camera() -> Camera:
    return Camera(JUNCTION)


def film(moment: Moment, spoilt: Spoilt = SOUND, seed: int = 1) -> Pixels:
    return camera().film(moment, np.random.default_rng(seed), spoilt)


def luma(picture: Pixels) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    mean: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = picture.astype(np.float64).mean(axis=2)
    return mean


# ---------------------------------------------------------------- scenes


def test_a_scene_belongs_to_its_half_for_ever() -> None:
    halves = [
        Scene(name, "", JUNCTION.pixels).half for name in ("a/1.jpg", "a/2.jpg", "opencv-doc/examples/data/vtest.avi")
    ]
    assert halves == [Half.TUNING, Half.TUNING, Half.REPORTED]


def test_enough_scenes_are_named_and_none_twice() -> None:
    named = [
        f"{package.name}/{name}" for package in packages.PACKAGES for name in (*package.photographs, *package.films)
    ]
    assert len(named) == len(set(named)) >= 60
    halves = [Scene(name, "", JUNCTION.pixels).half for name in named]
    assert 25 <= halves.count(Half.REPORTED) <= len(named) - 25
    assert all(package.licence for package in packages.PACKAGES)


def test_a_painted_scene_is_the_same_place_in_other_colours() -> None:
    def colour(of: Scene) -> float:
        return float(np.ptp(of.pixels.astype(int), axis=2).mean())

    assert painted(JUNCTION, Palette.TRUE) is JUNCTION
    pale, vivid, dim = (painted(JUNCTION, palette) for palette in (Palette.PALE, Palette.VIVID, Palette.DIM))
    assert 0 < 2 * colour(pale) < colour(JUNCTION) < colour(vivid)
    assert dim.pixels.max() < JUNCTION.pixels.max() / 2
    assert {each.seed for each in (pale, vivid, dim)} == {JUNCTION.seed}, "and of the same half"


def test_a_portrait_photograph_becomes_a_wide_scene() -> None:
    assert scene("x", "x", np.zeros((1080, 810, 3), np.uint8)).pixels.shape == (468, 832, 3)


# ---------------------------------------------------------------- light and camera


def test_a_day_has_light_dusk_and_night() -> None:
    day = list(a_day(Weather.CLEAR, 0, True, np.random.default_rng(1)))
    assert len(day) == 144
    assert [moment.at for moment in day] == sorted(moment.at for moment in day)
    night = [moment for moment in day if moment.infrared]
    assert 60 <= len(night) <= 75
    assert max(moment.daylight for moment in night) < 0.01
    assert max(moment.daylight for moment in day) > 0.4


def test_exposure_answers_to_the_light_and_no_two_pictures_are_equal() -> None:
    bright, dull = (film(Moment(noon(0), daylight=light)) for light in (1.0, 0.1))
    assert abs(luma(bright).mean() - luma(dull).mean()) < 3
    assert (film(Moment(noon(0)), seed=1) != film(Moment(noon(0)), seed=2)).mean() > 0.1


def test_grain_grows_with_amplification() -> None:
    def grain(moment: Moment) -> float:
        return float((luma(film(moment, seed=1)) - luma(film(moment, seed=2))).std())

    assert grain(Moment(noon(0))) < 3 < grain(Moment(midnight(0), daylight=3e-4, infrared=True))


def test_infrared_pictures_have_no_colour() -> None:
    picture = film(Moment(midnight(0), daylight=2e-4, infrared=True), Spoilt(gains=(1.0, 1.0, 1.0)))
    assert np.ptp(picture.astype(int), axis=2).max() == 0


def test_a_camera_that_is_turned_sees_what_was_beside_its_view() -> None:
    straight, turned = film(Moment(noon(0))), film(Moment(noon(0)), Spoilt(aim=Aim(right=0.05)))
    below = slice(60, 340)
    shifted = luma(straight)[below, 52:620] - luma(turned)[below, 20:588]
    assert abs(shifted).mean() < 3 < abs(luma(straight)[below] - luma(turned)[below]).mean()


def test_each_moment_can_be_filmed_in_every_weather() -> None:
    for weather in Weather:
        rng = np.random.default_rng(4)
        pictures = [camera().film(moment, rng) for moment in list(a_day(weather, 1, True, rng))[::48]]
        assert all(picture.shape == (360, 640, 3) and 10 < picture.mean() < 245 for picture in pictures)


# ---------------------------------------------------------------- faults


@pytest.fixture(scope="module")
def spoilt_pictures() -> dict[str, Pixels]:
    moment = Moment(noon(0))
    return {f"{fault.kind}, {fault.strength}": film(moment, fault.spoil(np.random.default_rng(7))) for fault in FAULTS}


def test_faults_have_the_strength_they_are_named_for(spoilt_pictures: dict[str, Pixels]) -> None:
    sound = luma(film(Moment(noon(0))))
    got = {name: luma(picture) for name, picture in spoilt_pictures.items()}
    assert np.quantile(got["too dark, p99 35"], 0.99) == pytest.approx(35, abs=4)
    assert (got["too bright, 80 % clipped"] > 200).mean() > 0.75
    assert (got["snow, noise, sigma 30"] - sound).std() == pytest.approx(30, rel=0.25)
    assert (got["stripes, rows, amplitude 15"] - sound)[40:].mean(axis=1).std() == pytest.approx(15 / 2**0.5, rel=0.2)
    covered = (abs(got["view lost, covered 60 %"] - sound) > 6)[40:].mean()
    assert 0.5 < covered < 0.85


def test_defocus_takes_detail_in_proportion(spoilt_pictures: dict[str, Pixels]) -> None:
    def detail(picture: Pixels) -> float:
        return float(cv2.Laplacian(picture[40:], cv2.CV_64F).var())

    radii = [detail(spoilt_pictures[f"defocus, r {radius} px"]) for radius in (2, 3, 5)]
    assert detail(film(Moment(noon(0)))) > 2 * radii[0]
    assert radii == sorted(radii, reverse=True)


def test_words_on_a_placeholder_stay_below_a_fifth(spoilt_pictures: dict[str, Pixels]) -> None:
    words = luma(spoilt_pictures["no signal, blue with words"])
    assert 0.01 < (words > words.min() + 20).mean() < 0.2


# ---------------------------------------------------------------- streams


@pytest.fixture(scope="module")
def units() -> dict[Codec, list[bytes]]:
    coded = {}
    for codec in Codec:
        encoder = Encoder(Stream(codec, 4 if codec is Codec.MJPEG else 27, group=2))
        coded[codec] = [
            encoder.encode(film(a_moment(Weather.CLEAR, noon(0), False, np.random.default_rng(n)))) for n in (1, 2)
        ]
    return coded


@pytest.mark.parametrize("codec", list(Codec))
def test_a_key_frame_comes_through_a_network_as_it_was_shown(codec: Codec, units: dict[Codec, list[bytes]]) -> None:
    shown = luma(film(a_moment(Weather.CLEAR, noon(0), False, np.random.default_rng(1))))
    decoded = Decoder().decode(KeyFrame(codec, units[codec][0]))
    assert decoded is not None
    frame, evidence = decoded
    assert (frame.width, frame.height) == VIEW
    assert not evidence.decoder_flagged
    assert np.corrcoef(frame.y.ravel(), shown.ravel())[0, 1] > 0.95


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
def test_a_lost_packet_is_lost_before_the_monitor_puts_them_together(
    codec: Codec, units: dict[Codec, list[bytes]]
) -> None:
    unit, following = units[codec]

    def arrived(loss: Loss) -> Arrived:
        return sent(codec, unit, following, a_share(0.1), loss, np.random.default_rng(2))

    assert arrived(Loss.SEEN).key_frame is None
    hidden = arrived(Loss.BEHIND_A_RELAY)
    assert hidden.lost >= 1
    assert hidden.key_frame is None or len(hidden.key_frame.data) < len(unit)


def test_a_line_loses_packets_by_chance_and_the_first_one_never() -> None:
    lost = [each_by_chance(0.01)(30, np.random.default_rng(number)) for number in range(2_000)]
    assert sum(map(len, lost)) == pytest.approx(2_000 * 29 * 0.01, rel=0.15)
    assert set().union(*lost) == set(range(1, 30))
    assert sum(not each for each in lost) > 1_000, "most key frames of this size come whole"


def test_of_a_poor_line_each_damaged_key_frame_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module_lossy, "SENT", 24)
    trials = list(poor_line(camera(), Stream(Codec.H264, 20, group=2), Memory.fresh(), np.random.default_rng(4)))
    assert 3 <= len(trials) < 24
    assert {each.strength for each in trials} < set(DAMAGED)
    assert {each.event for each in trials} == {Cause.STREAM_DAMAGED}


def test_an_encoder_spends_bits_as_it_is_told() -> None:
    shown = film(Moment(noon(0)))
    spent, kinds = {}, {}
    for rate in Rate:
        encoder = Encoder(Stream(Codec.H264, 23, rate, group=10, kilobits=200))
        units = [encoder.encode(shown) for _ in range(900)]
        spent[rate], kinds[rate] = 8 * sum(map(len, units)) * PER_SECOND / len(units) / 1000, len(set(units[::10]))
    assert spent[Rate.QUALITY] > 250
    assert spent[Rate.CAPPED] < 1.05 * 200
    assert spent[Rate.CONSTANT] == pytest.approx(200, rel=0.05)
    assert kinds[Rate.QUALITY] < 6 < min(kinds[rate] for rate in Rate if rate is not Rate.QUALITY), "of key frames"


def test_lost_packets_are_an_event_after_as_many_looks_as_everything_else() -> None:
    rng = np.random.default_rng(4)
    gap = lossy(camera(), Stream(Codec.H264, group=2), Memory.fresh(), Loss.SEEN, 0.1, rng)
    assert (gap.event, gap.named, gap.delay) == (Cause.STREAM_DAMAGED, True, Policy().fall)
    hidden = lossy(camera(), Stream(Codec.H264, group=2), Memory.fresh(), Loss.BEHIND_A_RELAY, 0.1, rng)
    assert hidden.event is None or hidden.event.verdict is not Verdict.GOOD
    assert hidden.delay is None or hidden.delay >= Policy().fall


# ---------------------------------------------------------------- trials and scores


def test_a_scene_is_tried_alike_every_time_and_faults_are_counted_from_their_beginning() -> None:
    seen = tried(JUNCTION, SHORT)
    assert {alive.condition for alive in seen.alive} >= {"first day, learning: day", f"{Weather.RAIN}: infra-red"}
    assert sum(alive.key_frames for alive in seen.alive) == 36 + 36 + 2 * len(STILL_GRAINS) * 3
    assert len(seen.trials) >= len(FAULTS[::7])
    black = next(each for each in seen.trials if each.strength == "black")
    assert black.event in (Cause.PICTURE_BLACK, Cause.PICTURE_SINGLE_COLOUR, Cause.PICTURE_DARK)
    assert black.delay is not None
    assert black.delay >= 1


def a_trial(*, named: bool, judged: bool = True, event: Cause | None = Cause.PICTURE_DARK) -> Trial:
    return Trial("too dark", "p99 20", DAY, True, judged, event, named, 4 if named else None)


def seen_of(trials: tuple[Trial, ...], key_frames: int = 0, events: tuple[Cause, ...] = ()) -> Seen:
    return Seen("here", trials, (Alive("clear", key_frames, len(events), events),))


def verdict(seen: Seen, what: str) -> bool | None:
    (holds,) = {check.holds for check in scores.checks([seen]) if check.what == what}
    return holds


def test_a_promise_is_held_against_the_trials_that_could_be_judged() -> None:
    good = (a_trial(named=True),) * 98
    missed, blind = a_trial(named=False), a_trial(named=False, judged=False, event=None)
    assert verdict(seen_of((*good, missed, missed, blind)), "too dark: p99 20, day") is True
    assert verdict(seen_of((*good, missed, missed, missed)), "too dark: p99 20, day") is False
    assert verdict(seen_of((blind,)), "too dark: p99 20, day") is None


def test_a_miss_of_one_strength_or_mode_is_hidden_by_no_other() -> None:
    weak = [replace(a_trial(named=named), strength="p99 35") for named in (True, False)]
    seen = seen_of((*(a_trial(named=True),) * 98, *weak))
    assert (verdict(seen, "too dark: p99 20, day"), verdict(seen, "too dark: p99 35, day")) == (True, False)
    assert verdict(seen, "too dark: p99 35, infra-red") is None


def test_every_promised_strength_has_a_check_of_its_own() -> None:
    promised = {(promise.kind, promise.strength, promise.mode) for promise in scores.PROMISES}
    assert len(promised) == len(scores.PROMISES)
    for fault in FAULTS:
        for mode, shown in ((DAY, fault.by_day), (INFRARED, fault.in_infrared)):
            assert ((fault.kind, fault.strength, mode) in promised) is (fault.promised and shown)
    least = {
        *((kind, strength, mode, wanted) for kind, strength, mode, wanted in (
            ("defocus", "r 3 px", DAY, 0.97),
            ("defocus", "r 3 px", INFRARED, 0.90),
            ("view lost", "covered 60 %", DAY, 0.98),
            ("view lost", "shifted 3 %", DAY, 0.98),
            ("view lost", "shifted 10 %", INFRARED, 0.95),
            ("view lost", "turned 5°", INFRARED, 0.95),
            ("colour cast", "2 ×", DAY, 0.97),
            ("veil", "drops over 40 %", INFRARED, 0.90),
            ("slow drift", WITH, DAY, 0.95),
            ("frozen, stands still", "h264, constant quality", DAY, 0.99),
            ("frozen, stands still", "h264, average bit rate", DAY, 0.99),
            ("frozen, stands still", "h264, constant quality up to a bit rate, 384 kbit/s", DAY, 0.99),
            ("frozen, stands still", "mjpeg, constant quality", DAY, 0.99),
            ("corrupt, gap seen", "h265, a line losing 1%, key frame by key frame", DAY, 0.99),
        ))
    }  # fmt: skip
    assert least <= {(each.kind, each.strength, each.mode, each.wanted) for each in scores.PROMISES}


@pytest.mark.slow
def test_what_is_promised_of_streams_and_drift_is_what_is_tried() -> None:
    seen = tried(JUNCTION, replace(SHORT, streams=True, stride=len(FAULTS)))
    tried_of = {(each.kind, each.strength) for each in seen.trials if each.promised}
    promised = {(each.kind, each.strength) for each in scores.PROMISES}
    assert tried_of <= promised
    of_faults = {(fault.kind, fault.strength) for fault in FAULTS}
    looped = {(kind, strength) for kind, strength in promised if kind == "frozen, in a loop"}
    assert promised - tried_of < of_faults | looped
    assert len(looped & tried_of) == 1, "by the scene's own codec"


def test_silence_is_no_promise_kept_before_there_were_enough_key_frames() -> None:
    what = "events among alive key frames"
    assert verdict(seen_of((), 20_000), what) is True
    assert verdict(seen_of((), 19_999), what) is None
    assert verdict(seen_of((), 20_000, (Cause.PICTURE_MOVED,)), what) is False


def test_still_scenes_are_counted_apart() -> None:
    still = Alive(f"{STILL} under a clock, grain 0.05", 30_000, 0, ())
    seen = replace(seen_of((), 10), alive=(Alive("rain: day", 100, 1, ()), still))
    found = {check.what: (check.found, check.holds) for check in scores.checks([seen])}
    assert found["alive key frames judged faulty"] == ("1.000% of 100", False)
    assert found["events among alive key frames"] == ("0 in 100", None)
    assert found["events among still scenes"] == ("0 in 30,000", True)


def test_the_tables_say_which_half_they_speak_of() -> None:
    seen = [seen_of((a_trial(named=True), a_trial(named=False, event=None)), 10, (Cause.PICTURE_MOVED,))]
    text = findings(seen, [JUNCTION], [JUNCTION], Order(Half.TUNING, misses=True)).markdown(["here"])
    assert "scenes of the half “tuning”" in text
    assert "| too dark | p99 20 | day | 2 | 0 | 1 | 0 | 0.500 | 0.500 | 4 (4) |" in text
    assert "picture_moved 1" in text
    assert "nothing" in text

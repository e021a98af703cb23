"""Planted faults are told after several key frames, and nothing else is; what cannot be judged says so."""

from __future__ import annotations

from datetime import timedelta

import cv2
import numpy as np
import pytest

from monitor.model import Cause, FindingState
from monitor.picture import Evidence, Memory, approve_view, examine
from monitor.picture.contrast import LOW, VEIL
from monitor.picture.memory import Mode, Reference
from monitor.simulator.flaws import Flaw, draw_flawed
from monitor.simulator.scenes import Scene
from tests.picture.film import HEIGHT, START, STEP, WIDTH, Pixels, Spoil, began, frame_of, infrared, shot, watched

BY_REFERENCE = (Cause.PICTURE_MOVED, Cause.PICTURE_COVERED, Cause.PICTURE_BLURRED, Cause.PICTURE_VEILED)
LEARNT = 56  # key frames, of which the first few are held back until the light has settled


@pytest.fixture(scope="module")
def known() -> Memory:
    """A camera at the pond that was seen well for half an hour."""
    pictures, memory = watched(Memory.fresh(), range(LEARNT))
    assert began(pictures) == []
    assert memory.reference.golden is not None
    return memory


@pytest.fixture(scope="module")
def known_by_night() -> Memory:
    """The same by infra-red light."""
    pictures, memory = watched(Memory.fresh(), range(LEARNT), infrared)
    assert began(pictures) == []
    assert memory.mode is Mode.INFRARED
    return memory


def clipped(values: np.ndarray) -> Pixels:
    pixels: Pixels = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return pixels


def card(picture: Pixels, _: int) -> Pixels:
    blue = np.full_like(picture, (200, 30, 10))
    cv2.putText(blue, "NO SIGNAL", (170, 190), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (255, 255, 255), 3)
    return blue


def dead(picture: Pixels, number: int) -> Pixels:
    return clipped(np.random.default_rng(number).normal(3, 2, picture.shape))


def darker(picture: Pixels, _: int) -> Pixels:
    return clipped(picture * 0.12)


def overexposed(picture: Pixels, _: int) -> Pixels:
    return clipped(picture * 2.2)


def snow(picture: Pixels, number: int) -> Pixels:
    return clipped(picture + np.random.default_rng(number).normal(0, 30, picture.shape[:2])[:, :, None])


def bands(picture: Pixels, number: int) -> Pixels:
    rows = 15 * np.sign(np.sin(2 * np.pi * np.arange(HEIGHT) / 23 + number))
    return clipped(picture + rows[:, None, None])


def bag(picture: Pixels, number: int) -> Pixels:
    covered = picture.copy()
    covered[:, : WIDTH * 7 // 10] = clipped(np.random.default_rng(number).normal(70, 2, (HEIGHT, WIDTH * 7 // 10, 3)))
    return covered


def pushed(picture: Pixels, _: int) -> Pixels:
    return np.roll(picture, (0, WIDTH // 20), axis=(0, 1))


def turned(picture: Pixels, _: int) -> Pixels:
    matrix = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), 6, 1.0)
    return clipped(cv2.warpAffine(picture, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT))


def defocused(picture: Pixels, _: int) -> Pixels:
    rows, columns = np.mgrid[-7:8, -7:8]
    disc = (rows**2 + columns**2 <= 49).astype(np.float32)
    return clipped(cv2.filter2D(picture, -1, disc / disc.sum()))


def foil(picture: Pixels, _: int) -> Pixels:
    return clipped(0.3 * picture.astype(float) + 0.7 * picture.mean())


def too_red(picture: Pixels, _: int) -> Pixels:
    return clipped(picture * np.array([0.75, 0.75, 1.35]))


BY_DAY: dict[Cause, Spoil] = {
    Cause.PICTURE_BLACK: dead,
    Cause.PICTURE_SINGLE_COLOUR: card,
    Cause.PICTURE_DARK: darker,
    Cause.PICTURE_BRIGHT: overexposed,
    Cause.PICTURE_NOISY: snow,
    Cause.PICTURE_STRIPED: bands,
    Cause.PICTURE_COVERED: bag,
    Cause.PICTURE_MOVED: pushed,
    Cause.PICTURE_BLURRED: defocused,
    Cause.PICTURE_VEILED: foil,
    Cause.PICTURE_CAST: too_red,
}


@pytest.mark.parametrize("cause", BY_DAY, ids=lambda cause: cause.value)
def test_a_planted_fault_is_the_first_that_is_told_and_is_over_with_it(known: Memory, cause: Cause) -> None:
    spoilt, memory = watched(known, range(LEARNT, LEARNT + 8), BY_DAY[cause])
    assert cause in began(spoilt)
    assert spoilt[-1].active[0] is cause
    mended, _ = watched(memory, range(LEARNT + 8, LEARNT + 14))
    assert mended[-1].active == ()


@pytest.mark.parametrize("cause", [cause for cause in BY_DAY if cause is not Cause.PICTURE_CAST])
def test_by_night_it_is_told_as_well(known_by_night: Memory, cause: Cause) -> None:
    spoilt, _ = watched(
        known_by_night, range(LEARNT, LEARNT + 8), lambda picture, n: infrared(BY_DAY[cause](infrared(picture), n))
    )
    # Overexposed, the pond's picture has hardly a block left that was not white before.
    assert cause in began(spoilt) or (cause is Cause.PICTURE_SINGLE_COLOUR and spoilt[-1].active)


def test_one_bad_key_frame_is_no_fault(known: Memory) -> None:
    pictures, _ = watched(known, range(LEARNT, LEARNT + 5), lambda p, n: snow(p, n) if n == LEARNT else p)
    assert pictures[0].findings[6].faulty
    assert began(pictures) == []


def test_a_lorry_in_one_key_frame_takes_no_view(known: Memory) -> None:
    pictures, _ = watched(known, range(LEARNT, LEARNT + 3), lambda p, n: bag(p, n) if n == LEARNT + 1 else p)
    assert [finding for picture in pictures for finding in picture.findings if finding.faulty] == []


def test_smooth_cloth_near_the_lens_is_a_cover_and_no_other_view(known: Memory) -> None:
    def cloth(picture: Pixels, number: int) -> Pixels:
        light = np.linspace(30, 120, HEIGHT)[:, None, None]
        grain = np.random.default_rng(number).normal(0, 2.5, (HEIGHT, WIDTH, 1))
        return clipped(np.where(np.arange(WIDTH)[None, :, None] < 0.85 * WIDTH, light + grain, picture))

    pictures, _ = watched(known, range(LEARNT, LEARNT + 8), cloth)
    assert began(pictures)[:1] == [Cause.PICTURE_COVERED]
    assert Cause.PICTURE_MOVED not in began(pictures)


def test_ripples_out_of_focus_are_no_stripes(known: Memory) -> None:
    def pond(_: Pixels, number: int) -> Pixels:
        return draw_flawed(Scene.POND, Flaw.BLURRED, 30.0 * number, WIDTH, HEIGHT)

    pictures, _ = watched(known, range(LEARNT, LEARNT + 7), pond)
    assert began(pictures)[:1] == [Cause.PICTURE_BLURRED]
    assert Cause.PICTURE_STRIPED not in began(pictures)


def test_many_bad_key_frames_within_seconds_are_no_fault_yet(known: Memory) -> None:
    memory, at = known, START + LEARNT * STEP
    for number in range(20):
        frame = frame_of(snow(shot(LEARNT + number), number))
        picture, memory = examine(frame, Evidence(), memory, at + number * timedelta(seconds=2))
        assert picture.active == ()


def test_a_turned_camera_is_one_whose_view_is_lost(known: Memory) -> None:
    pictures, _ = watched(known, range(LEARNT, LEARNT + 6), turned)
    assert {Cause.PICTURE_MOVED, Cause.PICTURE_COVERED} & set(began(pictures))


def test_the_decoder_is_believed_whatever_the_picture_shows(known: Memory) -> None:
    pictures, _ = watched(known, range(LEARNT, LEARNT + 3), evidence=Evidence(decoder_flagged=True))
    assert began(pictures) == [Cause.PICTURE_CORRUPT]


def test_columns_smeared_downwards_are_corrupt_without_any_evidence(known: Memory) -> None:
    def smear(picture: Pixels, number: int) -> Pixels:
        damaged = picture.copy()
        damaged[120:] = damaged[119] + np.random.default_rng(number).integers(-9, 10, (WIDTH, 1)).astype(np.uint8)
        return damaged

    pictures, _ = watched(known, range(LEARNT, LEARNT + 4), smear)
    assert Cause.PICTURE_CORRUPT in began(pictures)


def bus(picture: Pixels, number: int) -> Pixels:
    """It stands before 43 % of the view, sharp, and its windows lie in a row."""
    parked = picture.copy()
    cv2.rectangle(parked, (60, 90), (470, 330), (40, 90, 200), -1)
    for window in range(5):
        cv2.rectangle(parked, (80 + window * 76, 120), (136 + window * 76, 190), (30, 30, 30), -1)
    return clipped(parked + np.random.default_rng(number).normal(0, 2, parked.shape))


def pillarbox(picture: Pixels, _: int) -> Pixels:
    """A device that squeezes its picture between two bars."""
    squeezed = cv2.resize(picture, (WIDTH * 3 // 4, HEIGHT), interpolation=cv2.INTER_AREA)
    side = WIDTH // 8
    return cv2.copyMakeBorder(squeezed, 0, 0, side, side, cv2.BORDER_CONSTANT).astype(np.uint8, copy=False)


@pytest.mark.parametrize("before", [bus, pillarbox])
def test_what_stands_before_the_view_is_no_stripes(known: Memory, before: Spoil) -> None:
    pictures, memory = watched(known, range(LEARNT, LEARNT + 6), before)
    (moved,) = (found for found in pictures[-1].findings if found.cause is Cause.PICTURE_MOVED)
    assert moved.state is not FindingState.OK, "it is seen, whether it takes enough to be told or not"
    assert Cause.PICTURE_STRIPED not in began(pictures)
    after, _ = watched(memory, range(LEARNT + 6, LEARNT + 10))
    assert after[-1].active == (), "it drove away"


def test_a_mosaic_is_corrupt_where_nobody_flagged_it(known: Memory) -> None:
    def grey_blocks(picture: Pixels, number: int) -> Pixels:
        damaged = np.random.default_rng(number).random((HEIGHT // 8, WIDTH // 16)) < 0.5
        where = np.kron(damaged[::2], np.ones((16, 16), bool))[:HEIGHT, :, None]
        return np.where(where, np.uint8(128), picture)

    pictures, memory = watched(known, range(LEARNT, LEARNT + 4), grey_blocks)
    assert began(pictures)[0] is Cause.PICTURE_CORRUPT
    after, _ = watched(memory, range(LEARNT + 4, LEARNT + 8))
    assert after[-1].active == ()


def test_fog_that_comes_slowly_is_reported_and_is_no_fault(known: Memory) -> None:
    def fog(picture: Pixels, number: int) -> Pixels:
        share = min(0.6, 0.03 * (number - LEARNT))
        return clipped((1 - share) * picture.astype(float) + share * 200)

    pictures, _ = watched(known, range(LEARNT, LEARNT + 24), fog, step=timedelta(minutes=5))
    report = pictures[-1].findings[-1]
    assert (report.cause, report.state) == (Cause.PICTURE_LOW_CONTRAST, FindingState.WARNING)
    assert Cause.PICTURE_VEILED not in began(pictures)
    assert not {Cause.PICTURE_COVERED, Cause.PICTURE_MOVED, Cause.PICTURE_BLURRED} & set(began(pictures))


def test_the_switch_to_infra_red_is_no_fault_and_starts_to_learn(known: Memory) -> None:
    pictures, memory = watched(known, range(LEARNT, LEARNT + 12), infrared)
    assert began(pictures) == []
    moved = next(finding for finding in pictures[-1].findings if finding.cause is Cause.PICTURE_MOVED)
    assert moved.state is FindingState.LEARNING
    assert memory.colour == known.colour, "what is known of the day stays"


def test_a_blank_wall_cannot_be_judged(known: Memory) -> None:
    def wall(picture: Pixels, number: int) -> Pixels:
        grain = np.random.default_rng(number).normal(0, 2, picture.shape[:2])
        return clipped((np.linspace(100, 140, WIDTH) + grain)[:, :, None] + np.array([9, 0, -9]))

    pictures, _ = watched(Memory.fresh(), range(30), wall)
    states = {finding.cause: finding.state for finding in pictures[-1].findings}
    for cause in (Cause.PICTURE_MOVED, Cause.PICTURE_COVERED, Cause.PICTURE_BLURRED):
        assert states[cause] is FindingState.CANNOT_JUDGE


def test_a_check_that_cannot_judge_names_the_threshold_by_which_it_judges(known: Memory) -> None:
    covered, _ = watched(known, range(LEARNT, LEARNT + 3), bag)
    checks = {finding.cause: finding for finding in covered[-1].findings}
    veil, fog = checks[Cause.PICTURE_VEILED], checks[Cause.PICTURE_LOW_CONTRAST]
    assert (veil.state, fog.state) == (FindingState.CANNOT_JUDGE, FindingState.CANNOT_JUDGE)
    assert (veil.measure, veil.threshold, fog.threshold) == ("contrast_change", VEIL, LOW)


def test_nothing_is_learnt_while_an_alarm_is_up(known: Memory) -> None:
    _, memory = watched(known, range(LEARNT, LEARNT + 10), pushed, step=timedelta(minutes=10))
    assert memory.colour == known.colour


def test_nor_is_a_good_picture_learnt_from_before_the_alarm_is_over(known: Memory) -> None:
    pictures, memory = watched(known, range(LEARNT, LEARNT + 6), pushed, step=timedelta(minutes=10))
    assert pictures[-1].active
    (picture,), after = watched(memory, range(LEARNT + 6, LEARNT + 7), step=timedelta(minutes=10))
    assert picture.active
    assert not any(finding.faulty for finding in picture.findings)
    assert after.colour == memory.colour
    _, over = watched(after, range(LEARNT + 7, LEARNT + 10), step=timedelta(minutes=10))
    assert over.colour.seen > memory.colour.seen


def test_of_a_camera_that_was_always_dark_the_view_cannot_be_judged_and_is_learnt_once_there_is_light() -> None:
    def dim(picture: Pixels, _: int) -> Pixels:
        return (picture * 0.1).astype(np.uint8)

    pictures, memory = watched(Memory.fresh(), range(40), dim)
    assert pictures[-1].active == (Cause.PICTURE_DARK,)
    by_reference = [finding for finding in pictures[-1].findings if finding.cause in BY_REFERENCE]
    assert {finding.state for finding in by_reference} == {FindingState.CANNOT_JUDGE}
    assert {finding.measure for finding in by_reference} == {"luma_p99"}
    assert memory.colour == Reference()
    pictures, memory = watched(memory, range(40, 70))
    assert pictures[-1].active == ()
    assert {f.state for f in pictures[-1].findings if f.cause in BY_REFERENCE} <= {
        FindingState.OK,
        FindingState.WARNING,
    }


def test_an_approved_view_is_learnt_anew_and_then_guarded(known: Memory) -> None:
    _, memory = watched(known, range(LEARNT, LEARNT + 6), pushed)
    pictures, memory = watched(approve_view(memory), range(LEARNT + 6, LEARNT + 40), pushed)
    assert began(pictures) == []
    pictures, _ = watched(memory, range(LEARNT + 40, LEARNT + 46))
    assert began(pictures) == [Cause.PICTURE_MOVED]


def test_the_same_key_frame_and_memory_give_the_same_every_time(known: Memory) -> None:
    frame, at = frame_of(shot(LEARNT)), START + timedelta(hours=9)
    assert examine(frame, Evidence(), known, at) == examine(frame, Evidence(), known, at)


def test_a_scene_of_another_kind_is_also_good() -> None:
    pictures, _ = watched(Memory.fresh(), range(32), scene=Scene.JUNCTION)
    assert began(pictures) == []
    findings = [finding for picture in pictures for finding in picture.findings]
    assert not [finding for finding in findings if finding.faulty]
    assert {type(n) for f in findings for n in (f.value, f.threshold, f.severity)} <= {float, int}, "no array's numbers"

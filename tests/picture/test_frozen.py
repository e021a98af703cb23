"""Exact repeats are frozen, loops too; a still pond, a clock that ticks and a habit of repeating are not."""

from __future__ import annotations

from fractions import Fraction
from math import comb, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import SECOND_US, Cause, FindingState
from monitor.picture import Memory
from monitor.picture.blocks import GRID, Sums, block_sums, fingerprint, marks
from monitor.picture.frame import Frame
from monitor.picture.frozen import ALIKE, LEAST_RUN, by_a_clock, confirm_frozen, frozen, hits_needed, needed
from monitor.picture.memory import Mode, Repeats
from tests.picture.film import HEIGHT, WIDTH, began, frame_of, infrared, shot, watched

CLOCK = (slice(1, 2), slice(2, 9))  # seven blocks


def blocks(number: int) -> Sums:
    """A picture of which every block differs from every other picture's."""
    return np.random.default_rng(number).integers(0, 2**63, GRID, dtype=np.uint64)


class Stream:
    """Key frames every 30 s, by their blocks."""

    def __init__(self, memory: Memory | None = None) -> None:
        self.memory = memory or Memory.fresh()
        self.at_us = 10 * SECOND_US

    def show(self, sums: Sums, seconds: int = 30) -> FindingState:
        self.at_us += seconds * SECOND_US
        self.finding, still, repeats = frozen(sums, fingerprint(sums), self.memory, self.at_us)
        self.memory = self.memory.with_stillness(still, repeats)
        return self.finding.state

    def live(self, pairs: int) -> Stream:
        for number in range(pairs):
            assert self.show(blocks(number)) is FindingState.OK
        return self

    def until_frozen(self, sums: Sums, seconds: int = 30) -> int:
        """How many more times the picture had to be shown."""
        self.show(sums, seconds)
        for times in range(1, 200):
            if self.show(sums, seconds) is FindingState.FAULT:
                return times
        raise AssertionError("never frozen")


def test_the_better_a_camera_is_known_the_sooner_it_is_frozen() -> None:
    assert Stream().live(30).until_frozen(blocks(999)) == 8
    assert Stream().live(60).until_frozen(blocks(999)) == 6
    assert Stream().live(600).until_frozen(blocks(999)) == 3


def test_of_a_camera_that_never_showed_that_it_lives_a_long_run_is_suspected_and_only_one_of_days_is_a_fault() -> None:
    stream, same = Stream(), blocks(1)
    states = [stream.show(same) for _ in range(needed(Repeats()) + 1)]
    assert set(states[:20]) == {FindingState.OK}
    assert set(states[21:-1]) == {FindingState.WARNING}
    assert states[-1] is FindingState.FAULT


def test_whatever_its_habit_a_picture_must_stand_for_longer_than_a_clock_of_minutes_does() -> None:
    stream = Stream().live(600)
    states = [stream.show(blocks(999), seconds=10) for _ in range(8)]
    assert states.index(FindingState.FAULT) == 6, "the first of them, and a minute"


def test_repeats_within_seconds_are_what_a_server_kept_and_count_for_nothing() -> None:
    stream = Stream().live(60)
    for _ in range(50):
        assert stream.show(blocks(999), seconds=0) is FindingState.OK


def chance(repeats: Repeats, run: int) -> Fraction:
    """P(K | m, n), exactly: the mean of p0^K over Beta(m + 1/2, n - m + 3/2)."""
    equal, pairs = Fraction(repeats.equal) + Fraction(1, 2), Fraction(repeats.pairs) + 2
    return prod(((equal + step) / (pairs + step) for step in range(run)), start=Fraction(1))


@given(st.integers(0, 2000), st.floats(0, 0.9))
def test_what_is_needed_is_as_good_as_impossible_whatever_the_habit_may_really_be(pairs: int, share: float) -> None:
    repeats = Repeats(int(pairs * share), pairs)
    allowed = max(1e-8, 1e-4 / 2 ** min(pairs, 64))
    many = needed(repeats)
    assert chance(repeats, many) <= allowed * 1.000001
    assert many == 3 or chance(repeats, many - 1) > allowed * 0.999999


def test_cameras_of_any_habit_are_hardly_ever_frozen_by_chance() -> None:
    """Drawn from the very prior the argument begins with: what is expected is less than one in 2,000 new cameras."""
    draw, frozen_ones = np.random.default_rng(8), 0
    for p0 in draw.beta(0.5, 1.5, 2_000):
        equal = pairs = run = 0
        for repeated in draw.random(1_000) < p0:
            if repeated:
                run += 1
            else:
                frozen_ones += run >= LEAST_RUN and run >= needed(Repeats(equal, pairs))
                equal, pairs, run = equal + run, pairs + run + 1, 0
    assert frozen_ones <= 3


def test_a_pond_that_often_repeats_teaches_its_habit_and_stays_unsuspected() -> None:
    stream, noise = Stream(), np.random.default_rng(5)
    number = 0
    for _ in range(400):
        number += int(noise.random() < 0.5)
        assert stream.show(blocks(number)) is not FindingState.FAULT
    assert needed(stream.memory.repeats) >= 20


def looped(length: int, looks: int, *, in_order: bool) -> tuple[int, Stream]:
    """At which look a loop of so many key frames is frozen, after a live week; 0 never."""
    stream, phase = Stream().live(300), np.random.default_rng(length)
    for look in range(looks):
        number = look % length if in_order else int(phase.integers(length))
        if stream.show(blocks(10_000 + number)) is FindingState.FAULT:
            return look + 1, stream
    return 0, stream


@pytest.mark.parametrize(
    ("length", "in_order", "least", "most"),
    [
        (12, True, 13, 20),
        (65, True, 66, 90),
        (150, True, 151, 180),
        (600, True, 601, 630),
        (65, False, 8, 60),
        (150, False, 8, 120),
        (600, False, 8, 800),
    ],
)
def test_a_loop_is_frozen_soon_after_it_begins_again(length: int, in_order: bool, least: int, most: int) -> None:
    found, stream = looped(length, most, in_order=in_order)
    assert least <= found <= most
    assert needed(stream.memory.repeats) <= 4, "a loop teaches no habit"


@pytest.mark.parametrize("length", [2, 3, 8, 20, 40])
def test_a_loop_seen_in_no_order_stays_frozen_for_days_and_hides_nothing_that_comes_after(length: int) -> None:
    stream, phase = Stream().live(300), np.random.default_rng(length)
    states = [stream.show(blocks(10_000 + int(phase.integers(length)))) for _ in range(1_000)]
    assert set(states[states.index(FindingState.FAULT) :]) == {FindingState.FAULT}
    assert needed(stream.memory.repeats) <= 5


def test_a_loop_that_ended_is_over_after_four_live_pictures_and_asked_for_more_the_next_time() -> None:
    _, stream = looped(12, 30, in_order=True)
    before = hits_needed(stream.memory.repeats)
    states = [stream.show(blocks(50_000 + number)) for number in range(8)]
    assert FindingState.FAULT not in states[4:]
    assert stream.until_frozen(blocks(999)) == 6
    assert before < hits_needed(stream.memory.repeats) < 20


def flickering(number: int, states: int = 64) -> Sums:
    """A still scene of which a few blocks go to and fro between two values, each by itself."""
    of = np.random.default_rng(number).integers(states)
    picture = blocks(1).copy()
    for place in range(6):
        picture[11, 3 * place] += np.uint64(of >> place & 1) << np.uint64(60)
    return picture


def test_a_still_scene_that_goes_to_and_fro_between_few_pictures_is_no_loop() -> None:
    stream = Stream()
    states = [stream.show(flickering(number)) for number in range(400)]
    assert FindingState.FAULT not in states
    assert stream.memory.stillness.hits == 0, "each was there before, and is like the one before"


def test_a_live_camera_hits_by_chance_and_never_enough() -> None:
    stream = Stream().live(2_000)
    assert stream.memory.stillness.hits.bit_count() <= 2
    assert hits_needed(stream.memory.repeats) == 6


@pytest.mark.parametrize(("equal", "pairs"), [(0, 0), (0, 300), (1, 48), (4, 304), (9, 100), (40, 2000)])
def test_hits_are_as_good_as_impossible_as_well_and_a_pond_that_repeats_is_asked_for_more(
    equal: int, pairs: int
) -> None:
    repeats = Repeats(equal, pairs)
    many, draw = hits_needed(repeats), np.random.default_rng(pairs)
    p = 256 / 65_536 + (draw.beta(equal, pairs - equal + 1.5, 20_000) if equal else np.zeros(1))
    tail = sum(comb(32, hits) * p**hits * (1 - p) ** (32 - hits) for hits in range(many, 33))
    assert np.mean(tail) <= 1e-8
    assert hits_needed(Repeats(equal=50, pairs=100)) >= 30


def test_a_still_scene_called_frozen_that_ends_like_itself_teaches_all_of_it_and_another_picture_its_beginning() -> (
    None
):
    near, far = Stream().live(60), Stream().live(60)
    for stream, ended_by in ((near, one_changed(blocks(999))), (far, blocks(5))):
        stream.until_frozen(blocks(999))
        for _ in range(50):
            assert stream.show(blocks(999)) is FindingState.FAULT
        assert stream.show(ended_by) is FindingState.OK
    assert (near.memory.repeats.equal, far.memory.repeats.equal) == (56, 6)
    assert far.until_frozen(blocks(998)) > 6
    assert near.until_frozen(blocks(998)) > 25


def test_a_habit_fades_so_that_another_can_be_learnt() -> None:
    stream = Stream(Memory(colour_repeats=Repeats(0.0, 2000.0)))
    for number in range(3000):
        stream.show(blocks(number))
    assert stream.memory.repeats.pairs == pytest.approx(2000)


def one_changed(sums: Sums) -> Sums:
    picture = sums.copy()
    picture[11, 20] ^= np.uint64(1) << np.uint64(60)
    return picture


@given(st.integers(0, GRID[0] - 1), st.integers(0, GRID[1] - 1), st.sampled_from([0, 60, 300]))
@settings(max_examples=20, deadline=None)
def test_a_picture_that_is_no_two_times_the_same_is_never_frozen_wherever_its_one_block_of_life_is(
    row: int, column: int, known: int
) -> None:
    stream = Stream(Memory(colour_repeats=Repeats(0.0, known)))
    for number in range(80):
        picture = blocks(999).copy()
        picture[row, column] = number << 50
        assert stream.show(picture) is not FindingState.FAULT


def ticking(sums: Sums, time: int) -> Sums:
    picture = sums.copy()
    picture[CLOCK] = blocks(100_000 + time)[CLOCK]
    return picture


def test_a_frozen_picture_under_a_ticking_clock_is_suspected_and_no_fault() -> None:
    stream = Stream().live(60)
    states = [stream.show(ticking(blocks(999), time), seconds=60) for time in range(30)]
    assert FindingState.FAULT not in states
    assert states[-1] is FindingState.WARNING
    assert stream.finding.measure == ALIKE


def test_a_still_scene_under_a_clock_is_frozen_once_the_clock_stands_too() -> None:
    """Its pictures never equalled one another, for the clock ticked."""
    stream = Stream()
    alive = [stream.show(ticking(blocks(1), time)) for time in range(60)]
    stands = [stream.show(ticking(blocks(1), 59)) for _ in range(6)]
    assert FindingState.FAULT not in alive + stands[:5]
    assert stands[5] is FindingState.FAULT


def partly_equal(number: int, share: float) -> Sums:
    """As a constant bitrate encodes a frozen picture: many blocks equal, others not, each time other ones."""
    same = np.random.default_rng(number).random(GRID) < share
    return np.where(same, blocks(7), blocks(5000 + number))


@pytest.fixture
def suspect() -> Memory:
    stream = Stream().live(60)
    states = [stream.show(partly_equal(number, 0.75)) for number in range(40)]
    assert FindingState.FAULT not in states
    assert states[-1] is FindingState.WARNING
    return stream.memory


def after(memory: Memory) -> Stream:
    """The stream that goes on where the memory ends."""
    stream = Stream(memory)
    stream.at_us = memory.stillness.at_us
    return stream


@pytest.mark.parametrize("second", [1, 2], ids=["the clock stands", "the clock ticks"])
def test_far_more_equal_blocks_than_ever_are_frozen_once_two_snapshots_differ_in_a_clock_at_most(
    suspect: Memory, second: int
) -> None:
    stream = after(confirm_frozen(suspect, ticking(blocks(3), 1), ticking(blocks(3), second)))
    states = [stream.show(partly_equal(100 + number, 0.75)) for number in range(40)]
    assert set(states) == {FindingState.FAULT}


def test_a_confirmed_camera_is_frozen_until_four_pairs_in_a_row_are_as_live_ones(suspect: Memory) -> None:
    stream = after(confirm_frozen(suspect, blocks(3), blocks(3)))
    states = [stream.show(blocks(9000 + number)) for number in range(5)]
    assert states == [FindingState.FAULT] * 3 + [FindingState.OK] * 2
    assert 0.3 < stream.memory.repeats.alike < 0.45, "half of what a frozen picture did may be habit of a still scene"
    again = [stream.show(partly_equal(100 + number, 0.75)) for number in range(40)]
    assert again[-1] is FindingState.WARNING


def test_two_different_snapshots_clear_a_suspect_for_long(suspect: Memory) -> None:
    stream = after(confirm_frozen(suspect, blocks(3), blocks(4)))
    states = [stream.show(partly_equal(100 + number, 0.75)) for number in range(40)]
    assert set(states) == {FindingState.OK}


def test_snapshots_of_a_camera_that_is_not_suspected_any_more_change_nothing() -> None:
    memory = Stream().live(30).memory
    assert confirm_frozen(memory, blocks(3), blocks(3)) == memory


@pytest.mark.parametrize("quantisers", [2, 3, 4])
def test_an_encoder_that_goes_round_between_quantisers_does_not_hide_a_frozen_picture(quantisers: int) -> None:
    stream = Stream().live(60)
    states = []
    for number in range(40):
        same = np.random.default_rng(number).random(GRID) < 0.9
        coded = blocks(70 + number % quantisers)  # no two pictures in a row have a block in common
        states.append(stream.show(np.where(same, coded, blocks(5000 + number))))
    assert FindingState.FAULT not in states
    assert states[-1] is FindingState.WARNING


def test_an_encoder_that_takes_another_quantiser_now_and_then_does_not_hide_a_frozen_picture() -> None:
    stream = Stream().live(60)
    states = [
        stream.show(partly_equal(number, 0.75) if number % 4 < 2 else blocks(7000 + number)) for number in range(60)
    ]
    assert states[-1] is FindingState.WARNING


def test_still_nights_that_are_suspected_and_end_by_themselves_become_a_habit_within_a_few() -> None:
    stream, suspected = Stream().live(60), []
    for night in range(8):
        states = [stream.show(partly_equal(1000 * night + number, 0.75)) for number in range(30)]
        suspected.append(FindingState.WARNING in states)
        for number in range(10):
            stream.show(blocks(10_000 * night + 3000 + number))
    assert suspected == [True] * 3 + [False] * 5


def test_a_live_picture_that_is_now_and_then_more_alike_is_not_suspected_and_becomes_a_habit() -> None:
    stream = Stream().live(60)
    for number in range(200):
        picture = partly_equal(number, 0.75) if number % 20 < 3 else blocks(7000 + number)
        assert stream.show(picture) is FindingState.OK
    assert stream.memory.repeats.alike > 0.5


def changed(*places: tuple[int, int]) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    blocks_of = np.zeros(GRID, bool)
    for place in places:
        blocks_of[place] = True
    return blocks_of


def test_what_changes_in_a_line_near_an_edge_may_be_a_clock_and_nothing_else_may() -> None:
    assert by_a_clock(changed())
    assert by_a_clock(changed((1, 5), (1, 6), (2, 6)))
    assert by_a_clock(changed((22, 39)))
    assert not by_a_clock(changed((11, 20))), "a duck on the pond"
    assert not by_a_clock(changed((1, 5), (21, 5)))
    assert not by_a_clock(changed(*((0, column) for column in range(30))))


def test_one_changed_sample_changes_one_block() -> None:
    frame = frame_of(shot(1))
    changed = frame.y.copy()
    changed[100, 100] ^= 1
    before, after = block_sums(frame), block_sums(Frame(changed, frame.u, frame.v, frame.full_range))
    assert np.count_nonzero(marks(before) != marks(after)) == 1
    assert fingerprint(before) != fingerprint(after)


@pytest.mark.parametrize("size", [(1, 1), (3, 3), (17, 5), (720, 1280)])
def test_a_picture_of_any_size_has_its_blocks(size: tuple[int, int]) -> None:
    plane = np.arange(size[0] * size[1], dtype=np.uint32).reshape(size).astype(np.uint8)
    assert block_sums(Frame(plane, plane, plane, True)).shape == GRID


def test_the_stopped_film_of_a_pond_is_frozen_and_the_still_pond_is_not() -> None:
    pictures, memory = watched(Memory.fresh(), range(30))
    assert began(pictures) == []
    stopped, _ = watched(memory, range(30, 40), lambda _, __: shot(29))
    assert began(stopped) == [Cause.PICTURE_FROZEN]
    assert (stopped[-1].width, stopped[-1].height) == (WIDTH, HEIGHT)


def test_what_ends_with_the_switch_of_light_is_of_the_light_that_ended() -> None:
    _, memory = watched(Memory.fresh(), range(6), infrared)
    _, memory = watched(memory, range(6, 12), lambda _, __: infrared(shot(6)))
    before = memory.infrared_repeats.equal
    _, memory = watched(memory, range(12, 14))
    assert memory.mode is Mode.COLOUR
    assert (before, memory.infrared_repeats.equal, memory.colour_repeats.equal) == (0, 5, 0)

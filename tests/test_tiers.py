"""When a key frame is decoded: seldom, and whenever anything speaks for it."""

from __future__ import annotations

import pickle
import random
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Ask, Cause, Codec, Credentials, Habit, Look, Mark, Picture, Result, Rung, Secret, Stage, State
from monitor.tiers import CAN_WAIT, NOT_LOOKED, Memory, look_after, look_before, remembered, repeats
from tests.driven import a_camera

AT = datetime(2026, 11, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
EVERY = 10 * MINUTE
CAMERA = a_camera()
LOOKED = Memory(looked_at=AT)
DOUBTS = (Look.FIRST, Look.RETURNED, Look.IN_DOUBT, Look.ALWAYS, Look.DUE, Look.DEMANDED)


def mark(size: int = 20_000, digest: bytes = b"1" * 16, **changes: object) -> Mark:
    return replace(Mark(CAMERA.url, Codec.H264, size, digest, b"p" * 8), **changes)  # type: ignore[arg-type]


def result(seen: Mark | None, look: Look = Look.SKIPPED, cause: Cause = Cause.OK, minute: int = 0) -> Result:
    picture = Picture(640, 360, b"f" * 16) if look not in NOT_LOOKED and cause is not Cause.DECODE_FAILED else None
    rung = Rung.KEYFRAME if seen else Rung.NONE
    at = AT + minute * MINUTE
    return Result("c", at, MINUTE, rung, Stage.KEYFRAME, cause, picture=picture, look=look, mark=seen)


def before(memory: Memory = LOOKED, state: State = State.UP, minute: int = 1, **changes: object) -> Look:
    usual: dict[str, object] = {"failing": False, "doubted": False, "every": EVERY, "turn": timedelta(0)}
    return look_before(memory, state, AT + minute * MINUTE, **(usual | changes))  # type: ignore[arg-type]


def test_a_camera_that_is_fine_is_looked_at_again_when_the_time_is_over() -> None:
    looks = [before(minute=minute) for minute in range(1, 11)]
    assert looks == [Look.SKIPPED] * 9 + [Look.DUE]


@pytest.mark.parametrize("turn", range(10))
def test_each_camera_has_its_own_turn_and_one_look_in_every_round(turn: int) -> None:
    memory, looked = LOOKED, []
    for minute in range(1, 41):
        if before(memory, minute=minute, turn=turn * MINUTE) is Look.DUE:
            looked.append(minute)
            memory = replace(memory, looked_at=AT + minute * MINUTE)
    assert [minute % 10 for minute in looked] == [turn] * 4


@pytest.mark.parametrize("memory", [LOOKED, Memory()])
def test_zero_means_every_time_however_busy_the_decoders_are(memory: Memory) -> None:
    assert {before(memory, minute=minute, every=timedelta(0)) for minute in range(1, 9)} == {Look.ALWAYS}
    assert Look.ALWAYS not in CAN_WAIT


@pytest.mark.parametrize(
    ("memory", "every", "look", "times"),
    [(LOOKED, MINUTE, Look.DUE, 2), (Memory(), EVERY, Look.FIRST, 10)],
)
def test_a_look_that_is_put_off_again_and_again_is_overdue_and_waits_no_more(
    memory: Memory, every: timedelta, look: Look, times: int
) -> None:
    looks = []
    for minute in range(1, times + 2):
        looks.append(before(memory, minute=minute, every=every))
        memory = remembered(memory, result(mark(), Look.PUT_OFF, minute=minute))
    assert looks == [look] * times + [Look.OVERDUE]
    assert look_after(Ask(CAMERA, AT, look=Look.OVERDUE, mark=mark(digest=b"0"), habit=Habit(20_000, 9)), mark()) is (
        Look.OVERDUE
    )
    looked = remembered(memory, result(mark(), Look.OVERDUE, minute=times + 2))
    assert before(looked, minute=times + 3, every=MINUTE) is Look.DUE


def test_what_was_never_seen_is_looked_at() -> None:
    assert before(Memory()) is Look.FIRST


@given(st.sampled_from(State), st.booleans(), st.booleans(), st.integers(1, 10_000))
def test_only_a_camera_that_is_up_without_any_doubt_is_ever_left_undecoded(
    state: State, failing: bool, doubted: bool, minute: int
) -> None:
    look = before(state=state, failing=failing, doubted=doubted, minute=minute)
    if state is not State.UP or failing or doubted:
        assert look in {Look.RETURNED, Look.IN_DOUBT}
    else:
        assert look in {Look.SKIPPED, Look.DUE}


HABIT = Habit(20_000, 500)
ASK = Ask(CAMERA, AT, mark=mark(digest=b"0" * 16), habit=HABIT)


@pytest.mark.parametrize(
    ("seen", "look"),
    [
        (mark(), Look.SKIPPED),
        (mark(22_000), Look.SKIPPED),
        (mark(digest=b"0" * 16), Look.IDENTICAL),
        (mark(400), Look.SIZE),
        (mark(16_500), Look.SIZE),
        (mark(24_000), Look.SIZE),
        (mark(parameters=b"q" * 8), Look.STREAM_CHANGED),
        (mark(codec=Codec.H265), Look.STREAM_CHANGED),
        (mark(url="rtsp://elsewhere/"), Look.STREAM_CHANGED),
    ],
)
def test_a_key_frame_that_looks_wrong_is_decoded_at_once(seen: Mark, look: Look) -> None:
    assert look_after(ASK, seen) is look


@pytest.mark.parametrize("asked", [Look.FIRST, Look.DUE])
@pytest.mark.parametrize(
    ("seen", "look"),
    [
        (mark(digest=b"0" * 16), Look.IDENTICAL),
        (mark(400), Look.SIZE),
        (mark(parameters=b"q" * 8), Look.STREAM_CHANGED),
    ],
)
def test_a_look_that_could_wait_cannot_when_the_key_frame_looks_wrong(asked: Look, seen: Mark, look: Look) -> None:
    assert look_after(replace(ASK, look=asked), seen) is look


@pytest.mark.parametrize("asked", DOUBTS)
def test_what_was_asked_for_is_done_whatever_comes(asked: Look) -> None:
    assert look_after(replace(ASK, look=asked), mark()) is asked


def test_without_a_key_frame_to_compare_it_with_it_is_decoded() -> None:
    assert look_after(Ask(CAMERA, AT), mark()) is Look.FIRST


@given(st.floats(1, 1e7), st.floats(0, 1e7), st.integers(1, 10_000_000))
def test_a_size_beyond_half_and_double_is_odd_however_much_the_camera_varies(
    usual: float, deviation: float, size: int
) -> None:
    look = look_after(replace(ASK, habit=Habit(usual, deviation)), mark(size))
    if not usual / 2 <= size <= usual * 2:
        assert look is Look.SIZE
    if size == usual:
        assert look is Look.SKIPPED


def test_only_equal_bytes_repeat_a_key_frame() -> None:
    assert repeats(ASK, mark(digest=b"0" * 16))
    assert not repeats(ASK, mark())
    assert not repeats(Ask(CAMERA, AT), mark())


def watched(sizes: list[int], memory: Memory = LOOKED) -> tuple[list[Look], Memory]:
    """What becomes of key frames of these sizes, one a minute, every look finding a good picture."""
    looks = []
    for minute, size in enumerate(sizes, start=1):
        ask = Ask(CAMERA, AT + minute * MINUTE, mark=memory.mark, habit=memory.habit)
        seen = mark(size, minute.to_bytes(16))
        look = look_after(ask, seen)
        memory = remembered(memory, result(seen, look, minute=minute))
        looks.append(look)
    return looks, memory


def test_a_steady_camera_is_hardly_ever_looked_at_for_its_sizes() -> None:
    chance = random.Random(1)
    looks, _ = watched([round(chance.gauss(20_000, 1_000)) for _ in range(3_000)])
    assert looks[0] is Look.FIRST
    assert looks.count(Look.SIZE) <= 12


def test_an_unsteady_camera_is_looked_at_for_its_sizes_less_than_once_in_forty_probes() -> None:
    chance = random.Random(1)
    looks, _ = watched([max(1, round(chance.gauss(20_000, 4_000))) for _ in range(3_000)])
    assert looks.count(Look.SIZE) <= 75


def test_a_lasting_change_of_scene_is_looked_at_once_or_twice() -> None:
    chance = random.Random(1)
    day = [round(chance.gauss(30_000, 900)) for _ in range(60)]
    night = [round(chance.gauss(22_000, 700)) for _ in range(60)]
    looks, _ = watched(day + night)
    assert looks[60] is Look.SIZE
    assert looks[60:].count(Look.SIZE) <= 3


def test_faulty_pictures_do_not_become_the_habit() -> None:
    _, memory = watched([20_000] * 10)
    for minute in range(20):
        memory = remembered(memory, result(mark(400), Look.IN_DOUBT, Cause.PICTURE_BLACK, minute))
    assert memory.habit is not None
    assert memory.habit.usual == pytest.approx(20_000)


def test_another_stream_begins_another_habit() -> None:
    _, memory = watched([20_000] * 10)
    memory = remembered(memory, result(mark(900, url="rtsp://sub/"), Look.STREAM_CHANGED))
    assert memory.habit == Habit(900, 225)


def test_a_probe_without_a_key_frame_leaves_the_memory_as_it_is() -> None:
    _, memory = watched([20_000] * 3)
    assert remembered(memory, result(None, cause=Cause.TCP_TIMEOUT)) == memory


def test_a_picture_that_cannot_be_decoded_was_looked_at_all_the_same() -> None:
    memory = remembered(LOOKED, result(mark(), Look.SIZE, Cause.DECODE_FAILED, 5))
    assert memory.looked_at == AT + 5 * MINUTE


def test_question_and_answer_travel_to_another_process_and_show_no_password() -> None:
    ask = replace(ASK, credentials=Credentials("admin", Secret("pass-4711")))
    assert pickle.loads(pickle.dumps(ask)) == ask
    answer = result(mark(), Look.DUE, Cause.PICTURE_FROZEN)
    assert pickle.loads(pickle.dumps(answer)) == answer
    assert "pass-4711" not in f"{ask!r} {ask} {answer!r}"


def test_every_reason_is_explained_in_the_order_of_the_list() -> None:
    page = (Path(__file__).parent.parent / "docs" / "probing.md").read_text("utf-8")
    explained = re.findall(r"^\| `([a-z_]+)` \|", page, re.MULTILINE)
    assert explained == [look.value for look in Look if look not in NOT_LOOKED and look is not Look.DEMANDED]

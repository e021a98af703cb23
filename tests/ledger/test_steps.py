"""Transitions as steps: what is read quickly is what the ledger's own reader says, and what it refuses is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.canonical import Unreadable, clean
from monitor.ledger import TransitionRecorded
from monitor.ledger.codec import decode, encode
from monitor.ledger.steps import Misread, Move, step, steps, transition
from monitor.model import Cause, State, Step, Transition, micros

NOON = datetime(2026, 6, 10, 4, tzinfo=UTC)
PLAIN = Transition("qh-001", NOON, NOON, State.UP, State.DOWN, Cause.TCP_TIMEOUT, "no answer within 5 s")
instants = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
texts = st.text(st.characters(exclude_categories=()), max_size=12)


def stored(made: Transition) -> Move:
    return clean(made.camera_id).encode(), micros(made.at), 7, encode(TransitionRecorded(made)).encode()


transitions = st.builds(
    Transition,
    texts,
    instants,
    instants,
    st.sampled_from(State),
    st.sampled_from(State),
    st.sampled_from(Cause),
    texts,
)


def lines(*moves: Move) -> bytes:
    return b"\n".join(b"%d %d %b %b" % (seq, at, camera_id, body) for camera_id, at, seq, body in moves)


@given(transitions)
def test_a_step_is_what_the_whole_transition_says(made: Transition) -> None:
    move = stored(made)
    whole = transition(move)
    assert step(move) == Step(micros(whole.at), whole.new, 7, whole.cause)
    assert (whole.new, whole.cause, whole.at) == (made.new, made.cause, made.at)


def told(**fields: object) -> str:
    """The body of ``PLAIN`` with other fields; None leaves one out."""
    body = json.loads(encode(TransitionRecorded(PLAIN)))["transition"] | fields
    kept = {name: value for name, value in body.items() if value is not None}
    return json.dumps({"transition": kept}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@pytest.mark.parametrize(
    "fields",
    [
        {"new": "gone"},
        {"old": "gone"},
        {"cause": "bad_luck"},
        {"at": str(micros(NOON))},
        {"at": micros(NOON) + 0.5},
        {"at": True},
        {"decided_at": "soon"},
        {"decided_at": 10**20},
        {"detail": 5},
        {"camera_id": 5},
        {"planned": True},
        {"new": None},
        {"decided_at": None},
    ],
)
def test_what_the_reader_refuses_is_no_step(fields: dict[str, object]) -> None:
    body = told(**fields)
    with pytest.raises(Unreadable):
        decode("transition", body)
    with pytest.raises(Misread):
        step((b"qh-001", micros(NOON), 7, body.encode()))


@pytest.mark.parametrize("body", ["", "{", "[]", told() + " x", told()[:-1], told().replace("{", "[", 1)])
def test_what_is_no_json_is_no_step(body: str) -> None:
    with pytest.raises(Misread):
        step((b"qh-001", micros(NOON), 7, body.encode()))


def test_a_form_that_is_not_canonical_is_read_as_before() -> None:
    spaced = told().replace(":", ": ")
    assert step((b"qh-001", micros(NOON), 7, spaced.encode())) == step(stored(PLAIN))


def test_a_byte_that_is_no_text_is_no_step_or_the_one_the_reader_sees() -> None:
    move = stored(PLAIN)
    raw = move[3].replace(b"no answer", b"no \xff answer")
    assert step((*move[:3], raw)) == step(move)
    with pytest.raises(Misread):
        step((*move[:3], move[3].replace(b"qh-001", b"qh-\xff")))


@pytest.mark.parametrize("row", [(b"qh-002", micros(NOON)), (b"qh-001", micros(NOON + timedelta(microseconds=1)))])
def test_a_row_that_speaks_of_another_camera_or_instant_than_its_body_is_refused(row: tuple[bytes, int]) -> None:
    with pytest.raises(Misread, match="differs from the body"):
        step((*row, 7, told().encode()))


@given(st.lists(transitions, max_size=4))
def test_many_rows_at_once_say_what_each_says_or_are_left_to_the_reader(made: list[Transition]) -> None:
    moves = [(*stored(each)[:2], number, stored(each)[3]) for number, each in enumerate(made, 1)]
    assert steps(lines(*moves), len(moves)) in (None, [(move[0], step(move)) for move in moves])


def test_rows_of_the_usual_form_are_read_at_once() -> None:
    moves = [(*stored(PLAIN)[:2], number, stored(PLAIN)[3]) for number in range(8, 12)]
    assert steps(lines(*moves), 4) == [
        (b"qh-001", Step(micros(NOON), State.DOWN, n, Cause.TCP_TIMEOUT)) for n in range(8, 12)
    ]


ROW = stored(PLAIN)
NEXT = (*ROW[:2], 8, ROW[3])


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (lines(ROW, NEXT), 3),
        (lines(NEXT, ROW), 2),
        (lines(ROW, (b"qh-002", *NEXT[1:])), 2),
        (lines(ROW, (NEXT[0], NEXT[1] + 1, *NEXT[2:])), 2),
        (lines(ROW, (*NEXT[:3], b"{}")), 2),
        (lines((*ROW[:3], b"{}\n" + lines(NEXT))), 1),
        (lines((*ROW[:3], ROW[3] + b"\n")), 1),
        (lines(ROW, (b"a\nb", *NEXT[1:])), 2),
        (lines((*ROW[:3], ROW[3].replace(b"tcp_timeout", b"bad_luck"))), 1),
        (lines((*ROW[:3], ROW[3].replace(b'"old":"up"', b'"old":"gone"'))), 1),
    ],
)
def test_rows_of_any_other_form_are_left_to_the_reader(text: bytes, count: int) -> None:
    assert steps(text, count) is None

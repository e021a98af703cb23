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


@given(
    st.builds(
        Transition,
        texts,
        instants,
        instants,
        st.sampled_from(State),
        st.sampled_from(State),
        st.sampled_from(Cause),
        texts,
    )
)
def test_a_step_is_what_the_whole_transition_says(made: Transition) -> None:
    move = stored(made)
    whole = transition(move)
    assert step(move) == Step(micros(whole.at), whole.new, 7, whole.cause)
    assert (whole.new, whole.cause, whole.at) == (made.new, made.cause, made.at)


made_moves = st.builds(
    Transition,
    st.sampled_from(["qh-001", "石桥-2"]) | texts,
    instants,
    instants,
    st.sampled_from(State),
    st.sampled_from(State),
    st.sampled_from(Cause),
    st.just("") | texts,
).map(stored)


@given(st.lists(made_moves, max_size=6))
def test_many_are_read_as_each_by_itself(moves: list[Move]) -> None:
    assert steps(moves) == [step(move) for move in moves]


BODY = encode(TransitionRecorded(PLAIN)).encode()


@pytest.mark.parametrize(
    "bodies",
    [
        [BODY + b"\n" + BODY, b"nothing"],  # as many lines in the form as there are entries
        [BODY, BODY.replace(b'"new":"down"', b'"new":"gone"')],
        [BODY, BODY.replace(b'"old":"up"', b'"old":"gone"')],
        [BODY, BODY.replace(b"tcp_timeout", b"bad_luck")],
        [BODY, BODY.replace(b"qh-001", b"qh-002")],
        [BODY.replace(b'"at":17', b'"at":18'), BODY],
    ],
)
def test_one_that_is_no_step_is_found_among_many(bodies: list[bytes]) -> None:
    with pytest.raises(Misread):
        steps([(b"qh-001", micros(NOON), 7, body) for body in bodies])


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

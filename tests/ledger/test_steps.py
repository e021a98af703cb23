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
from monitor.ledger.steps import Misread, Move, step, transition
from monitor.model import Cause, State, Step, Transition, micros

NOON = datetime(2026, 6, 10, 4, tzinfo=UTC)
PLAIN = Transition("qh-001", NOON, NOON, State.UP, State.DOWN, Cause.TCP_TIMEOUT, "no answer within 5 s")
instants = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
texts = st.text(st.characters(exclude_categories=()), max_size=12)


def stored(made: Transition) -> Move:
    return clean(made.camera_id), micros(made.at), 7, encode(TransitionRecorded(made))


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
        step(("qh-001", micros(NOON), 7, body))


@pytest.mark.parametrize("body", ["", "{", "[]", told() + " x", told()[:-1], told().replace("{", "[", 1)])
def test_what_is_no_json_is_no_step(body: str) -> None:
    with pytest.raises(Misread):
        step(("qh-001", micros(NOON), 7, body))


def test_a_form_that_is_not_canonical_is_read_as_before() -> None:
    spaced = told().replace(":", ": ")
    assert step(("qh-001", micros(NOON), 7, spaced)) == step(stored(PLAIN))


@pytest.mark.parametrize("row", [("qh-002", micros(NOON)), ("qh-001", micros(NOON + timedelta(microseconds=1)))])
def test_a_row_that_speaks_of_another_camera_or_instant_than_its_body_is_refused(row: tuple[str, int]) -> None:
    with pytest.raises(Misread, match="differs from the body"):
        step((*row, 7, told()))

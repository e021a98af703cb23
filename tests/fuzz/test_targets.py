"""The fuzz targets themselves, without a fuzzer: neither their seeds nor what hypothesis draws finds anything."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.rtsp.budget import Budget
from monitor.rtsp.connection import Connection
from tests.fuzz.choices import Choices
from tests.fuzz.holding import held
from tests.fuzz.targets import targets

TARGETS = targets()


@pytest.mark.parametrize("name", TARGETS)
def test_the_seeds_find_nothing(name: str) -> None:
    for seed in TARGETS[name].seeds:
        TARGETS[name].run(seed)


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_bytes_find_nothing(name: str, data: st.DataObject) -> None:
    bent = bytearray(data.draw(st.sampled_from(TARGETS[name].seeds) | st.binary(max_size=400)))
    for at, byte in data.draw(st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=6)):
        bent[at % (len(bent) + 1) : at % (len(bent) + 1) + 1] = bytes((byte,))
    TARGETS[name].run(bytes(bent))


def test_choices_end_with_the_bytes() -> None:
    choices = Choices(b"\x05\x01\x00abc")
    assert (choices.number(4), choices.number(1000), choices.piece(2), choices.rest()) == (1, 256, b"ab", b"c")
    assert (choices.left, choices.number(9), choices.piece(4), choices.pick("xy")) == (0, 0, b"", "x")


def test_what_a_connection_holds_is_counted() -> None:
    connection = Connection(Budget(10**9))
    connection.receive_data(bytes(100_000))
    assert 100_000 < held(connection) < 200_000

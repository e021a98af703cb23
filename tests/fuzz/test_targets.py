"""The fuzz targets themselves, without a fuzzer: their seeds and a few drawn inputs find nothing."""

from __future__ import annotations

from random import Random

import pytest

from monitor.rtsp.connection import Connection
from tests.fuzz.choices import Choices
from tests.fuzz.holding import held
from tests.fuzz.targets import targets

TARGETS = targets()


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_and_drawn_inputs_find_nothing(name: str) -> None:
    target = TARGETS[name]
    drawn = Random(name)
    for seed in target.seeds:
        target.run(seed)
        bent = bytearray(seed)
        for _ in range(3):
            bent[drawn.randrange(len(bent))] = drawn.randrange(256)
        target.run(bytes(bent))
        target.run(drawn.randbytes(drawn.randrange(target.max_bytes)))
    target.run(b"")


def test_choices_end_with_the_bytes() -> None:
    choices = Choices(b"\x05\x01\x00abc")
    assert (choices.number(4), choices.number(1000), choices.piece(2), choices.rest()) == (1, 256, b"ab", b"c")
    assert (choices.left, choices.number(9), choices.piece(4), choices.pick("xy")) == (0, 0, b"", "x")


def test_what_a_connection_holds_is_counted() -> None:
    connection = Connection()
    connection.receive_data(bytes(100_000))
    assert 100_000 < held(connection) < 110_000

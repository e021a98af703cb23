"""What the demonstration hears of pictures: each notice is told once; what looks like a fault must be called none."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.demo.story import FOG
from monitor.demo.witness import Witness
from monitor.model import Cause
from tests.driven import a_camera

POND, LANE = a_camera("pond"), a_camera("lane")
FOGGY = frozenset({Cause.PICTURE_LOW_CONTRAST})


def said(camera_id: str, at: str, *noticed: Cause) -> dict[str, Any]:
    picture = {"at": at, "noticed": [cause.value for cause in noticed]}
    return {"id": camera_id, "village": "石桥村", "name": "门前塘北岸", "picture": picture}


def test_what_is_noticed_is_told_once_and_names_the_camera() -> None:
    witness = Witness()
    told = list(witness.hear([said("pond", "1", Cause.PICTURE_FROZEN)]))
    assert [phrase.zh.split(" ")[:2] for phrase in told] == [["石桥村", "门前塘北岸"]]
    assert "suspected to be frozen" in told[0].en
    assert not list(witness.hear([said("pond", "2", Cause.PICTURE_FROZEN)]))
    assert len(list(witness.hear([said("lane", "2", Cause.PICTURE_LOW_CONTRAST)]))) == 1


def test_a_camera_of_which_no_picture_was_decoded_says_nothing() -> None:
    witness = Witness()
    assert not list(witness.hear([said("pond", "1") | {"picture": None}]))
    assert not witness.made_of(FOG, [POND]).recognised


def test_looks_are_counted_by_instant_and_those_of_the_camera_looked_at_least_count() -> None:
    witness = Witness()
    for at in ("1", "1", "2", "3"):
        list(witness.hear([said("pond", at)]))
    list(witness.hear([said("lane", "1")]))
    assert witness.made_of(FOG, [POND]).looks == 3
    assert witness.made_of(FOG, [POND, LANE]).looks == 1
    assert witness.made_of(FOG, [POND, LANE]).cameras == 2


@pytest.mark.parametrize(
    ("noticed", "due", "recognised"),
    [
        ((), frozenset(), True),
        ((Cause.PICTURE_FROZEN,), frozenset(), False),
        ((Cause.PICTURE_LOW_CONTRAST,), FOGGY, True),
        ((), FOGGY, False),
        ((Cause.PICTURE_LOW_CONTRAST, Cause.PICTURE_FROZEN), FOGGY, False),
    ],
)
def test_it_is_recognised_when_what_is_so_is_told_and_nothing_else_is(
    noticed: tuple[Cause, ...], due: frozenset[Cause], recognised: bool
) -> None:
    witness = Witness()
    list(witness.hear([said("pond", "1", *noticed)]))
    list(witness.hear([said("pond", "2")]))
    assert witness.made_of(FOG, [POND], due).recognised is recognised

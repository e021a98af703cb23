"""What is said of a picture beside its state, and that it is no fault."""

from __future__ import annotations

import pytest

from monitor.console.sights import CANNOT_JUDGE, LEARNING, REPORTED, SUSPECTED, Remark, brief, remarks
from monitor.language import Language, Phrase
from monitor.model import Cause, Sight
from tests.metrics.town import NOW, status

EVERYTHING = Sight(
    NOW,
    unjudged=(Cause.PICTURE_MOVED, Cause.PICTURE_CAST),
    unlearnt=(Cause.PICTURE_VEILED,),
    noticed=(Cause.PICTURE_FROZEN, Cause.PICTURE_LOW_CONTRAST),
)


def test_each_thing_is_said_once_of_all_its_findings() -> None:
    assert list(remarks(status(sight=EVERYTHING))) == [
        Remark(SUSPECTED, (Cause.PICTURE_FROZEN,)),
        Remark(REPORTED, (Cause.PICTURE_LOW_CONTRAST,)),
        Remark(CANNOT_JUDGE, (Cause.PICTURE_MOVED, Cause.PICTURE_CAST)),
        Remark(LEARNING, (Cause.PICTURE_VEILED,)),
    ]


def test_a_list_of_cameras_does_not_repeat_that_there_are_no_colours_at_night() -> None:
    assert Remark(CANNOT_JUDGE, (Cause.PICTURE_MOVED,)) in list(brief(status(sight=EVERYTHING)))
    assert not list(brief(status(sight=Sight(NOW, unjudged=(Cause.PICTURE_CAST,)))))


def test_of_a_picture_nobody_saw_nothing_is_said() -> None:
    assert not list(remarks(status()))
    assert not list(brief(status()))


def test_a_line_names_the_findings_in_both_languages() -> None:
    remark = Remark(CANNOT_JUDGE, (Cause.PICTURE_MOVED, Cause.PICTURE_BLURRED))
    assert remark.short(Language.ZH) == "无法判断：视角偏移、画面模糊"
    assert remark.short(Language.EN) == "cannot judge: view moved, blurred picture"


@pytest.mark.parametrize("what", [SUSPECTED, REPORTED, CANNOT_JUDGE, LEARNING], ids=lambda what: what.en)
def test_every_explanation_says_that_it_is_no_fault(what: Phrase) -> None:
    why = Remark(what, ()).why
    assert "不算故障" in why.zh or "不是故障" in why.zh
    assert "no fault" in why.en.lower() or "never a fault" in why.en.lower()

"""Nothing of ours is without words, and both languages say the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from string import Formatter
from typing import Any

import pytest

from monitor import wording
from monitor.incidents import Clue, Evidence, Origin
from monitor.language import Language, Phrase
from monitor.model import (
    Basis,
    BlindTime,
    Camera,
    Cause,
    FindingKind,
    FindingState,
    Note,
    Rung,
    Site,
    SiteCategory,
    Stage,
    State,
)
from monitor.sla import SlaVerdict

LISTS: list[tuple[Mapping[Any, Phrase], type[Enum]]] = [
    (wording.CAUSES, Cause),
    (wording.NOTES, Note),
    (wording.FINDING_STATES, FindingState),
    (wording.STATES, State),
    (wording.RUNGS, Rung),
    (wording.STAGES, Stage),
    (wording.VERDICTS, SlaVerdict),
    (wording.BASES, Basis),
    (wording.BLIND_TIMES, BlindTime),
    (wording.CATEGORIES, SiteCategory),
    (wording.ORIGINS, Origin),
    (wording.FINDINGS, FindingKind),
    (wording.CLUES, Clue),
]
PHRASES = {name: phrase for name, phrase in vars(wording).items() if isinstance(phrase, Phrase)}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize(("words", "members"), LISTS, ids=lambda value: getattr(value, "__name__", ""))
def test_every_member_has_its_own_words_in_both_languages(words: Mapping[Enum, Phrase], members: type[Enum]) -> None:
    assert set(words) == set(members)
    for texts in ([phrase.zh for phrase in words.values()], [phrase.en for phrase in words.values()]):
        assert all(texts)
        assert len(set(texts)) == len(texts), "two members with the same words cannot be told apart"


def test_every_field_of_a_camera_has_a_name() -> None:
    own = {field.name for field in fields(Camera)} - {"site"}
    assert set(wording.CAMERA_FIELDS) == own | {f"site.{field.name}" for field in fields(Site)}


@pytest.mark.parametrize("name", PHRASES)
def test_both_languages_fill_in_the_same_values(name: str) -> None:
    phrase = PHRASES[name]
    assert phrase.zh
    assert phrase.en
    assert placeholders(phrase.zh) == placeholders(phrase.en)


@pytest.mark.parametrize("clue", Clue)
@pytest.mark.parametrize("language", Language)
def test_every_clue_says_its_numbers_and_its_cause(clue: Clue, language: Language) -> None:
    text = wording.clue_text(Evidence(clue, 7, 9, Cause.TCP_REFUSED), language)
    asked = placeholders(wording.CLUES[clue][language])
    shown = {"count": "7", "of": "9", "cause": wording.CAUSES[Cause.TCP_REFUSED][language]}
    assert asked <= shown.keys()
    assert all(shown[name] in text for name in asked)
    assert "{" not in text

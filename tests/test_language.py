"""Which language is shown, and that every phrase has both."""

from __future__ import annotations

import pytest

from monitor.language import Language, Phrase, language_of_environment


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, Language.EN),
        ({"LANG": "zh_CN.UTF-8"}, Language.ZH),
        ({"LANG": "en_GB.UTF-8"}, Language.EN),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, Language.EN),
        ({"LANG": "C", "LC_MESSAGES": "zh_TW"}, Language.ZH),
    ],
)
def test_the_locale_chooses_the_language(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: Language
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language_of_environment() is expected


def test_a_phrase_is_asked_by_language() -> None:
    phrase = Phrase("离线", "down")
    assert (phrase[Language.ZH], phrase[Language.EN]) == ("离线", "down")

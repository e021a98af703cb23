"""Which language is shown, and that every phrase has both."""

from __future__ import annotations

import pytest

from monitor.language import Count, Language, Phrase, language_of_environment


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


@pytest.mark.parametrize(("count", "said"), [(0, "0 cameras are"), (1, "1 camera is"), (2, "2 cameras are")])
def test_english_counts_one_in_another_way(count: int, said: str) -> None:
    assert "{count} {count:camera is|cameras are}".format(count=Count(count)) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st")],
)
def test_english_numbers_in_order_have_four_endings(number: int, said: str) -> None:
    assert f"{Count(number):th}" == said


@pytest.mark.parametrize("spec", ["", ",", ">6", "04", "x"])
def test_a_count_is_otherwise_written_like_any_number(spec: str) -> None:
    assert format(Count(12345), spec) == format(12345, spec)


@pytest.mark.parametrize("spec", ["camera|cameras", "th"])
def test_a_number_that_is_no_count_has_no_words(spec: str) -> None:
    with pytest.raises(ValueError, match="Invalid format specifier"):
        format(2, spec)

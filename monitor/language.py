"""Chinese and English: how a text for people carries both, and which one is shown."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """A language people read the console and the reports in."""

    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Phrase:
    """One text in both languages; ``str.format`` fields must be the same in both.

    English counts differently: where a text has a number's word, its value is a ``Count``.
    """

    zh: str
    en: str

    def __getitem__(self, language: Language) -> str:
        match language:
            case Language.ZH:
                return self.zh
            case Language.EN:
                return self.en


class Count(int):
    """A number that knows how English counts with it; as such it is written like any other.

    ``{count} {count:camera is|cameras are} down`` takes the word for one or for any other number, ``{count:th}`` is
    ``1st``, ``2nd``, ``3rd``, ``4th``. A plain number refuses both, so whoever forgets the ``Count`` hears of it.
    """

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        one, bar, many = spec.partition("|")
        if bar:
            return one if self == 1 else many
        return f"{int(self)}{_ordinal_end(int(self))}" if spec == "th" else int(self).__format__(spec)


def _ordinal_end(number: int) -> str:
    if number // 10 % 10 == 1:
        return "th"  # 11th, 12th, 13th
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def language_of_environment() -> Language:
    """Chinese when the locale says so (``LC_ALL``, ``LC_MESSAGES``, ``LANG`` start with ``zh``), else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return Language.ZH if value.lower().startswith("zh") else Language.EN
    return Language.EN

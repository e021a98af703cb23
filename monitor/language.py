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
    """One text in both languages; ``str.format`` fields must be the same in both."""

    zh: str
    en: str

    def __getitem__(self, language: Language) -> str:
        match language:
            case Language.ZH:
                return self.zh
            case Language.EN:
                return self.en


def language_of_environment() -> Language:
    """Chinese when the locale says so (``LC_ALL``, ``LC_MESSAGES``, ``LANG`` start with ``zh``), else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return Language.ZH if value.lower().startswith("zh") else Language.EN
    return Language.EN

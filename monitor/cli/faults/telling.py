"""Says a fault in Chinese. What is wrong is written in English where it is found; here it is known again and said anew.

So the reading of files knows no language. A text nobody has words for stays English: a fault is never lost. A test
goes through all that reading can say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from string import Formatter

from monitor.cli.faults.inventory import INVENTORY
from monitor.cli.faults.pictures import PICTURES
from monitor.cli.faults.record import RECORD
from monitor.cli.faults.sending import SENDING
from monitor.cli.faults.settings import SETTINGS
from monitor.cli.faults.usage import USAGE
from monitor.cli.faults.values import HINTS, PARTS, VALUES
from monitor.errors import WHOLE_FILE, Fault
from monitor.language import Language, Phrase

Form = tuple[re.Pattern[str], str]
OURS = frozenset({"what", "why", "noun", "noun_again", "both", "more", "also", "hint"})  # not as a person wrote it
PLACES = {"row": "整行"}  # where a fault is, where that is no name out of the file
TEXTS = (*VALUES, *SETTINGS, *INVENTORY, *RECORD, *USAGE, *SENDING, *PICTURES)


def told_all(faults: Iterable[Fault], language: Language) -> str:
    """All of them, one a line, each with its place."""
    match language:
        case Language.EN:
            return "\n".join(map(str, faults))
        case Language.ZH:
            return "\n".join(f"{_place(fault)}: {_chinese(fault.what)}" for fault in faults)


def _place(fault: Fault) -> str:
    """File, line and column or key, as far as there are any."""
    where = "" if fault.where == WHOLE_FILE else PLACES.get(fault.where, fault.where)
    return ": ".join(filter(None, (fault.place, where)))


def told(what: str, language: Language) -> str:
    """What is wrong and what to write instead."""
    match language:
        case Language.EN:
            return what
        case Language.ZH:
            return _chinese(what)


def _chinese(what: str) -> str:
    for known, zh in _hints():
        found = known.fullmatch(what)
        if found is not None:
            return _said(found["before"]) + zh.format(**found.groupdict())
    return _said(what)


def _said(what: str) -> str:
    for known, zh in _forms():
        found = known.fullmatch(what)
        if found is not None:
            return zh.format(
                **{name: _said(part) if name in OURS else part for name, part in found.groupdict().items()}
            )
    return what


@cache
def _forms() -> tuple[Form, ...]:
    """Those with the most fixed letters first: they say the most."""
    return tuple(_form(phrase) for phrase in sorted((*TEXTS, *PARTS), key=lambda phrase: -len(_fixed(phrase.en))))


@cache
def _hints() -> tuple[Form, ...]:
    return tuple(_form(Phrase(hint.zh, "{before}" + hint.en)) for hint in HINTS)


def _fixed(text: str) -> str:
    return "".join(literal for literal, *_ in Formatter().parse(text))


def _form(phrase: Phrase) -> Form:
    pattern = ""
    for literal, name, *_ in Formatter().parse(phrase.en):
        pattern += re.escape(literal) + ("" if name is None else f"(?P<{name}>.+?)")
    return re.compile(pattern, re.DOTALL), phrase.zh

"""Whether an act can be read at all: its instants by a calendar, its words by the person who is to agree to them.

Instants are judged whenever the record is read, because a report must survive them. Words are judged where an act comes
in or is about to be signed: somebody could hide from the other party, by what a terminal does not show, what it signs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Final

from monitor.acts.events import Act
from monitor.acts.refusals import Reason, Refusal
from monitor.parsing.scalars import YEARS, invisible

LONGEST_TEXT: Final = 2_000  # characters; a proposal is read before it is approved
FIRST: Final = datetime(YEARS.start, 1, 1, tzinfo=UTC)
LAST: Final = datetime(YEARS.stop, 1, 1, tzinfo=UTC)


def outside_calendar(act: Act) -> Refusal | None:
    """The first instant of the act that lies where no record can, 1970 to 2199 being where one can; or None."""
    strange = (at for _, at in _leaves(act) if isinstance(at, datetime) and not FIRST <= at < LAST)
    return next((Refusal(Reason.OUTSIDE_CALENDAR, f"{at:%Y-%m-%d}") for at in strange), None)


def illegible(act: Act) -> Refusal | None:
    """The first text of the act that is not what it looks like, or longer than anybody reads; or None."""
    for name, text in _leaves(act):
        if isinstance(text, str):
            if character := invisible(text):
                return Refusal(Reason.ILLEGIBLE, f"{name}: {character}")
            if len(text) > LONGEST_TEXT:
                return Refusal(Reason.TOO_LONG, f"{name}: {len(text)} > {LONGEST_TEXT}")
    return None


def _leaves(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Every value that holds no other, with the name of its field."""
    if is_dataclass(value):
        for field in fields(value):
            yield from _leaves(getattr(value, field.name), field.name)
    elif isinstance(value, frozenset | tuple):
        for item in value:
            yield from _leaves(item, name)
    else:
        yield name, value

"""Who of two lists is who. Pure.

A camera is found by its id, else by its national id, else by its address where nobody else on either side has it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class MatchedBy(StrEnum):
    """How a camera of both sides was found, the surest first."""

    ID = "id"
    NATIONAL_ID = "national_id"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Names:
    """What a camera is known by in one list; "" is no name."""

    ids: tuple[str, ...]
    nationals: frozenset[str]  # 20-digit codes of GB/T 28181
    host: str

    def of(self, by: MatchedBy) -> Iterable[str]:
        """Those of one kind."""
        match by:
            case MatchedBy.ID:
                return self.ids
            case MatchedBy.NATIONAL_ID:
                return self.nationals
            case MatchedBy.ADDRESS:
                return (self.host,)


@dataclass(frozen=True, slots=True)
class Match:
    """Whom one of ours was found to be."""

    other: int  # place in the other list, from 0
    by: MatchedBy


def national_id(text: str) -> str:
    """The 20 digits of a national code, however they are grouped; "" when it is none."""
    digits = re.sub(r"[\s-]", "", text)
    return digits if re.fullmatch(r"[0-9]{20}", digits) else ""


def own_names(camera_id: str, national: str, host: str) -> Names:
    """Those of a camera of the inventory; ``national`` is its column of that name."""
    return Names((camera_id,), frozenset({national_id(camera_id), national_id(national)}), host)


def matched(ours: Sequence[Names], theirs: Sequence[Names]) -> dict[int, Match]:
    """By place in our list; nobody of either side is in two matches."""
    found: dict[int, Match] = {}
    taken: set[int] = set()
    for by in MatchedBy:
        own, other = _unambiguous(by, ours), _unambiguous(by, theirs)
        for key, at in own.items():
            there = other.get(key)
            if there is not None and at not in found and there not in taken:
                taken.add(there)
                found[at] = Match(there, by)
    return found


def _unambiguous(by: MatchedBy, names: Sequence[Names]) -> dict[str, int]:
    """Whom a key means, where it means one alone."""
    pairs = [(at, key) for at, each in enumerate(names) for key in each.of(by) if key]
    count = Counter(key for _, key in pairs)
    return {key: at for at, key in pairs if count[key] == 1}

"""The inventory beside the platform's list: who is who, who is missing where, and which fields differ. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from monitor.inventory.columns import Column
from monitor.inventory.entries import Entry, Extra
from monitor.inventory.export import Listed
from monitor.inventory.matching import MatchedBy, Names, matched, national_id, own_names
from monitor.model import Camera

COMPARED: Final = (
    *(Column.NAME, Column.SITE, Column.CATEGORY, Column.VILLAGE, Column.TOWN, Column.COUNTY, Column.CARRIER),
    *(Column.UPLINK, Column.RECORDER, Column.CABINET, Column.HOST, Column.VENDOR, Column.MODEL),
    *(Column.IN_SERVICE_FROM, Column.IN_SERVICE_TO),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is told otherwise; ``ours`` is "" where the inventory does not say it."""

    column: Column | Extra
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Pair:
    """One camera that both have."""

    entry: Entry
    listed: Listed
    by: MatchedBy
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """What comes of it, in the order of the files."""

    pairs: tuple[Pair, ...]
    only_ours: tuple[Entry, ...]
    only_theirs: tuple[Listed, ...]

    @property
    def differs(self) -> bool:
        """Whether there is anything to look at."""
        return bool(self.only_ours or self.only_theirs or any(pair.differences for pair in self.pairs))


def compared(entries: Sequence[Entry], listed: Sequence[Listed]) -> Differences:
    """Each camera of either side in exactly one place."""
    found = matched([_own_names(entry) for entry in entries], [row.names for row in listed])
    taken = {match.other for match in found.values()}
    pairs = (
        Pair(entries[at], listed[match.other], match.by, tuple(_differences(entries[at], listed[match.other])))
        for at, match in sorted(found.items())
    )
    return Differences(
        tuple(pairs),
        tuple(entry for at, entry in enumerate(entries) if at not in found),
        tuple(row for at, row in enumerate(listed) if at not in taken),
    )


def _own_names(entry: Entry) -> Names:
    return own_names(entry.camera.id, entry.extras.get(Extra.NATIONAL_ID, ""), entry.hosts[0])


def _differences(entry: Entry, listed: Listed) -> Iterator[Difference]:
    """Of what the platform says; what it leaves out is no difference."""
    own_national = entry.extras.get(Extra.NATIONAL_ID, "")
    if listed.national and listed.national not in (national_id(entry.camera.id), national_id(own_national)):
        yield Difference(Extra.NATIONAL_ID, own_national, listed.national)
    for column in COMPARED:
        theirs = listed.cells.get(column, "")
        ours = _own_value(column, entry)
        if theirs and _alike(column, ours) != _alike(column, theirs):
            yield Difference(column, ours, theirs)


def _own_value(column: Column, entry: Entry) -> str:
    """As written, but in the spelling in which the platform's list is read; "" where it is only supposed."""
    camera = entry.camera
    if column is Column.HOST:
        return entry.hosts[0]
    return _told(column, camera) if column in entry.row.cells else ""


def _told(column: Column, camera: Camera) -> str:
    match column:
        case Column.CATEGORY:
            return camera.site.category.value
        case Column.IN_SERVICE_FROM:
            return str(camera.in_service_from or "")
        case Column.IN_SERVICE_TO:
            return str(camera.in_service_to or "")
        case Column.SITE:
            return camera.site.name
        case Column.VILLAGE | Column.TOWN | Column.COUNTY:
            return str(getattr(camera.site, column))
        case _:
            return str(getattr(camera, column))


def _alike(column: Column, text: str) -> str:
    """What two spellings of the same have in common: full-width letters, case and spaces do not count."""
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    if column is Column.CARRIER:  # 移动 and 中国移动 are one
        return plain.removeprefix("中国")
    return plain

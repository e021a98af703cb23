"""The sheet of cameras: the detail from which formulas of the other sheets recompute every total."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

from monitor import wording
from monitor.language import Phrase
from monitor.model import Camera
from monitor.render.xlsx import texts
from monitor.render.xlsx.book import Book, Column, letter_of
from monitor.render.xlsx.cells import quoted
from monitor.render.xlsx.desk import (
    ALL_KINDS,
    KINDS,
    WATCHED_KINDS,
    Desk,
    added,
    counted_kinds,
    exact,
    intact_kinds,
    online_kinds,
    ordered,
)
from monitor.render.xlsx.exact import Pair, floored, nothing, pair_of, reaches, seconds_of
from monitor.render.xlsx.groups import numbers
from monitor.render.xlsx.looks import SECONDS_WIDTH, WHEN_WIDTH, Alarm, Look
from monitor.report import CameraFigure, GroupKind, TimeKind
from monitor.sla import counted, online

FROZEN: Final = (2, 2)  # id and name, title and headings
OWN: Final = "{{{kind}_{unit}}}"  # the exact cells of a camera's own row


def cameras(book: Book, desk: Desk) -> None:
    """One row for each camera, worst first."""
    columns = list(_columns(desk))
    with book.sheet(desk.say(texts.CAMERAS), columns, frozen=FROZEN, heading=2) as sheet:
        desk.title(sheet)
        count = len(desk.report.cameras)
        first = sheet.table(columns, desk.report.cameras, count)
        met = letter_of(columns, "met")
        missed = f"${met}{first}={quoted(desk.say(wording.CSV_NO))}"
        sheet.alarm(f"A{first}:{met}{first + max(count, 1) - 1}", missed, Alarm.MISSED)


def _columns(desk: Desk) -> Iterator[Column[CameraFigure]]:
    yield from _names(desk)
    yield from _rates(desk)
    yield from _time(desk)
    yield from _counts(desk)
    yield from _more_names(desk)
    yield from _exact(desk)
    yield from _groups(desk)


def _names(desk: Desk) -> Iterator[Column[CameraFigure]]:
    say, category = desk.say, wording.CATEGORIES
    yield Column("id", say(wording.CAMERA_ID), lambda figure: figure.camera.id, width=14, name="camera_id")
    yield Column("name", say(wording.CAMERA_FIELDS["name"]), lambda figure: figure.camera.name, width=22)
    yield Column("village", say(wording.VILLAGE), lambda figure: figure.camera.site.village, width=11)
    yield Column("carrier", say(wording.CARRIER), lambda figure: figure.camera.carrier, width=10)
    yield Column("category", say(wording.CATEGORY), lambda figure: say(category[figure.camera.site.category]), width=10)


def _rates(desk: Desk) -> Iterator[Column[CameraFigure]]:
    blind, none = desk.report.terms.blind_time, quoted(desk.none)
    whole = added(counted_kinds(blind), OWN)
    parts: tuple[tuple[str, Phrase, Pair, Pair], ...] = (
        ("online", wording.ONLINE, added(online_kinds(blind), OWN), whole),
        ("intact", wording.INTACT, added(intact_kinds(blind), OWN), whole),
        ("coverage", wording.COVERAGE, added(WATCHED_KINDS, OWN), added(ALL_KINDS, OWN)),
    )
    for key, heading, part, divisor in parts:
        yield Column(
            key,
            desk.say(heading),
            partial(_rate, desk, key),
            Look.PERCENT,
            width=9,
            formula=floored(part, divisor, none),
            name=f"camera_{key}",
        )
    yes, no = (quoted(desk.say(answer)) for answer in (wording.CSV_YES, wording.CSV_NO))
    good = reaches(parts[0][2], whole, "target_numerator", "target_denominator")
    yield Column(
        "met",
        desk.say(wording.CSV_TARGET_MET),
        partial(_met, desk),
        Look.CHECK,
        width=8,
        formula=f"IF({nothing(whole)},{none},IF({good},{yes},{no}))",
        name="camera_met",
    )


def _rate(desk: Desk, key: str, figure: CameraFigure) -> float | str:
    return desk.rate(getattr(figure.rates, key))


def _met(desk: Desk, figure: CameraFigure) -> str:
    if figure.rates.online is None:
        return desk.none
    return desk.say(wording.CSV_NO if figure.below_target else wording.CSV_YES)


def _time(desk: Desk) -> Iterator[Column[CameraFigure]]:
    blind = desk.report.terms.blind_time
    yield Column(
        "scheduled",
        _in_seconds(desk, wording.SCHEDULED),
        lambda figure: exact(figure.seconds.scheduled),
        Look.SECONDS,
        SECONDS_WIDTH,
        formula=_sum(ALL_KINDS),
    )
    for kind, phrase in KINDS.items():
        yield Column(kind.value, _in_seconds(desk, phrase), partial(_of_kind, kind), Look.SECONDS, SECONDS_WIDTH)
    yield Column(
        "counted",
        _in_seconds(desk, wording.COUNTED_TIME),
        lambda figure: exact(counted(figure.seconds, blind)),
        Look.SECONDS,
        SECONDS_WIDTH,
        formula=_sum(counted_kinds(blind)),
    )


def _in_seconds(desk: Desk, phrase: Phrase) -> str:
    return desk.say(wording.CSV_SECONDS, kind=desk.say(phrase))


def _of_kind(kind: TimeKind, figure: CameraFigure) -> int | float:
    return exact(ordered(figure.seconds)[kind])


def _sum(kinds: tuple[TimeKind, ...]) -> str:
    return f"ROUND({'+'.join(f'{{{kind.value}}}' for kind in kinds)},6)"


def _counts(desk: Desk) -> Iterator[Column[CameraFigure]]:
    say, blind = desk.say, desk.report.terms.blind_time
    look = Look.COUNT
    yield Column("outages", say(wording.OUTAGES), lambda figure: figure.outages, look, 8, name="camera_outages")
    yield Column(
        "looks_online",
        say(wording.CSV_LOOKS_ONLINE),
        lambda figure: online(figure.looks, blind),
        look,
        8,
        name="camera_looks_online",
    )
    yield Column(
        "looks", say(wording.CSV_LOOKS), lambda figure: counted(figure.looks, blind), look, 8, name="camera_looks"
    )
    yield Column(
        "removed", say(wording.CSV_REMOVED_AT), lambda figure: desk.when(figure.removed_at), Look.WHEN, WHEN_WIDTH
    )


def _more_names(desk: Desk) -> Iterator[Column[CameraFigure]]:
    fields: Mapping[str, Callable[[Camera], str]] = {
        "site.id": lambda camera: camera.site.id,
        "site.name": lambda camera: camera.site.name,
        "site.town": lambda camera: camera.site.town,
        "site.county": lambda camera: camera.site.county,
        "uplink": lambda camera: camera.uplink,
        "recorder": lambda camera: camera.recorder,
    }
    for field, cell in fields.items():
        heading = desk.say(wording.CAMERA_FIELDS[field])
        yield Column(field.replace(".", "_"), heading, partial(_of_camera, cell), width=14, folded=True)


def _of_camera(cell: Callable[[Camera], str], figure: CameraFigure) -> str:
    return cell(figure.camera)


def _exact(desk: Desk) -> Iterator[Column[CameraFigure]]:
    """Every kind of time as two integers, taken from the cell people read and change."""
    for kind, phrase in KINDS.items():
        pair, called = seconds_of(f"{{{kind.value}}}"), desk.say(phrase)
        for unit, heading, formula in (
            ("s", texts.EXACT_SECONDS, pair.s),
            ("us", texts.EXACT_MICROSECONDS, pair.us),
        ):
            yield Column(
                f"{kind.value}_{unit}",
                desk.say(heading, kind=called),
                partial(_exact_part, kind.value, unit == "us"),
                Look.COUNT,
                width=11,
                formula=formula,
                folded=True,
                name=f"camera_{kind.value}_{unit}",
            )
    for key, phrase_of, us in (
        ("looks_scheduled", texts.LOOKS_SCHEDULED, lambda figure: figure.looks.scheduled),
        ("looks_unobserved", texts.LOOKS_UNOBSERVED, lambda figure: figure.looks.unobserved),
    ):
        yield Column(key, desk.say(phrase_of), us, Look.COUNT, width=9, folded=True, name=f"camera_{key}")


def _exact_part(kind: str, rest: bool, figure: CameraFigure) -> int:
    return pair_of(getattr(figure.seconds, kind))[rest]


def _groups(desk: Desk) -> Iterator[Column[CameraFigure]]:
    """In which rows of the sheet of groups a camera is added up: names may look like patterns or numbers."""
    found = numbers(desk.report)
    for kind, (phrase, key) in GROUPED.items():
        yield Column(
            f"no_{kind.value}",
            desk.say(texts.GROUP_NUMBER_OF, kind=desk.say(phrase)),
            partial(_number, found, kind, key),
            Look.COUNT,
            width=8,
            folded=True,
            name=f"camera_{kind.value}",
        )


def _number(
    found: Mapping[tuple[GroupKind, str], int], kind: GroupKind, key: Callable[[Camera], str], figure: CameraFigure
) -> int | None:
    return found.get((kind, key(figure.camera)))


GROUPED: Final[Mapping[GroupKind, tuple[Phrase, Callable[[Camera], str]]]] = {
    GroupKind.VILLAGE: (wording.VILLAGE, lambda camera: camera.site.village),
    GroupKind.CARRIER: (wording.CARRIER, lambda camera: camera.carrier),
    GroupKind.CATEGORY: (wording.CATEGORY, lambda camera: camera.site.category),
    GroupKind.RECORDER: (wording.RECORDER, lambda camera: camera.recorder),
}

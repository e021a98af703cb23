"""The sheet of groups: villages, carriers, kinds of site and recorders, added up from the sheet of cameras.

A group is named to formulas by a number: a name such as ``*``, ``>1`` or a recorder's twenty digits would be taken for
a pattern, a condition or a number of fifteen digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from monitor import wording
from monitor.language import Phrase
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
from monitor.render.xlsx.exact import Pair, floored, nothing, pair_of, reaches
from monitor.render.xlsx.looks import SECONDS_WIDTH, Alarm, Look
from monitor.report import GroupFigure, GroupKind, Report, TimeKind
from monitor.sla import counted

PHRASES: dict[GroupKind, Phrase] = {
    GroupKind.VILLAGE: wording.VILLAGE,
    GroupKind.CARRIER: wording.CARRIER,
    GroupKind.CATEGORY: wording.CATEGORY,
    GroupKind.RECORDER: wording.RECORDER,
}
OWN = "{{{kind}_{unit}}}"


def listed(report: Report) -> tuple[GroupFigure, ...]:
    """The groups of the sheet in its order."""
    return (*report.villages, *report.carriers, *report.categories, *report.recorders)


def numbers(report: Report) -> dict[tuple[GroupKind, str], int]:
    """Every group's number, from 1."""
    return {(group.kind, group.id): number for number, group in enumerate(listed(report), 1)}


def groups(book: Book, desk: Desk) -> None:
    """One row for each group; the kind is a column to filter by."""
    found = listed(desk.report)
    columns = list(_columns(desk))
    with book.sheet(desk.say(texts.GROUPS), columns, frozen=(2, 2), heading=2) as sheet:
        desk.title(sheet)
        first = sheet.table(columns, found, len(found))
        last = first + max(len(found), 1) - 1
        differs = quoted(desk.say(texts.DIFFERS))
        check, met = (letter_of(columns, key) for key in ("check", "met"))
        sheet.alarm(f"{check}{first}:{check}{last}", f"${check}{first}={differs}", Alarm.BAD)
        no = quoted(desk.say(wording.CSV_NO))
        sheet.alarm(f"A{first}:{met}{last}", f"${met}{first}={no}", Alarm.MISSED)


def _columns(desk: Desk) -> Iterator[Column[GroupFigure]]:
    say, look = desk.say, Look.COUNT
    number_of = numbers(desk.report)
    yield Column("kind", say(texts.GROUPED_BY), lambda group: say(PHRASES[group.kind]), width=10)
    yield Column("name", say(texts.NAME), desk.group, width=22)
    yield Column(
        "cameras",
        say(wording.CAMERAS),
        lambda group: group.cameras,
        look,
        8,
        formula=lambda group: f"COUNTIFS(camera_{group.kind.value},{{no}})",
    )
    yield from _rates(desk)
    yield from _time(desk)
    yield Column("reported_cameras", _reported(desk, wording.CAMERAS), lambda group: group.cameras, look, 9)
    for key, phrase in (("online", wording.ONLINE), ("intact", wording.INTACT), ("coverage", wording.COVERAGE)):
        yield Column(f"reported_{key}", _reported(desk, phrase), partial(_rate, desk, key), Look.PERCENT, 9)
    yield Column(
        "check",
        say(texts.CHECK),
        lambda _: say(texts.AGREES),
        Look.CHECK,
        8,
        formula=_check(desk),
        name="checks_groups",
    )
    yield Column("no", say(texts.GROUP_NUMBER), lambda group: number_of[group.kind, group.id], look, 8, folded=True)
    yield from _pairs(desk)


def _reported(desk: Desk, phrase: Phrase) -> str:
    return desk.say(texts.REPORTED_OF, what=desk.say(phrase))


def _rates(desk: Desk) -> Iterator[Column[GroupFigure]]:
    blind, none = desk.report.terms.blind_time, quoted(desk.none)
    whole = added(counted_kinds(blind), OWN)
    good = added(online_kinds(blind), OWN)
    rows: tuple[tuple[str, Phrase, Pair, Pair], ...] = (
        ("online", wording.ONLINE, good, whole),
        ("intact", wording.INTACT, added(intact_kinds(blind), OWN), whole),
        ("coverage", wording.COVERAGE, added(WATCHED_KINDS, OWN), added(ALL_KINDS, OWN)),
    )
    for key, heading, part, divisor in rows:
        formula = floored(part, divisor, none)
        yield Column(key, desk.say(heading), partial(_rate, desk, key), Look.PERCENT, 9, formula)
    yes, no = (quoted(desk.say(answer)) for answer in (wording.CSV_YES, wording.CSV_NO))
    met = reaches(good, whole, "target_numerator", "target_denominator")
    yield Column(
        "met",
        desk.say(wording.CSV_TARGET_MET),
        partial(_met, desk),
        Look.CHECK,
        8,
        formula=f"IF({nothing(whole)},{none},IF({met},{yes},{no}))",
    )


def _rate(desk: Desk, key: str, group: GroupFigure) -> float | str:
    return desk.rate(getattr(group.rates, key))


def _met(desk: Desk, group: GroupFigure) -> str:
    if group.rates.online is None:
        return desk.none
    return desk.say(wording.CSV_YES if group.rates.online >= desk.report.terms.target else wording.CSV_NO)


def _time(desk: Desk) -> Iterator[Column[GroupFigure]]:
    blind = desk.report.terms.blind_time
    rows: list[tuple[str, Phrase, tuple[TimeKind, ...], Callable[[GroupFigure], int]]] = [
        ("scheduled", wording.SCHEDULED, ALL_KINDS, lambda group: group.seconds.scheduled),
        *((kind.value, phrase, (kind,), partial(_of_kind, kind)) for kind, phrase in KINDS.items()),
        ("counted", wording.COUNTED_TIME, counted_kinds(blind), lambda group: counted(group.seconds, blind)),
    ]
    for key, phrase, kinds, us in rows:
        pair = added(kinds, OWN)
        yield Column(
            key,
            desk.say(wording.CSV_SECONDS, kind=desk.say(phrase)),
            partial(_exactly, us),
            Look.SECONDS,
            SECONDS_WIDTH,
            formula=f"{pair.s}+({pair.us})/1000000",
        )


def _exactly(us: Callable[[GroupFigure], int], group: GroupFigure) -> int | float:
    return exact(us(group))


def _of_kind(kind: TimeKind, group: GroupFigure) -> int:
    return ordered(group.seconds)[kind]


def _pairs(desk: Desk) -> Iterator[Column[GroupFigure]]:
    """The exact sums, and after them what the program reported."""
    units = (
        ("s", texts.EXACT_SECONDS, texts.REPORTED_SECONDS),
        ("us", texts.EXACT_MICROSECONDS, texts.REPORTED_MICROSECONDS),
    )
    for reported in (False, True):
        for kind, phrase in KINDS.items():
            for at, (unit, own, theirs) in enumerate(units):
                yield Column(
                    f"reported_{kind.value}_{unit}" if reported else f"{kind.value}_{unit}",
                    desk.say(theirs if reported else own, kind=desk.say(phrase)),
                    partial(_part, kind, at),
                    Look.COUNT,
                    12,
                    formula="" if reported else partial(_sum, kind, at),
                    folded=True,
                )


def _part(kind: TimeKind, at: int, group: GroupFigure) -> int:
    return pair_of(_of_kind(kind, group))[at]


def _sum(kind: TimeKind, at: int, group: GroupFigure) -> str:
    pair = Pair(*(f"SUMIFS(camera_{kind.value}_{unit},camera_{group.kind.value},{{no}})" for unit in ("s", "us")))
    return pair.rest if at else pair.whole


def _check(desk: Desk) -> str:
    """Whether every sum of a group is the one reported."""
    keys = ["cameras", "online", "intact", "coverage"]
    keys += [f"{kind.value}_{unit}" for kind in TimeKind for unit in ("s", "us")]
    same = ",".join(f"{{{key}}}={{reported_{key}}}" for key in keys)
    return f"IF(AND({same}),{quoted(desk.say(texts.AGREES))},{quoted(desk.say(texts.DIFFERS))})"

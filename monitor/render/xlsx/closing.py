"""The last sheets: the months before, how figures are computed, room to sign, and what all this rests on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from monitor import wording
from monitor.render.html import texts as shared
from monitor.render.json import digest
from monitor.render.phrases import service_hours
from monitor.render.xlsx import texts
from monitor.render.xlsx.book import LINE_HEIGHT, Book, Column, lines_of
from monitor.render.xlsx.desk import KINDS, Desk, ordered
from monitor.render.xlsx.exact import pair_of
from monitor.render.xlsx.looks import Look
from monitor.report import TimeKind, TrendMonth

WIDTHS = (44, 92)
SIGN_HEIGHT = 32


def trend(book: Book, desk: Desk) -> None:
    """Up to twelve months, this one last."""
    months = desk.report.trend
    columns = list(_trend(desk))
    with book.sheet(desk.say(texts.TREND), columns, frozen=(1, 2), heading=2) as sheet:
        desk.title(sheet)
        sheet.table(columns, months, len(months))
        sheet.write()
        sheet.write(desk.say(shared.TREND_NOTE, count=len(months)), looks=Look.NOTE)


def notes(book: Book, desk: Desk) -> None:
    """How every figure is computed, signatures, and the record's fingerprints."""
    with book.sheet(desk.say(texts.NOTES), WIDTHS, tall=1) as sheet:
        desk.title(sheet)
        sheet.write(desk.say(shared.HEAD_GLOSSARY), looks=Look.PART, height=20)
        for rule in _rules(desk):
            sheet.merge(sheet.write(rule, None, looks=Look.WRAPPED, height=_height(rule)), len(WIDTHS))
        sheet.write()
        sheet.write(desk.say(shared.HEAD_SIGNATURES), looks=Look.PART, height=20)
        report = desk.report
        for party, name in ((shared.SIGN_OFFICE, report.office), (shared.SIGN_VENDOR, report.vendor)):
            sheet.write(desk.say(party), name, looks=Look.STRONG)
            for label in (shared.SIGN_NAME, shared.SIGN_SEAL, shared.SIGN_DATE):
                sheet.write(desk.say(label), None, looks=(Look.PLAIN, Look.BLANK_LINE), height=SIGN_HEIGHT)
        sheet.write()
        sheet.write(desk.say(shared.HEAD_PROVENANCE), looks=Look.PART, height=20)
        for called, value in _provenance(desk):
            sheet.write(called, value, looks=Look.WRAPPED)


def _height(text: str) -> float:
    """Of a row whose cells are merged: spreadsheets do not find it out by themselves."""
    return LINE_HEIGHT * lines_of(text, sum(WIDTHS) - 10)


def _trend(desk: Desk) -> Iterator[Column[TrendMonth]]:
    say = desk.say
    yield Column("month", say(shared.TREND_MONTH), lambda month: f"{month.year}-{month.month:02}", width=10)
    yield Column("cameras", say(wording.CAMERAS), lambda month: month.cameras, Look.COUNT, 9)
    for key, phrase in (("online", wording.ONLINE), ("intact", wording.INTACT), ("coverage", wording.COVERAGE)):
        yield Column(key, say(phrase), partial(_rate, desk, key), Look.PERCENT, 10)
    yield Column("passing", say(texts.PASSING), lambda month: month.passing, Look.COUNT, 12)
    yield Column("rated", say(texts.RATED), lambda month: month.rated, Look.COUNT, 12)
    for kind, phrase in KINDS.items():
        for at, heading in enumerate((texts.EXACT_SECONDS, texts.EXACT_MICROSECONDS)):
            called = say(heading, kind=say(phrase))
            yield Column(f"{kind.value}_{at}", called, partial(_part, kind, at), Look.COUNT, 15 if at == 0 else 9)


def _rate(desk: Desk, key: str, month: TrendMonth) -> float | str:
    return desk.rate(getattr(month.rates, key))


def _part(kind: TimeKind, at: int, month: TrendMonth) -> int:
    return pair_of(ordered(month.seconds)[kind])[at]


def _rules(desk: Desk) -> Iterator[str]:
    say, terms = desk.say, desk.report.terms
    yield say(texts.HOW_CHECKED)
    yield say(wording.RULE_RATE)
    yield say(wording.RULE_BLIND, rule=say(wording.BLIND_TIMES[terms.blind_time]))
    yield say(wording.RULE_MAINTENANCE if terms.maintenance_excludes else wording.RULE_MAINTENANCE_COUNTS)
    looks = ", ".join(f"{look:%H:%M}" for look in terms.snapshot_times) or say(wording.NONE)
    yield say(wording.RULE_HOURS, hours=service_hours(terms.service_hours, desk.language), looks=looks)
    yield from map(say, (shared.GLOSSARY_GROUPS, shared.GLOSSARY_BASES, shared.GLOSSARY_OUTAGE, shared.BUDGET_NOTE))
    yield say(texts.INSTANTS, zone=terms.zone)
    yield say(texts.NO_VALUE)


def _provenance(desk: Desk) -> Iterator[tuple[str, str]]:
    """From what the figures were made, so that either party can make them again."""
    say, report = desk.say, desk.report
    yield say(shared.ENTRY_LABEL), f"{report.head_seq:,}"
    yield say(shared.HEAD_LABEL), report.head_hash
    for head in report.heads:
        if head.hash != report.head_hash:
            chain = say(shared.CHAIN_HEAD, vantage=head.vantage, seq=f"{head.seq:,}", head=head.hash)
            yield say(shared.OTHER_HEADS_LABEL), chain
    if report.contract_sha256:
        yield say(shared.CONTRACT_FILE_LABEL), report.contract_sha256
    else:
        yield say(shared.TERMS_LABEL), digest(report.terms)
    yield say(shared.VERSION_LABEL), report.version
    yield say(shared.RECORD_LABEL), say(wording.SIMULATED if report.simulated else wording.RECORDED)

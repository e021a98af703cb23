"""What happened: outages, planned work, changes of the inventory, findings, and who is not in the contract."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from monitor import wording
from monitor.model import MICROSECOND, instant
from monitor.render import settlement_words
from monitor.render.html import texts
from monitor.render.html.markup import Child, Markup, element, joined, name
from monitor.render.html.pen import MOST_ROWS, Column, Look, Pen, Section
from monitor.render.outage_repairs import repair_finder
from monitor.render.phrases import cause_words
from monitor.report import ChangeFigure, ChangeKind, FieldChange, OutageFigure


def outages(pen: Pen) -> Section:
    """The ledger of outages with what of each counts."""
    found = pen.report.outages
    table = pen.listed(
        found,
        texts.IN_CSV,
        Column(wording.CAMERA, lambda outage: joined(name(outage.camera.id), " ", name(outage.camera.name))),
        Column(wording.VILLAGE, lambda outage: name(outage.camera.site.village)),
        Column(wording.REASON, lambda outage: cause_words(outage.causes, pen.language)),
        Column(wording.START, lambda outage: pen.local(outage.start_at), Look.KEPT),
        Column(wording.END, lambda outage: pen.until(outage.end_at), Look.KEPT),
        Column(texts.WHOLE, lambda outage: pen.length(_lasted(pen, outage)), Look.NUMBER),
        Column(texts.IN_SCHEDULE, lambda outage: pen.length(outage.scheduled_us), Look.NUMBER),
        Column(
            texts.IN_EXCLUSION,
            lambda outage: pen.length(outage.excluded_us) if outage.excluded_us else None,
            Look.NUMBER,
        ),
        Column(wording.COUNTED_DURATION, lambda outage: pen.length(outage.counted_us), Look.NUMBER),
        *_limits(pen),
    )
    return Section(pen.say(wording.HEAD_OUTAGES, count=len(found)), (element("div", table, class_="wide"),))


def planned_work(pen: Pen) -> Section:
    """Planned work and the time it took out."""
    works = pen.report.maintenance
    table = pen.listed(
        works,
        texts.IN_WORKBOOK,
        Column(wording.WORK, lambda work: name(work.maintenance.title)),
        Column(wording.START, lambda work: pen.local(work.maintenance.start_at), Look.KEPT),
        Column(wording.END, lambda work: pen.local(work.maintenance.end_at), Look.KEPT),
        Column(wording.CAMERAS, lambda work: str(work.cameras), Look.NUMBER),
        Column(wording.EXCLUDED_DURATION, lambda work: pen.length(work.excluded_us), Look.NUMBER),
    )
    return Section(pen.say(wording.HEAD_MAINTENANCE, count=len(works)), (table,))


def inventory(pen: Pen) -> Section:
    """Who came, went and was changed."""
    changes = pen.report.changes
    table = pen.table(
        [list(alike) for _, alike in groupby(changes[:MOST_ROWS], key=_alike)],
        Column(wording.WHEN, lambda alike: pen.local(alike[0].at), Look.KEPT),
        Column(wording.CAMERA, lambda alike: joined(*(_camera(change) for change in alike))),
        Column(wording.WHAT, lambda alike: _change(pen, alike[0])),
    )
    note = pen.left_out(len(changes), texts.IN_WORKBOOK)
    return Section(pen.say(wording.HEAD_CHANGES, count=len(changes)), (joined(table, note),))


def outside(pen: Pen) -> Section | None:
    """Cameras that are watched and in no figure."""
    cameras = pen.report.outside_contract
    if not cameras:
        return None
    table = pen.listed(
        cameras,
        texts.IN_WORKBOOK,
        Column(wording.CAMERA_ID, lambda camera: name(camera.id)),
        Column(wording.CAMERA, lambda camera: name(camera.name)),
        Column(wording.VILLAGE, lambda camera: name(camera.site.village)),
    )
    return Section(pen.say(wording.HEAD_OUTSIDE, count=len(cameras)), (table,))


def findings(pen: Pen) -> Section | None:
    """What was found about devices; no figure depends on it."""
    found = pen.report.findings
    if not found:
        return None
    table = pen.listed(
        found,
        texts.IN_CSV,
        Column(wording.CAMERA, lambda figure: joined(name(figure.camera.id), " ", name(figure.camera.name))),
        Column(wording.VILLAGE, lambda figure: name(figure.camera.site.village)),
        Column(wording.FINDING, lambda figure: pen.say(wording.FINDINGS[figure.finding.kind])),
        Column(wording.START, lambda figure: pen.local(figure.since_at), Look.KEPT),
        Column(
            wording.END,
            lambda figure: pen.say(wording.LASTS) if figure.until_at is None else pen.local(figure.until_at),
            Look.KEPT,
        ),
        Column(wording.NUMBERS, lambda figure: name(wording.finding_numbers(figure.finding, pen.language))),
    )
    return Section(pen.say(wording.HEAD_FINDINGS, count=len(found)), (element("div", table, class_="wide"),))


def _limits(pen: Pen) -> Iterator[Column[OutageFigure]]:
    """A column for what became of the repair limit; none where none is agreed."""
    repair_of = repair_finder(pen.report)
    if repair_of is None:
        return

    def limit(outage: OutageFigure) -> str:
        repair = repair_of(outage)
        # No repair: its clock never ran, all of it is excluded.
        return pen.say(settlement_words.REPAIR_STATES[repair.state] if repair else wording.CSV_NO_VALUE)

    yield Column(texts.REPAIR, limit)


def _alike(change: ChangeFigure) -> object:
    """What cameras have in common that stand in one row: a whole inventory that came at once needs no page each."""
    return change.at, change.kind, change.fields


def _camera(change: ChangeFigure) -> Markup:
    return element("span", name(change.camera_id), " ", name(change.name), class_="camera")


def _lasted(pen: Pen, outage: OutageFigure) -> int:
    """From its first second to its end, or to where the report ends."""
    end_at = outage.end_at or instant(pen.report.elapsed.end)
    return (end_at - outage.start_at) // MICROSECOND


def _change(pen: Pen, change: ChangeFigure) -> Child:
    match change.kind:
        case ChangeKind.ADDED:
            return pen.say(wording.ADDED)
        case ChangeKind.REMOVED:
            return pen.say(wording.REMOVED)
        case ChangeKind.CHANGED:
            return joined(*(element("div", _field(pen, field)) for field in change.fields))


def _field(pen: Pen, field: FieldChange) -> Child:
    return pen.sentence(
        wording.FIELD_CHANGE,
        field=pen.say(wording.CAMERA_FIELDS[field.field]),
        before=name(field.before) if field.before else pen.say(wording.NOTHING),
        after=name(field.after) if field.after else pen.say(wording.NOTHING),
    )

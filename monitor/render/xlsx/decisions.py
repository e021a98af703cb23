"""The sheets of what people decided and did: exclusions, planned work, the inventory, findings, closings, void acts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from monitor import wording
from monitor.language import Phrase
from monitor.model import Camera, Exclusion
from monitor.render.html import texts as shared
from monitor.render.phrases import change_words
from monitor.render.xlsx import texts
from monitor.render.xlsx.book import Book, Column
from monitor.render.xlsx.cells import Value
from monitor.render.xlsx.desk import Desk, exact
from monitor.render.xlsx.looks import SECONDS_WIDTH, WHEN_WIDTH, Look
from monitor.report import (
    ChangeFigure,
    ExclusionFigure,
    FindingFigure,
    MaintenanceFigure,
    StepFigure,
    VoidFigure,
)


def exclusions(book: Book, desk: Desk) -> None:
    """Every exclusion that touches the month, who proposed and who decided it, and what of it counts."""
    columns = list(_exclusions(desk))
    with book.sheet(desk.say(texts.EXCLUSIONS), columns, frozen=(1, 2), heading=2) as sheet:
        desk.title(sheet)
        sheet.table(columns, desk.report.exclusions, len(desk.report.exclusions))
        sheet.write()
        sheet.write(desk.say(shared.EXCLUSIONS_NOTE), looks=Look.NOTE)


def planned_work(book: Book, desk: Desk) -> None:
    """Planned work and the time it took out."""
    say = desk.say
    columns: list[Column[MaintenanceFigure]] = [
        Column("id", say(texts.WORK_ID), lambda work: work.maintenance.id, width=18),
        Column("title", say(wording.WORK), lambda work: work.maintenance.title, Look.WRAPPED, 34),
        Column(
            "scope",
            say(wording.ABOUT),
            lambda work: desk.acts.scope(work.maintenance.scope),
            Look.WRAPPED,
            34,
        ),
        Column("start", say(wording.START), lambda work: desk.when(work.maintenance.start_at), Look.WHEN, WHEN_WIDTH),
        Column("end", say(wording.END), lambda work: desk.when(work.maintenance.end_at), Look.WHEN, WHEN_WIDTH),
        Column("cameras", say(wording.CAMERAS), lambda work: work.cameras, Look.COUNT, 9),
        Column(
            "excluded", say(shared.REMOVED_SECONDS), lambda work: exact(work.excluded_us), Look.SECONDS, SECONDS_WIDTH
        ),
    ]
    with book.sheet(say(texts.PLANNED), columns, frozen=(1, 2), heading=2) as sheet:
        desk.title(sheet)
        sheet.table(columns, desk.report.maintenance, len(desk.report.maintenance))


def inventory(book: Book, desk: Desk) -> None:
    """Who came, went and was changed."""
    say = desk.say
    columns: list[Column[ChangeFigure]] = [
        Column("at", say(wording.WHEN), lambda change: desk.when(change.at), Look.WHEN, WHEN_WIDTH),
        Column("id", say(wording.CAMERA_ID), lambda change: change.camera_id, width=14),
        Column("name", say(wording.CAMERA), lambda change: change.name, width=26),
        Column(
            "what", say(wording.WHAT), lambda change: "\n".join(change_words(change, desk.language)), Look.WRAPPED, 70
        ),
    ]
    with book.sheet(say(texts.INVENTORY), columns, frozen=(0, 2), heading=2) as sheet:
        desk.title(sheet)
        sheet.table(columns, desk.report.changes, len(desk.report.changes))


def outside(book: Book, desk: Desk) -> None:
    """Cameras that are watched and in no figure; no sheet where there are none."""
    cameras = desk.report.outside_contract
    if not cameras:
        return
    say = desk.say
    columns: list[Column[Camera]] = [
        Column("id", say(wording.CAMERA_ID), lambda camera: camera.id, width=14),
        Column("name", say(wording.CAMERA), lambda camera: camera.name, width=34),
        Column("village", say(wording.VILLAGE), lambda camera: camera.site.village, width=16),
        Column("carrier", say(wording.CARRIER), lambda camera: camera.carrier, width=14),
    ]
    with book.sheet(say(texts.OUTSIDE), columns, frozen=(0, 2), heading=2) as sheet:
        desk.title(sheet)
        sheet.table(columns, cameras, len(cameras))


def findings(book: Book, desk: Desk) -> None:
    """What was found about devices; no figure depends on it, and no sheet where nothing was."""
    found = desk.report.findings
    if not found:
        return
    say = desk.say
    columns: list[Column[FindingFigure]] = [
        Column("id", say(wording.CAMERA_ID), lambda figure: figure.camera.id, width=14),
        Column("name", say(wording.CAMERA), lambda figure: figure.camera.name, width=22),
        Column("village", say(wording.VILLAGE), lambda figure: figure.camera.site.village, width=12),
        Column("kind", say(wording.FINDING), lambda figure: say(wording.FINDINGS[figure.finding.kind]), width=18),
        Column("since", say(wording.START), lambda figure: desk.when(figure.since_at), Look.WHEN, WHEN_WIDTH),
        Column("until", say(wording.END), lambda figure: desk.when(figure.until_at), Look.WHEN, WHEN_WIDTH),
        Column(
            "numbers",
            say(wording.NUMBERS),
            lambda figure: wording.finding_numbers(figure.finding, desk.language),
            Look.WRAPPED,
            50,
        ),
    ]
    with book.sheet(say(texts.FINDINGS), columns, frozen=(1, 2), heading=2) as sheet:
        desk.title(sheet)
        sheet.table(columns, found, len(found))


def closings(book: Book, desk: Desk) -> None:
    """How often the month was closed and opened again, and what that moved; no sheet where it never was."""
    report = desk.report
    if not report.closings:
        return
    with book.sheet(desk.say(texts.CLOSINGS), (130,)) as sheet:
        desk.title(sheet)
        for closed in report.closings:
            sheet.write(desk.acts.closed(closed), looks=Look.WRAPPED)
        for corrected in report.corrections:
            for line in (*desk.acts.correction(corrected), *map(desk.acts.moved, corrected.moved)):
                sheet.write(line, looks=Look.WRAPPED)


def void(book: Book, desk: Desk) -> None:
    """Acts in the record that do not count, and why; no sheet where every act counts."""
    found = desk.report.void
    if not found:
        return
    say = desk.say
    columns: list[Column[VoidFigure]] = [
        Column("id", say(wording.CAMERA_ID), lambda act: act.id, width=14),
        Column("at", say(wording.WHEN), lambda act: desk.when(act.at), Look.WHEN, WHEN_WIDTH),
        Column("what", say(wording.WHAT_ACT), lambda act: say(wording.ACTS[act.kind]), width=22),
        Column("role", say(texts.ROLE), lambda act: say(wording.ROLES[act.by.role]), width=12),
        Column("by", say(wording.IN_WHOSE_NAME), lambda act: act.by.name, width=18),
        Column("why", say(wording.WHY_VOID), lambda act: act.refusal.say(desk.language), Look.WRAPPED, 60),
    ]
    with book.sheet(say(texts.VOID), columns, frozen=(1, 2), heading=2) as sheet:
        desk.title(sheet)
        sheet.table(columns, found, len(found))


def _exclusions(desk: Desk) -> Iterator[Column[ExclusionFigure]]:
    say = desk.say

    def of(figure: ExclusionFigure) -> Exclusion:
        return figure.exclusion

    yield Column("id", say(texts.WORK_ID), lambda figure: of(figure).id, width=14)
    yield Column("cause", say(wording.REASON), lambda figure: say(wording.EXCLUSION_CAUSES[of(figure).cause]), width=11)
    yield Column("state", say(texts.STATE), lambda figure: say(wording.EXCLUSION_STATES[of(figure).state]), width=10)
    yield Column("start", say(wording.START), lambda figure: desk.when(of(figure).start_at), Look.WHEN, WHEN_WIDTH)
    yield Column("end", say(wording.END), lambda figure: desk.when(of(figure).end_at), Look.WHEN, WHEN_WIDTH)
    yield Column("scope", say(wording.ABOUT), lambda figure: desk.acts.scope(of(figure).scope), Look.WRAPPED, 18)
    yield Column("cameras", say(wording.CAMERAS), lambda figure: figure.cameras, Look.COUNT, 8)
    yield Column(
        "excluded", say(shared.REMOVED_SECONDS), lambda figure: exact(figure.excluded_us), Look.SECONDS, SECONDS_WIDTH
    )
    yield Column("cuts", say(shared.CUT), lambda figure: _cuts(desk, figure), Look.WRAPPED, 18)
    yield Column("text", say(texts.GROUNDS), lambda figure: of(figure).text, Look.WRAPPED, 22)
    yield Column("evidence", say(texts.EVIDENCE), lambda figure: of(figure).evidence, Look.WRAPPED, 12)
    yield Column(
        "proposed", say(texts.PROPOSED_AT), lambda figure: desk.when(figure.steps[0].at), Look.WHEN, WHEN_WIDTH
    )
    yield Column("proposer", say(texts.PROPOSED_BY), lambda figure: desk.acts.actor(figure.steps[0]), Look.WRAPPED, 14)
    decided: tuple[tuple[str, Phrase, Look, int, Callable[[StepFigure], Value]], ...] = (
        ("decision", texts.DECIDED, Look.TEXT, 10, lambda step: say(wording.ACTS[step.kind])),
        ("decided", texts.DECIDED_AT, Look.WHEN, WHEN_WIDTH, lambda step: desk.when(step.at)),
        ("decider", texts.DECIDED_BY, Look.WRAPPED, 14, desk.acts.actor),
        ("reason", texts.DECIDED_TEXT, Look.WRAPPED, 20, lambda step: step.text),
    )
    for key, heading, look, width, cell in decided:
        yield Column(
            key,
            say(heading),
            partial(_decided, cell),
            look,
            width,
        )


def _decided(cell: Callable[[StepFigure], Value], figure: ExclusionFigure) -> Value:
    """What the last act says; nothing while there is only the proposal."""
    return cell(figure.steps[-1]) if len(figure.steps) > 1 else None


def _cuts(desk: Desk, figure: ExclusionFigure) -> str:
    return "\n".join(
        desk.say(shared.CUT_OFF, why=desk.say(shared.CUTS[cut]), seconds=f"{exact(us):,}") for cut, us in figure.cuts
    )

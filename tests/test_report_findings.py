"""Findings stand in the report of every month they lasted in, in every format, and move no figure."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.calendar import month_span
from monitor.contract import Contract
from monitor.language import Language
from monitor.ledger import CameraAdded, FindingAppeared, FindingGone, Ledger
from monitor.model import DeviceFinding, FindingKind, FindingSpan, Scope
from monitor.render import csv_tables, to_html, to_json, to_text
from monitor.render.comparing import differences
from monitor.report import Report, figures_digest
from monitor.report.findings import finding_figures
from tests.acts.samples import TERMS
from tests.ledger.samples import CAMERA
from tests.render.samples import JUNE, RECORD, SHANGHAI, at, report
from tests.render.workbooks import opened, sheet, written

DRIFT = DeviceFinding(FindingKind.CLOCK_DRIFT, offset_us=-90_250_000, limit_us=5_000_000)
SWAPPED = DeviceFinding(FindingKind.DEVICE_SWAPPED, "Hikvision DS-1 4711", "=Hikvision DS-1 4712")
MOVED = DeviceFinding(FindingKind.STREAM_CHANGED, "/Streaming/Channels/101", "/Streaming/Channels/102")
SPANS = (
    FindingSpan("qh-002", DRIFT, at(3, 8), at(4, 9)),
    FindingSpan("qh-001", SWAPPED, at(5, 10)),
    FindingSpan("qh-001", MOVED, at(6, 10)),
)


def june(*spans: FindingSpan) -> Report:
    return report(record=replace(RECORD, findings=spans))


def spans(start: int, end: int | None) -> tuple[FindingSpan, ...]:
    """One finding that lasts from one day of June 2026 to another; days below 1 lie before it, above 30 behind."""
    day = timedelta(days=1)
    return (FindingSpan("qh-001", DRIFT, JUNE + start * day, None if end is None else JUNE + end * day),)


@pytest.mark.parametrize(
    ("start", "end", "stands", "ended"),
    [
        (-9, -1, False, False), (-9, 0, False, False), (-9, 1, True, True), (-9, None, True, False),
        (3, 4, True, True), (3, 31, True, False), (29, None, True, False), (30, None, False, False),
    ],
)  # fmt: skip
def test_a_finding_stands_in_every_month_it_lasted_in(start: int, end: int | None, stands: bool, ended: bool) -> None:
    found = june(*spans(start, end)).findings
    assert bool(found) is stands
    assert [figure.until_at is not None for figure in found] == [ended] * stands


def test_findings_are_those_of_the_contract_s_cameras_and_tell_no_address() -> None:
    outside = FindingSpan("qh-006", DRIFT, at(3))
    found = june(*SPANS, outside, replace(outside, camera_id="unknown")).findings
    assert [(figure.camera.id, figure.finding.kind) for figure in found] == [
        ("qh-001", FindingKind.DEVICE_SWAPPED),
        ("qh-001", FindingKind.STREAM_CHANGED),
        ("qh-002", FindingKind.CLOCK_DRIFT),
    ]
    assert (found[1].finding.before, found[1].finding.after) == ("***", "***")
    elsewhere = replace(Contract(), scope=Scope(villages=frozenset({"西营村"})))
    elapsed = month_span(2026, 6, SHANGHAI)
    assert finding_figures(replace(RECORD, findings=SPANS), elsewhere, elapsed) == ()


def test_no_figure_depends_on_them() -> None:
    with_them, without = june(*SPANS), june()
    assert replace(with_them, findings=()) == without
    assert figures_digest(with_them) == figures_digest(without)


def test_every_format_shows_them_with_their_numbers() -> None:
    shown, none = june(*SPANS), june()
    text, html = to_text(shown, Language.EN), to_html(shown, Language.EN).decode()
    tables = {}
    for name, put in csv_tables(shown, Language.EN):
        put(file := io.BytesIO())
        tables[name] = file.getvalue().decode("utf-8-sig")
    book = opened(written(shown))
    rows = [[str(cell) for cell in row] for row in sheet(book, "Findings").iter_rows(values_only=True)]
    for whole in (text, html, tables["-findings"], "\n".join(" ".join(row) for row in rows)):
        for words in ("clock off", "90.2 s behind (5.0 s allowed)", "device swapped", "qh-001", "*** → ***", "lasts"):
            assert words in whole or (words == "lasts" and "None" in whole), words
    assert "90.250000" in tables["-findings"]
    assert "Findings about devices (3" in text
    assert "设备核查发现（3 项" in to_text(shown, Language.ZH)
    assert "Findings" not in to_text(none, Language.EN)
    assert "-findings" not in dict(csv_tables(none, Language.EN))
    assert "Findings" not in opened(written(none)).sheetnames


def test_the_file_for_programs_is_compared_finding_by_finding() -> None:
    theirs, ours = (json.loads(to_json(june(*some)))["report"] for some in (SPANS, SPANS[1:]))
    assert [difference.where[0] for difference in differences(theirs, ours)] == ["findings"]
    later = [replace(SPANS[0], until_at=at(4, 10)), *SPANS[1:]]
    (difference,) = differences(theirs, json.loads(to_json(june(*later)))["report"])
    assert difference.where[-1] == "until_at"


def test_the_ledger_gives_them_to_every_month(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        ledger.append([CameraAdded(CAMERA)], JUNE)
        ledger.append([FindingAppeared("c1", DRIFT)], JUNE + timedelta(days=1))
        ledger.append([FindingGone("c1", DRIFT.kind), FindingAppeared("c1", SWAPPED)], JUNE + timedelta(days=2))
        record = ledger.record(month_span(2026, 6, SHANGHAI), TERMS)
        then = ledger.as_of(record.heads).record(month_span(2026, 6, SHANGHAI), TERMS)
    assert record.findings == (
        FindingSpan("c1", DRIFT, JUNE + timedelta(days=1), JUNE + timedelta(days=2)),
        FindingSpan("c1", SWAPPED, JUNE + timedelta(days=2)),
    )
    assert then.findings == record.findings

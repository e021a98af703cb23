"""What was found about devices during a month. Pure; how one reaches a device is never told."""

from __future__ import annotations

from dataclasses import replace

from monitor.contract import Contract
from monitor.model import DeviceFinding, FindingKind, Span, micros
from monitor.report.changes import HIDDEN
from monitor.report.values import FindingFigure, Record


def finding_figures(record: Record, contract: Contract, elapsed: Span) -> tuple[FindingFigure, ...]:
    """Those of the contract's cameras that lasted at any time of the span."""
    cameras = {
        known.camera.id: known.camera
        for known in record.cameras
        if known.camera.in_contract and contract.scope.covers(known.camera)
    }
    found = [
        FindingFigure(
            cameras[span.camera_id],
            _shown(span.finding),
            span.since_at,
            None if span.until_at is None or micros(span.until_at) >= elapsed.end else span.until_at,
        )
        for span in record.findings
        if span.camera_id in cameras
        and micros(span.since_at) < elapsed.end
        and (span.until_at is None or micros(span.until_at) > elapsed.start)
    ]
    return tuple(sorted(found, key=lambda figure: (figure.camera.id, figure.since_at, figure.finding.kind)))


def _shown(finding: DeviceFinding) -> DeviceFinding:
    if finding.kind is FindingKind.STREAM_CHANGED:
        return replace(finding, before=HIDDEN, after=HIDDEN)
    return finding

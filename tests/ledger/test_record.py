"""From a ledger to a report: what was appended is what is reported, the same to the byte each time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.acts import ActTerms, Head
from monitor.calendar import month_span
from monitor.language import Language
from monitor.ledger import (
    CameraAdded,
    CameraRemoved,
    Heartbeat,
    Ledger,
    MaintenancePlanned,
    Started,
    TransitionRecorded,
    moves,
)
from monitor.model import Cause, Span, State, micros
from monitor.render import to_csv, to_json, to_text
from monitor.report import Record
from tests.render.samples import ADDED, CAMERAS, JULY, SHANGHAI, TRANSITIONS, WORK, at, camera, move, report

TERMS = ActTerms("default")
PERIOD = month_span(2026, 6, SHANGHAI)


def written(path: Path) -> Path:
    with Ledger.open(path) as ledger:
        ledger.append([Started("0.1.0", simulated=True), *map(CameraAdded, CAMERAS)], ADDED)
        ledger.append([MaintenancePlanned(WORK)], at(1))
        by_time = sorted(TRANSITIONS, key=lambda move: move.at)
        for move in by_time:
            ledger.append([TransitionRecorded(move)], move.decided_at)
        ledger.append([CameraRemoved("qh-005")], at(29))
        ledger.append([Heartbeat()], JULY + timedelta(days=1))
    return path


def record_of(path: Path) -> Record:
    with Ledger.open_read_only(path) as ledger:
        return ledger.record(PERIOD, TERMS)


def test_the_record_of_a_month_holds_what_was_appended(tmp_path: Path) -> None:
    record = record_of(written(tmp_path / "ledger.db"))
    assert [camera.camera for camera in record.cameras] == list(CAMERAS)
    assert record.cameras[4].removed_at == at(29)
    assert record.transitions == ()
    assert record.courses is not None
    steps = [
        (camera_id, step.at, step.state, step.cause) for camera_id, course in record.courses.items() for step in course
    ]
    assert steps == [(move.camera_id, micros(move.at), move.new, move.cause) for move in TRANSITIONS]
    assert record.maintenance == (WORK,)
    assert [(change.camera_id, change.after) for change in record.changes] == [("qh-005", None)]
    assert record.recorded_until == JULY + timedelta(days=1)
    assert record.simulated


@pytest.mark.parametrize("together", [1, 2, 7])
def test_transitions_are_read_to_the_last_however_many_are_read_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    path = written(tmp_path / "ledger.db")
    at_once = record_of(path)
    monkeypatch.setattr(moves, "TOGETHER", together)
    assert record_of(path) == at_once


def test_a_ledger_opened_again_ends_where_it_ended(tmp_path: Path) -> None:
    path = written(tmp_path / "ledger.db")
    with Ledger.open_read_only(path) as opened:
        then = opened.as_it_is()
        before = then.record(PERIOD, TERMS)
    with Ledger.open(path) as ledger:
        ledger.append(
            [TransitionRecorded(move("qh-001", at(20), State.DOWN, Cause.TCP_TIMEOUT)), Heartbeat()],
            JULY + timedelta(2),
        )
    with then.opened_again() as again:
        assert again.record(PERIOD, TERMS) == before


def test_the_head_printed_is_the_head_of_what_was_read(tmp_path: Path) -> None:
    path = written(tmp_path / "ledger.db")
    record = record_of(path)
    with Ledger.open(path) as ledger:
        ledger.append([Heartbeat()], JULY + timedelta(days=2))
        assert ledger.verify(expect_head=record.head_hash).ok
        assert ledger.record(PERIOD, TERMS).head_seq == record.head_seq + 1


def test_the_same_ledger_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (report(record=record_of(written(tmp_path / name))) for name in ("a.db", "b.db"))
    assert to_json(first) == to_json(second)
    assert to_csv(first, Language.ZH) == to_csv(second, Language.ZH)
    assert to_text(first, Language.ZH) == to_text(second, Language.ZH)


def test_the_figures_are_those_of_the_events(tmp_path: Path) -> None:
    from_ledger = report(record=record_of(written(tmp_path / "ledger.db")))
    assert from_ledger.total == report().total
    assert from_ledger.outages == report().outages


def test_a_record_reaches_back_to_where_a_camera_was_last_online(tmp_path: Path) -> None:
    """Down on the 1st for another reason, unwatched on the 2nd, down again on the 3rd, read from the 10th on."""
    watched = camera("qh-100", "桥头", "东营村")
    course = [
        move("qh-100", ADDED, State.UP, Cause.OK, State.UNKNOWN),
        move("qh-100", at(1), State.DOWN, Cause.TCP_TIMEOUT),
        move("qh-100", at(2), State.UNKNOWN, Cause.NOT_WATCHED, State.DOWN),
        move("qh-100", at(3), State.DOWN, Cause.NO_REPLY, State.UNKNOWN),
        move("qh-100", at(12), State.UP, Cause.OK, State.DOWN),
    ]
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        ledger.append([CameraAdded(watched)], ADDED)
        for step in course:
            ledger.append([TransitionRecorded(step)], step.decided_at)
        assert list(ledger.transitions(Span(micros(at(10)), micros(JULY)))) == course[1:]
        assert list(ledger.transitions(Span(micros(at(13)), micros(JULY)))) == course[-1:]
        as_it_was = ledger.as_of([Head(ledger.vantage, 5, "")])
        assert list(as_it_was.transitions(Span(micros(at(10)), micros(JULY)))) == course[1:4]


def test_a_record_is_of_one_moment_though_somebody_writes_all_the_while(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as writer:
        writer.append([CameraAdded(camera("c0", "", ""))], ADDED)
        with Ledger.open_read_only(path) as reader:

            def append_another(_: str) -> None:
                writer.append([CameraAdded(camera(f"c{writer.head()[0]}", "", ""))], at(2))

            reader._connection.set_trace_callback(append_another)
            record = reader.record(PERIOD, TERMS)
            reader._connection.set_trace_callback(None)
        assert writer.head()[0] > record.head_seq, "nobody wrote"
    assert len(record.cameras) == record.head_seq
    assert len(record.changes) == record.head_seq - 1

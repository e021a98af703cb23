"""From the record to the party's table: the incident of each outage, and the cause its presumed origin fills in."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.acts import ExclusionProposed
from monitor.cli import main
from monitor.cli.exits import Exit
from monitor.clock import SystemClock
from monitor.demo.place import Place, Tempo, furnish
from monitor.engine.casebook import Casebook
from monitor.incidents import Rules
from monitor.language import Language
from monitor.ledger import CameraAdded, Ledger, TransitionRecorded
from monitor.model import Camera, Cause, ExclusionCause, Span, State, Transition, micros
from monitor.reporting import incidents_of
from monitor.settings import Settings
from monitor.simulator.town import build_town
from tests.addresses import BASE
from tests.incidents.town import a_camera

SIMULATED = build_town(27, base=BASE)
POWER = [a_camera(f"P-{number}", "l1", cabinet="box-9") for number in range(1, 5)]
ON_LINE = [a_camera(f"U-{number}", "l1") for number in range(1, 8)]
LINE = [a_camera(f"L-{number}", "l2") for number in range(1, 4)]
RECORDER = [a_camera(f"R-{number}", "l3", recorder="NVR-9") for number in range(1, 4)]
REFUSING = [a_camera(f"F-{number}", "l4") for number in range(1, 4)]  # each by itself, and the device answers
APART = [a_camera(f"A-{number}", "l5") for number in range(1, 3)]  # silent, one some minutes after the other
TOWN = [*POWER, *ON_LINE, *LINE, *RECORDER, *REFUSING, *APART]
ZONE = ZoneInfo("Asia/Shanghai")
SILENT, MINUTE, HOUR = Cause.TCP_TIMEOUT, timedelta(minutes=1), timedelta(hours=1)

Run = Callable[..., str]


@pytest.fixture
def began() -> datetime:
    """Yesterday at noon."""
    today = SystemClock().now().astimezone(ZONE).replace(hour=12, minute=0, second=0, microsecond=0)
    return today - timedelta(days=1)


@pytest.fixture
def place(tmp_path: Path, began: datetime) -> Place:
    """A record of one afternoon: a cabinet, a line, a recorder and a camera alone fail one after the other."""
    place = Place(tmp_path)
    furnish(place, SIMULATED.cameras, SIMULATED.credentials, SIMULATED.cameras[0].id, began, Tempo(), Language.EN)
    with Ledger.open(place.ledger) as ledger:
        ledger.append([CameraAdded(camera) for camera in TOWN], began)
        turn(ledger, TOWN, began + MINUTE, State.UNKNOWN, State.UP)
        for nth, group in enumerate((POWER, LINE, RECORDER, ON_LINE[:1])):
            lost = began + nth * HOUR + 10 * MINUTE
            turn(ledger, group, lost, State.UP, State.DOWN)
            turn(ledger, group, lost + 20 * MINUTE, State.DOWN, State.UP)
        lost = began + 4 * HOUR
        turn(ledger, REFUSING, lost, State.UP, State.DOWN, Cause.TCP_REFUSED)
        for nth, camera in enumerate(APART):
            turn(ledger, [camera], lost + (1 + 5 * nth) * MINUTE, State.UP, State.DOWN)
        turn(ledger, [*REFUSING, *APART], lost + 30 * MINUTE, State.DOWN, State.UP)
    return place


def turn(ledger: Ledger, cameras: Iterable[Camera], at: datetime, old: State, new: State, lost: Cause = SILENT) -> None:
    """All of them, known twenty seconds after."""
    known, cause = at + timedelta(seconds=20), lost if new is State.DOWN else Cause.OK
    moves = [Transition(camera.id, at, known, old, new, cause) for camera in cameras]
    ledger.append([TransitionRecorded(move) for move in moves], known)


@pytest.fixture
def run(place: Place, capsys: pytest.CaptureFixture[str]) -> Run:
    def typed(*words: str) -> str:
        assert main([*words, "--config", str(place.settings)]) == 0, capsys.readouterr()
        return capsys.readouterr().out

    return typed


def month(began: datetime) -> str:
    return f"{began:%Y-%m}"


def test_every_outage_names_its_incident_and_the_list_is_the_file_that_excludes_by_it(
    run: Run, place: Place, tmp_path: Path, began: datetime
) -> None:
    with Ledger.open_read_only(place.ledger) as ledger:
        book = Casebook(Rules())
        book.restore(ledger)
        book.advance(SystemClock().now())
    ids = {shown.suspect.name: shown.id for shown in book.ended().values()}
    shown = {
        line.partition("@")[0]: line
        for line in run("ledger", "outages", month(began), "--lang", "en").splitlines()
        if "@" in line
    }
    assert shown.keys() == {camera.id for camera in (*POWER, *LINE, *RECORDER, ON_LINE[0], *REFUSING, *APART)}
    for group, said in (
        (POWER, f"[incident {ids['box-9']}, presumed: the power cabinet box-9]  -> power"),
        (LINE, f"[incident {ids['l2']}, presumed: the uplink l2]  -> carrier line"),
        (RECORDER, f"[incident {ids['NVR-9']}, presumed: the recorder NVR-9]"),
        (ON_LINE[:1], f"[incident {ids['U-1']}, presumed: the camera]"),
        (REFUSING, "presumed: the camera]"),
        (APART[1:], "presumed: the camera]  -> carrier line"),
        (APART[:1], f"presumed: the camera]  -> carrier line {began:%F} 16:06:00 - {began:%F} 16:30:00"),
    ):
        assert [shown[camera.id] for camera in group if not shown[camera.id].endswith(said)] == []

    table = tmp_path / "storm.csv"
    run("ledger", "outages", month(began), "--out", str(table), "--lang", "zh")
    with table.open(encoding="utf-8-sig", newline="") as file:
        evidence = {row["camera"]: row["evidence"] for row in csv.DictReader(file)}
    words = {
        "P-1": (
            f"事件 {ids['box-9']}，推定：配电箱（供电） box-9（把握 80 %）：可见的 4 台中有 4 台",
            "4 of 4 cameras in sight",
        ),
        "L-1": (
            f"事件 {ids['l2']}，推定：上联线路 l2（把握 75 %）：",
            f" / incident {ids['l2']}, presumed: the uplink l2 (con",
        ),
        "A-1": ("推定：摄像机本身（", "同线路或同村的其他摄像机同时离线；仅限与其他摄像机共同离线的时段 / incident"),
        "A-2": ("推定：摄像机本身（", "the others of its line or village were down as well"),
    }
    assert evidence.keys() == {camera.id for camera in (*POWER, *LINE, *APART)}
    assert [(name, each) for name, said in words.items() for each in said if each not in evidence[name]] == []
    assert "only the time" in evidence["A-1"]
    assert not evidence["A-2"].endswith("with the others")
    run("ledger", "exclude", "--file", str(table), "--by", "王工", "--role", "vendor")
    with Ledger.open_read_only(place.ledger) as ledger:
        asked = [each.act for each in ledger.acts() if isinstance(each.act, ExclusionProposed)]
    assert {(*act.scope.camera_ids,): (act.cause, act.evidence) for act in asked} == {
        (camera.id,): (cause, evidence[camera.id])
        for group, cause in ((POWER, ExclusionCause.POWER), ([*LINE, *APART], ExclusionCause.CARRIER_LINE))
        for camera in group
    }


def test_one_outage_by_its_name_takes_the_same_cause(run: Run, place: Place, began: datetime) -> None:
    lost = {
        line.partition("@")[0]: line.partition(" - ")[0]
        for line in run("ledger", "outages", month(began)).splitlines()
        if "@" in line
    }
    run("ledger", "exclude", "--outage", lost["P-2"], "--by", "王工", "--role", "vendor")
    with Ledger.open_read_only(place.ledger) as ledger:
        (asked,) = [each.act for each in ledger.acts() if isinstance(each.act, ExclusionProposed)]
    assert asked.cause is ExclusionCause.POWER
    assert (
        "推定：配电箱（供电） box-9（把握 80 %）：可见的 4 台中有 4 台几分钟内一同离线；4 个地址毫无应答"
        in asked.evidence
    )
    assert "presumed: the power cabinet box-9 (confidence 80 %): 4 of 4 cameras in sight went" in asked.evidence
    whole_line = ["ledger", "exclude", "--outage", lost["R-2"], "--by", "王工", "--role", "vendor"]
    assert main([*whole_line, "--config", str(place.settings)]) == Exit.USAGE  # and yet it is the recorder: say why


def test_of_an_outage_that_began_before_the_line_was_cut_only_the_shared_time_is_asked_for(
    run: Run, place: Place, began: datetime
) -> None:
    line = [a_camera(f"S-{number}", "l6") for number in range(1, 6)]
    lost = began + 6 * HOUR
    with Ledger.open(place.ledger) as ledger:
        ledger.append([CameraAdded(camera) for camera in line], lost - HOUR)
        turn(ledger, line, lost - HOUR, State.UNKNOWN, State.UP)
        turn(ledger, line[:1], lost, State.UP, State.DOWN)
        turn(ledger, line[1:], lost + 40 * MINUTE, State.UP, State.DOWN)
        turn(ledger, line[1:4], lost + HOUR, State.DOWN, State.UP)
        turn(ledger, [line[0], line[4]], lost + 2 * HOUR, State.DOWN, State.UP)
    shown = {
        line.partition("@")[0]: line for line in run("ledger", "outages", month(began), "--lang", "en").splitlines()
    }
    part = f"{began:%F} 18:40:00 - {began:%F} 19:00:00"
    assert [shown[f"S-{number}"].partition("  -> ")[2] for number in range(1, 6)] == [
        f"carrier line {part}",
        "carrier line",
        "carrier line",
        "carrier line",
        f"carrier line {part}",
    ]
    names = {name: line.partition(" - ")[0] for name, line in shown.items()}
    asking = ("--by", "王工", "--role", "vendor")
    said = run("ledger", "exclude", "--outage", names["S-1"], *asking, "--lang", "en")
    assert f"{began:%F} 18:40:00 to {began:%F} 19:00:00, cause carrier line" in said
    run(
        "ledger",
        "exclude",
        "--outage",
        names["S-5"],
        "--from",
        f"{began:%F} 18:50",
        "--evidence",
        "电信函 7 号",
        *asking,
    )
    run("ledger", "exclude", "--outage", names["S-1"], "--cause", "other", "--from", f"{began:%F} 19:00", *asking)
    with Ledger.open_read_only(place.ledger) as ledger:
        asked = [each.act for each in ledger.acts() if isinstance(each.act, ExclusionProposed)]
    assert [(act.start_at - lost, act.end_at - lost) for act in asked] == [
        (40 * MINUTE, HOUR),
        (50 * MINUTE, HOUR),
        (HOUR, 2 * HOUR),
    ]
    assert "推定：上联线路 l6（" in asked[0].evidence
    assert "only the time it shares with the others" in asked[0].evidence
    assert asked[1].evidence == "电信函 7 号"
    assert "presumed: the camera (" in asked[2].evidence


def test_how_far_the_fold_of_a_long_record_is_can_be_watched(tmp_path: Path, began: datetime) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        ledger.append([CameraAdded(camera) for camera in TOWN], began)
        for minute in range(200):
            state = (State.UP, State.DOWN) if minute % 2 else (State.DOWN, State.UP)
            turn(ledger, TOWN, began + minute * MINUTE, *state)
        told: list[float] = []
        until = began + 200 * MINUTE
        incidents_of(
            ledger, Settings(tmp_path, (), tmp_path, tmp_path), Span(micros(began), micros(until)), told.append
        )
    assert len(told) > 3
    assert told == sorted(told)
    assert 0.0 <= told[0] < 1.0
    assert told[-1] <= 1.0

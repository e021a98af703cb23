"""The commands of people as each party types them, against a real record: what is printed, refused and written."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.acts import ExclusionProposed, Recorded, ViewApproved
from monitor.cli import main
from monitor.cli.exits import Exit
from monitor.clock import SystemClock
from monitor.demo.place import Place, Tempo, furnish
from monitor.demo.seed import seed
from monitor.errors import LedgerError
from monitor.language import Language
from monitor.ledger import CameraAdded, CameraRemoved, Heartbeat, Ledger, TransitionRecorded
from monitor.model import Cause, ExclusionCause, Outage, Scope, State, Transition, micros
from monitor.outages import unbroken
from monitor.simulator.town import build_town
from tests.addresses import BASE

TOWN = build_town(27, base=BASE)
SHANGHAI = ZoneInfo("Asia/Shanghai")
VENDOR = ("--by", "王工", "--role", "vendor")
OFFICE = ("--by", "李主任", "--role", "office")

Run = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place, now = Place(tmp_path_factory.mktemp("furnished")), SystemClock().now()
    furnish(place, TOWN.cameras, TOWN.credentials, TOWN.cameras[0].id, now, Tempo(), Language.EN)
    with Ledger.open(place.ledger) as ledger:
        seed(ledger, TOWN.cameras, now)
    return place


@pytest.fixture
def place(furnished: Place, tmp_path: Path) -> Place:
    """A record of two months, of one's own."""
    shutil.copytree(furnished.settings.parent, tmp_path / "place")
    return Place(tmp_path / "place")


@pytest.fixture
def run(place: Place, capsys: pytest.CaptureFixture[str]) -> Run:
    """Type a command; the exit code and what was said."""

    def typed(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        try:
            code = main(["--lang", "en", *words, "--config", str(place.settings)])
        except SystemExit as ended:
            code = int(str(ended.code))
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    return typed


def month() -> tuple[int, int]:
    last = SystemClock().now().astimezone(SHANGHAI).replace(day=1) - timedelta(days=2)
    return last.year, last.month


MONTH = f"{month()[0]}-{month()[1]:02}"


def longest(place: Place) -> list[Outage]:
    """The longest outage that lies within last month."""
    start = datetime(*month(), 1, tzinfo=SHANGHAI)
    end = (start + timedelta(days=32)).replace(day=1)
    with Ledger.open_read_only(place.ledger) as ledger:
        by_camera: dict[str, list[Transition]] = {}
        for move in ledger.transitions():
            by_camera.setdefault(move.camera_id, []).append(move)
    runs = [
        run for found in by_camera.values() for run in unbroken(found) if run[-1].end_at and run[0].start_at > start
    ]
    inside = [run for run in runs if run[-1].end_at is not None and run[-1].end_at < end]
    return max(inside, key=lambda run: (run[-1].end_at or start) - run[0].start_at)


def named(run: list[Outage]) -> str:
    return f"{run[0].camera_id}@{run[0].start_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def figures(run: Run) -> dict[str, Any]:
    code, out = run("report", MONTH, "--format", "json")
    assert code == Exit.OK, out
    return report_in(out)


def report_in(said: str) -> dict[str, Any]:
    """What was reported; a slow machine says behind it, on standard error, how far that is."""
    report: dict[str, Any] = json.JSONDecoder().raw_decode(said)[0]["report"]
    return report


def acts(place: Place) -> list[Recorded]:
    with Ledger.open_read_only(place.ledger) as ledger:
        return list(ledger.acts())


def propose(run: Run, place: Place, *words: str) -> str:
    code, out = run("ledger", "exclude", "--outage", named(longest(place)), "--cause", "power", *VENDOR, *words)
    assert code == Exit.OK, out
    return acts(place)[-1].stamp.id


# ---------------------------------------------------------------- the way of an exclusion


def test_an_outage_fills_in_the_exclusion_and_counts_once_approved(run: Run, place: Place) -> None:
    before, lost = figures(run), longest(place)
    end_at = lost[-1].end_at
    assert end_at is not None
    code, out = run("ledger", "exclude", "--outage", named(lost), "--cause", "power", *VENDOR)
    assert code == Exit.OK
    assert f"{lost[0].camera_id} {lost[0].start_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" in out
    assert figures(run)["total"] == before["total"], "a proposal moves nothing"
    name = acts(place)[-1].stamp.id
    code, out = run("ledger", "approve", name, *VENDOR)
    assert (code, "own proposal" in out) == (Exit.NO, True)
    assert run("ledger", "approve", name, *OFFICE)[0] == Exit.OK
    after = figures(run)
    length = micros(end_at) - micros(lost[0].start_at)
    assert after["total"]["seconds"]["excluded"] == before["total"]["seconds"]["excluded"] + length
    assert after["total"]["seconds"]["down"] == before["total"]["seconds"]["down"] - length
    (shown,) = after["exclusions"]
    assert (shown["exclusion"]["id"], shown["excluded_us"], shown["cameras"]) == (name, length, 1)
    assert [(step["kind"], step["by"]["name"], step["signed"]) for step in shown["steps"]] == [
        ("exclusion_proposed", "王工", False),
        ("exclusion_approved", "李主任", False),
    ]
    text = run("report", MONTH)[1]
    assert name in text
    assert "unsigned" in text
    assert run("ledger", "withdraw", name, *VENDOR)[0] == Exit.OK
    assert figures(run)["total"] == before["total"]


def cut_line(place: Place, start_at: datetime, end_at: datetime) -> list[str]:
    """Two more cameras on a line of their own that was cut then."""
    both = [replace(TOWN.cameras[0], id=name, uplink="trunk-9") for name in ("T-1", "T-2")]
    now = SystemClock().now()
    with Ledger.open(place.ledger) as ledger:
        ledger.append([CameraAdded(each) for each in both], now)
        for at, old, new, cause in (
            (start_at - timedelta(hours=1), State.UNKNOWN, State.UP, Cause.OK),
            (start_at, State.UP, State.DOWN, Cause.TCP_TIMEOUT),
            (end_at, State.DOWN, State.UP, Cause.OK),
        ):
            ledger.append([TransitionRecorded(Transition(each.id, at, at, old, new, cause)) for each in both], now)
    return [each.id for each in both]


def test_after_a_storm_the_list_of_outages_is_the_file_that_excludes_them(
    run: Run, place: Place, tmp_path: Path
) -> None:
    start = datetime(*month(), 5, 8, 0, 0, 700_000, tzinfo=SHANGHAI)
    end = start + timedelta(hours=3, microseconds=1)
    lost = cut_line(place, start, end)
    code, out = run("ledger", "outages", MONTH)
    assert code == Exit.OK
    named_so = [
        each for each in out.splitlines() if each.startswith(tuple(f"{name}@{MONTH}-05 08:00:00" for name in lost))
    ]
    assert [each.endswith("-> carrier line") for each in named_so] == [True, True], out
    assert "-> 运营商线路" in run("ledger", "outages", MONTH, "--lang", "zh")[1]
    storm = tmp_path / "storm.csv"
    assert run("ledger", "outages", MONTH, "--out", str(storm))[0] == Exit.OK
    code, out = run("ledger", "exclude", "--file", str(storm), *VENDOR)
    assert code == Exit.OK, out
    asked = [each.act for each in acts(place) if isinstance(each.act, ExclusionProposed)]
    assert {tuple(each.scope.camera_ids) for each in asked} == {("T-1",), ("T-2",)}
    assert {each.cause for each in asked} == {ExclusionCause.CARRIER_LINE}
    assert all(each.start_at <= start and each.end_at >= end for each in asked), "all of the outage"
    assert run("ledger", "approve", asked[0].stamp.id.partition("-")[0], *OFFICE)[0] == Exit.OK
    code, out = run("ledger", "outages", "2026-13")
    assert (code, "not a month" in out) == (Exit.USAGE, True)


def test_an_outage_over_the_month_s_end_is_named_whole_in_both_months(run: Run, place: Place) -> None:
    border, hour = datetime(*month(), 1, tzinfo=SHANGHAI), timedelta(hours=1)
    cut_line(place, border - hour, border + hour)
    said = f"T-1@{border - hour:%Y-%m-%d %H:%M:%S} - {border + hour:%Y-%m-%d %H:%M:%S}"
    for name in (MONTH, f"{border - hour:%Y-%m}"):
        assert said in run("ledger", "outages", name)[1]


def test_a_time_that_the_clocks_show_twice_is_told_and_taken_with_its_offset(run: Run, place: Place) -> None:
    text = place.settings.read_text("utf-8").replace("zone: Asia/Shanghai", "zone: Europe/Berlin")
    place.settings.write_text(text, "utf-8")
    year = SystemClock().now().year - 1
    sunday = max(datetime(year, 10, day) for day in range(25, 32) if datetime(year, 10, day).weekday() == 6)  # noqa: DTZ001
    early, late = f"{sunday:%Y-%m-%d} 02:30:00+02:00", f"{sunday:%Y-%m-%d} 02:30:00+01:00"
    words = ("--cause", "power", "--text", "x", "--camera", TOWN.cameras[0].id, *VENDOR)
    code, said = run("ledger", "exclude", "--from", early.partition("+")[0], "--to", late, *words)
    assert (code, "happens twice" in said) == (Exit.USAGE, True)
    assert run("ledger", "exclude", "--from", early, "--to", late, *words)[0] == Exit.OK
    assert f"{early} - {late}" in run("ledger", "exclusions")[1]


def test_an_exclusion_is_of_a_town_or_a_recorder_too(run: Run, place: Place) -> None:
    words = ("--from", f"{MONTH}-05 08:00", "--to", f"{MONTH}-05 09:00", "--cause", "power", "--text", "停电", *VENDOR)
    town = TOWN.cameras[0].site.town
    assert run("ledger", "exclude", "--town", town, *words)[0] == Exit.OK
    code, out = run("ledger", "exclude", "--recorder", "NVR-9", *words)
    assert (code, "knows no NVR-9" in out) == (Exit.NO, True)
    assert town in run("ledger", "exclusions")[1]
    assert run("ledger", "approve", acts(place)[0].stamp.id, *OFFICE)[0] == Exit.OK
    (shown,) = figures(run)["exclusions"]
    assert shown["cameras"] == len(TOWN.cameras)


def test_a_lone_outage_suggests_no_cause_and_asks_for_one(run: Run, place: Place) -> None:
    code, out = run("ledger", "exclude", "--outage", named(longest(place)), *VENDOR)
    assert (code, "--cause" in out) == (Exit.USAGE, True)
    assert not acts(place)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--from", "2026-10-03 08:00", "--to", "2026-10-03 09:00", "--cause", "power"), Exit.USAGE, "--camera"),
        (("--from", "2026-10-03 8", "--to", "2026-10-03 09:00", "--cause", "power"), Exit.USAGE, "2026-12-01 08:00"),
        (("--from", "2026-10-03 08:00", "--cause", "power"), Exit.USAGE, "--to is missing"),
        (("--file", "x.csv", "--outage", "c@2026-10-01 00:00"), Exit.USAGE, "--file and --outage cannot"),
        (("--file", "x.csv", "--camera", "c1"), Exit.USAGE, "--file and --camera cannot stand together"),
        (("--file", "x.csv", "--from", "2026-10-03 08:00"), Exit.USAGE, "--file and --from cannot stand together"),
        (("--outage", "c@2026-10-01 00:00", "--village", "x"), Exit.USAGE, "--outage and --village cannot"),
        (("--outage", "nonsense"), Exit.USAGE, "CAMERA@TIME"),
        (("--outage", "c9@2026-10-01 00:00", "--cause", "power"), Exit.USAGE, "was not down"),
        (("--cause", "weather"), Exit.USAGE, "invalid choice"),
        (
            (
                "--village",
                "没有村",
                "--from",
                "2026-10-03 08:00",
                "--to",
                "2026-10-03 09:00",
                "--cause",
                "power",
                "--text",
                "x",
            ),
            Exit.NO,
            "knows no 没有村",
        ),
    ],
)
def test_what_cannot_be_meant_is_said_plainly(
    run: Run, place: Place, words: tuple[str, ...], code: Exit, said: str
) -> None:
    found, out = run("ledger", "exclude", *words, *VENDOR)
    assert (found, said in out) == (code, True), out
    assert not acts(place)


def test_the_messages_speak_chinese_too(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["ledger", "approve", "none", *OFFICE, "--lang", "zh", "--config", str(place.settings)]
    assert main(words) == Exit.USAGE
    assert "没有免责申请 none" in capsys.readouterr().err


# ---------------------------------------------------------------- a storm


def storm(path: Path, rows: list[str], encoding: str = "utf-8") -> Path:
    path.write_bytes("\n".join(["点位编号,开始,结束,原因,说明", *rows]).encode(encoding))
    return path


def test_a_storm_comes_as_one_file_and_is_approved_as_one(run: Run, place: Place, tmp_path: Path) -> None:
    rows = [
        f"{camera.id},{MONTH}-05 08:00,{MONTH}-05 {10 + n % 3}:30,停电,台风" for n, camera in enumerate(TOWN.cameras)
    ]
    code, out = run("ledger", "exclude", "--file", str(storm(tmp_path / "storm.csv", rows, "gb18030")), *VENDOR)
    assert code == Exit.OK, out
    written = acts(place)
    assert len(written) == 27
    batch = written[0].stamp.id.partition("-")[0]
    assert [act.stamp.id for act in written] == [f"{batch}-{number}" for number in range(1, 28)]
    assert run("ledger", "approve", batch, *OFFICE)[0] == Exit.OK
    assert len(acts(place)) == 54
    hours = sum(2.5 + n % 3 for n in range(27))
    shown = figures(run)["exclusions"]
    already = sum(us for each in shown for cut, us in each["cuts"] if cut == "planned_work")
    assert sum(each["excluded_us"] for each in shown) + already == int(hours * 3_600_000_000)


def test_a_storm_may_name_villages_lines_and_towns_instead_of_cameras(run: Run, place: Place, tmp_path: Path) -> None:
    first, second = TOWN.cameras[0], TOWN.cameras[1]
    path = tmp_path / "storm.csv"
    span = f"{MONTH}-05 08:00,{MONTH}-05 09:00"
    path.write_text(
        "点位编号,村,上联,运营商,乡镇,开始,结束\n"
        f",{first.site.village},,,,{span}\n"
        f",,{second.uplink},,,{span}\n"
        f"{first.id},,,{first.carrier},{first.site.town},{span}\n",
        "utf-8",
    )
    words = ("--file", str(path), "--cause", "power", "--text", "台风", *VENDOR)
    code, out = run("ledger", "exclude", *words)
    assert code == Exit.OK, out
    scopes = [act.act.scope for act in acts(place) if isinstance(act.act, ExclusionProposed)]
    assert scopes == [
        Scope(villages=frozenset({first.site.village})),
        Scope(uplinks=frozenset({second.uplink})),
        Scope(
            camera_ids=frozenset({first.id}),
            carriers=frozenset({first.carrier}),
            towns=frozenset({first.site.town}),
        ),
    ]
    path.write_text(f"村,村居,开始,结束\n{first.site.village},x,{span}\n", "utf-8")
    code, out = run("ledger", "exclude", *words)
    assert (code, "nobody knows the columns 村居" in out) == (Exit.NO, True), out
    path.write_text(f"村,开始,结束\n,{span}\n", "utf-8")
    code, out = run("ledger", "exclude", *words)
    assert (code, "row: 村 is missing" in out) == (Exit.NO, True), out


def test_every_bad_line_of_a_storm_is_named_and_nothing_is_written(run: Run, place: Place, tmp_path: Path) -> None:
    good = TOWN.cameras[0].id
    unreadable = storm(
        tmp_path / "storm.csv",
        [
            f"{good},{MONTH}-05 08:00,{MONTH}-05 09:00,停电,台风",
            f"{good},{MONTH}-05 28:00,{MONTH}-05 09:00,停电,台风",
            "",
            f"{good},{MONTH}-05 08:00,{MONTH}-05 09:00,大风,台风",
            f"{good},{MONTH}-05 08:00,{MONTH}-05 09:00,停电,",
            f"none,{MONTH}-05 08:00,{MONTH}-05 09:00,停电,台风",
            f"{good},{MONTH}-05 08:00,{MONTH}-05 08:00,停电,台风",
        ],
    )
    code, out = run("ledger", "exclude", "--file", str(unreadable), *VENDOR)
    assert code == Exit.NO
    assert [line.split(": ")[0].rpartition(":")[2] for line in out.splitlines()] == ["3", "5", "6", "7", "8"]
    assert "storm.csv:7: row: the record knows no none" in out, out
    assert "storm.csv:8: row: the end" in out, out
    unlawful = storm(
        tmp_path / "storm2.csv",
        [
            f"{good},{MONTH}-05 08:00,{MONTH}-05 09:00,停电,台风",
            f"none,{MONTH}-05 08:00,{MONTH}-05 09:00,停电,台风",
            f"{good},{MONTH}-05 08:00,{MONTH}-05 08:00,停电,台风",
        ],
    )
    code, out = run("ledger", "exclude", "--file", str(unlawful), *VENDOR)
    assert code == Exit.NO
    assert "storm2.csv:3" in out
    assert "storm2.csv:4" in out
    assert "storm2.csv:2" not in out
    assert not acts(place)


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"camera,from,to\n", b"PK\x03\x04zip", b'camera,from,to\n"x'])
def test_a_file_that_is_no_table_of_exclusions_is_refused(
    run: Run, place: Place, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "storm.csv"
    path.write_bytes(content)
    code, out = run("ledger", "exclude", "--file", str(path), *VENDOR)
    assert (code, out.startswith(str(path))) == (Exit.NO, True), out
    assert run("ledger", "exclude", "--file", str(tmp_path / "none.csv"), *VENDOR)[0] == Exit.NO
    assert not acts(place)


# ---------------------------------------------------------------- outages, cameras, remarks


def test_outages_are_acknowledged_and_ordered_to_be_repaired(run: Run, place: Place) -> None:
    lost = longest(place)
    middle = f"{lost[0].camera_id}@{(lost[0].start_at + timedelta(hours=1)).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    assert run("ledger", "ack", named(lost), *VENDOR, "--text", "已派人")[0] == Exit.OK
    assert run("ledger", "work-order", middle, "GD-17", *VENDOR)[0] == Exit.OK
    assert run("ledger", "note", "来过", "--outage", named(lost), *OFFICE)[0] == Exit.OK
    assert (
        run("ledger", "note", "来过", "--camera", lost[0].camera_id, "--by", "赵", "--role", "operator")[0] == Exit.OK
    )
    assert run("ledger", "note", "来过", "--camera", "none", *OFFICE)[0] == Exit.NO
    assert [act.kind for act in acts(place)] == ["acknowledged", "work_ordered", "note", "note"]
    out = run("ledger", "show", "--people", "--limit", "2")[1]
    assert [line.split()[:2] for line in out.splitlines()] == [["local.people", "1"], ["local.people", "2"]]


def test_a_removal_the_office_confirms_is_owed_no_more(run: Run, place: Place) -> None:
    gone = TOWN.cameras[5].id
    year, number = month()
    with Ledger.open(place.ledger) as ledger:
        last = ledger.last_recorded_at()
        assert last is not None
        ledger.append([CameraRemoved(gone)], last)
        ledger.append([Heartbeat()], SystemClock().now())
    this = (datetime(year, number, 1, tzinfo=UTC) + timedelta(days=40)).strftime("%Y-%m")

    def scheduled() -> int:
        report = report_in(run("report", this, "--format", "json")[1])
        return sum(next(each for each in report["cameras"] if each["camera"]["id"] == gone)["seconds"].values())

    owed = scheduled()
    assert run("ledger", "confirm-removal", gone, *VENDOR)[0] == Exit.NO
    assert run("ledger", "confirm-removal", TOWN.cameras[6].id, *OFFICE)[0] == Exit.USAGE
    assert run("ledger", "confirm-removal", gone, *OFFICE)[0] == Exit.OK
    assert scheduled() < owed
    removed = acts(place)[-1].act
    start = datetime(int(this[:4]), int(this[5:]), 1, tzinfo=SHANGHAI)
    assert scheduled() == micros(removed.removed_at) - micros(start)  # type: ignore[union-attr]


def test_the_office_approves_what_a_camera_shows(run: Run, place: Place) -> None:
    shown = TOWN.cameras[2].id
    assert run("ledger", "approve-view", shown, *VENDOR)[0] == Exit.NO
    assert run("ledger", "approve-view", "no-such-camera", *OFFICE)[0] != Exit.OK
    assert run("ledger", "approve-view", shown, "--text", "换杆", *OFFICE)[0] == Exit.OK
    act = acts(place)[-1].act
    assert isinstance(act, ViewApproved)
    assert (act.camera_id, act.text) == (shown, "换杆")


# ---------------------------------------------------------------- planned work


def test_planned_work_by_hand_is_listed_and_cancelled(run: Run, place: Place) -> None:
    tomorrow = SystemClock().now().astimezone(SHANGHAI) + timedelta(days=1)
    day = f"{tomorrow:%Y-%m-%d}"
    once = ("--title", "换杆", "--from", f"{day} 08:00", "--to", f"{day} 10:00", "--camera", TOWN.cameras[0].id)
    assert run("maintenance", "add", *once, *VENDOR)[0] == Exit.OK
    weekly = ("--title", "巡检", "--every", "week", "--weekday", "周日", "--weekday", "sat", "--at", "23:00-01:00")
    assert run("maintenance", "add", *weekly, *OFFICE)[0] == Exit.OK
    assert (
        run("maintenance", "add", "--title", "盘点", "--every", "month", "--day", "15", "--at", "2:00-3:00", *OFFICE)[0]
        == 0
    )
    out = run("maintenance", "list")[1]
    assert "换杆" in out
    assert "every week on sat, sun 23:00-01:00" in out
    assert "every month on 15 02:00-03:00" in out
    assert "每周六、日 23:00-01:00" in run("maintenance", "list", "--lang", "zh")[1]
    name = acts(place)[0].stamp.id
    assert run("maintenance", "cancel", name, *OFFICE)[0] == Exit.OK
    assert run("maintenance", "cancel", name, *OFFICE)[0] == Exit.NO
    assert "(cancelled)" in run("maintenance", "list")[1]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--from", "2026-10-03 08:00", "--to", "2026-10-03 09:00"), Exit.NO, "planned, not claimed"),
        ((), Exit.USAGE, "when is missing: once (--from, --to)"),
        (
            ("--from", "2099-10-03 08:00", "--to", "2099-10-03 09:00", "--weekday", "mon"),
            Exit.USAGE,
            "--weekday, --day cannot stand together",
        ),
        (("--every", "day", "--from", "2026-10-03 08:00"), Exit.USAGE, "cannot stand together"),
        (("--every", "day"), Exit.USAGE, "--at is missing"),
        (("--every", "day", "--at", "8"), Exit.USAGE, "08:00-18:00"),
        (("--every", "week", "--at", "08:00-09:00"), Exit.USAGE, "--weekday is missing"),
        (("--every", "day", "--at", "08:00-09:00", "--day", "3"), Exit.USAGE, "--day and --every day"),
        (("--every", "month", "--at", "08:00-09:00", "--day", "32"), Exit.USAGE, "1 to 31"),
    ],
)
def test_planned_work_that_cannot_be_meant_is_refused(
    run: Run, place: Place, words: tuple[str, ...], code: Exit, said: str
) -> None:
    found, out = run("maintenance", "add", "--title", "换杆", *words, *VENDOR)
    assert (found, said in out) == (code, True), out
    assert not acts(place)


# ---------------------------------------------------------------- closed months


def test_a_closed_month_stays_until_a_correction_that_prints_what_moved(run: Run, place: Place) -> None:
    name = propose(run, place)
    assert run("ledger", "close", MONTH, *VENDOR)[0] == Exit.NO
    code, out = run("ledger", "close", MONTH, *OFFICE)
    assert (code, "1 exclusion of " in out) == (Exit.OK, True)
    final = figures(run)
    code, out = run("ledger", "approve", name, *OFFICE)
    assert (code, "closed" in out) == (Exit.NO, True)
    with Ledger.open(place.ledger) as ledger:  # whatever the monitor writes afterwards
        ledger.append([CameraRemoved(TOWN.cameras[3].id)], SystemClock().now())
    assert figures(run) == final
    assert run("ledger", "correct", MONTH, *OFFICE)[0] == Exit.USAGE
    assert run("ledger", "correct", MONTH, "--text", "供电所补来证明", *VENDOR)[0] == Exit.OK
    assert run("ledger", "approve", name, *OFFICE)[0] == Exit.OK
    assert figures(run)["corrections"][0]["done"] is False
    assert run("ledger", "close", MONTH, *OFFICE)[0] == Exit.OK
    corrected = figures(run)
    lost = longest(place)
    (correction,) = corrected["corrections"]
    assert (correction["number"], correction["text"], correction["done"]) == (1, "供电所补来证明", True)
    assert correction["before"] == final["total"]["rates"]
    assert correction["after"] == corrected["total"]["rates"]
    (moved,) = correction["moved"]
    assert moved["camera"]["id"] == lost[0].camera_id
    assert [each["agrees"] for each in corrected["closings"]] == [True, True]
    text = run("report", MONTH)[1]
    assert "correction 1" in text
    assert (
        f"{final['total']['rates']['online']['percent']}% → {corrected['total']['rates']['online']['percent']}%" in text
    )


def test_a_closed_month_that_no_longer_comes_out_the_same_is_refused(run: Run, place: Place) -> None:
    assert run("ledger", "close", MONTH, *OFFICE)[0] == Exit.OK
    text = place.settings.read_text("utf-8")
    place.settings.write_text(text + "\n", "utf-8")
    assert run("report", MONTH)[0] == Exit.OK
    place.settings.write_text(text + "contract:\n  service_hours: [08:00-18:00]\n", "utf-8")
    code, out = run("report", MONTH)
    assert (code, "was closed with the figures" in out) == (Exit.CANNOT, True), out


def test_a_closed_month_keeps_its_points_and_its_money(run: Run, place: Place) -> None:
    text = place.settings.read_text("utf-8")
    agreed = (
        "contract:\n  repair: {normal: 1h}\n"
        "  scorecard: {items: [{id: late, kind: late_repair, points: 1}]}\n"
        "  deduction: {fee: FEE, by: rate, steps: [{below: 1, share: 0.5}]}\n"
    )
    place.settings.write_text(text + agreed.replace("FEE", "100.00"), "utf-8")
    before = figures(run)["settlement"]
    assert before["deduction"]["amount"] == "50.00"
    assert len(before["repairs"]["late"]) == before["score"]["lines"][0]["count"] > 0
    assert run("ledger", "close", MONTH, *OFFICE)[0] == Exit.OK
    assert figures(run)["settlement"] == before
    assert "deducted 50.00 CNY, payable 50.00 CNY" in run("report", MONTH)[1]
    place.settings.write_text(text + agreed.replace("FEE", "200.00"), "utf-8")
    code, out = run("report", MONTH)
    assert (code, "was closed with the figures" in out) == (Exit.CANNOT, True), out


def test_a_month_closed_before_anything_was_settled_is_not_refused(run: Run, place: Place) -> None:
    assert run("ledger", "close", MONTH, *OFFICE)[0] == Exit.OK
    text = place.settings.read_text("utf-8")
    place.settings.write_text(text + "contract:\n  repair: {normal: 1h}\n", "utf-8")
    report = figures(run)
    assert report["closings"][0]["agrees"] is True
    assert report["settlement"]["repairs"]["late"]


def test_a_month_that_is_not_over_is_not_closed(run: Run, place: Place) -> None:
    now = SystemClock().now().astimezone(SHANGHAI)
    code, out = run("ledger", "close", f"{now:%Y-%m}", *OFFICE)
    assert (code, "not over" in out) == (Exit.NO, True)
    assert run("ledger", "close", "2026-13", *OFFICE)[0] == Exit.NO
    assert not acts(place)


# ---------------------------------------------------------------- beside the monitor


def test_people_act_while_the_monitor_holds_the_ledger(run: Run, place: Place) -> None:
    with Ledger.open(place.ledger) as monitor:
        monitor.append([Heartbeat()], SystemClock().now())
        name = propose(run, place)
        monitor.append([Heartbeat()], SystemClock().now())
        assert run("ledger", "approve", name, *OFFICE)[0] == Exit.OK
        code, out = run("ledger", "verify")
        assert (code, "local.people: 2 entries" in out) == (Exit.OK, True)
        with pytest.raises(LedgerError):
            Ledger.open(place.ledger)


def test_two_people_decide_at_once_and_one_of_them_is_told(run: Run, place: Place) -> None:
    name = propose(run, place)
    words = [name, *OFFICE, "--lang", "en", "--config", str(place.settings)]
    deciding = [
        subprocess.Popen(
            [sys.executable, "-m", "monitor", "ledger", verb, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for verb in ("approve", "reject", "approve")
    ]
    spoken = [process.communicate(timeout=60)[1] for process in deciding]
    codes = [process.returncode for process in deciding]
    assert sorted(codes) == [Exit.OK, Exit.NO, Exit.NO]
    assert all("decided already" in said for code, said in zip(codes, spoken, strict=True) if code == Exit.NO)
    assert len(acts(place)) == 2


def test_acts_beside_the_record_are_listed_as_void(run: Run, place: Place) -> None:
    name = propose(run, place)
    with Ledger.open_beside(place.ledger) as ledger:
        ledger.add_acts([acts(place)[0]], SystemClock().now(), 1)
    code, out = run("ledger", "exclusions")
    assert (code, "replayed" in out, name in out) == (Exit.OK, True, True)
    for form in ("text", "html"):
        assert "Acts that do not count (1)" in run("report", MONTH, "--format", form)[1]

"""Every worked example of the rules, to the last digit: from a ledger and a contract into the printed report.

**The eight approved hours.** One camera, a month of 30 days = 720 h, 40 h of them down, 8 h of these approved::

    still down                720 - 40 = 680   680 / 720 = 0.94444...   nearest 94.44   printed 94.44
    counted as up             720 - 32 = 688   688 / 720 = 0.95555...   nearest 95.56   printed 95.55
    removed from both sides   720 - 40 = 680   680 / 712 = 0.95505...   nearest 95.51   printed 95.50

The fractions are the same in both columns. A table that rounds to the nearest says 94.44 / 95.56 / 95.51; a report
prints what was reached in full and cuts the rest, because a camera at 94.999 % has not kept a promise of 95 %, and
"95.00 %" beside "missed" would be a riddle. The comparison with the target uses the fraction, never what is printed.

**Five hundred of a thousand cameras off for two hours every night** (1:00 to 3:00, inspections at 9:00, 15:00, 21:00)::

    camera time     (500 * 22 + 500 * 24) / (1000 * 24) = 23000 / 24000 = 0.95833...   95.83 %   met
    cameras         22 / 24 = 91.66 % < 95 %, so 500 of 1000 pass        = 1 / 2        50.00 %   missed
    inspections     nobody looks at night: 90 000 of 90 000              = 1           100.00 %   met

**Exactly 95 %.** Twenty cameras, one of them down all month: 19 * 720 / (20 * 720) = 19 / 20, met. One more second down
of the 14 400 h: (51 840 000 - 2 592 000 - 1) / 51 840 000 = 0.94999998..., missed, printed 94.99 %.

**99.999 %.** One camera of 2 592 000 s with 25.92 s down: 1 - 25.92 / 2 592 000 = 0.99999, printed 99.99 %. One
microsecond down in a month is not 100 % either.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.acts import ExclusionApproved, ExclusionProposed, Stamp, written_act
from monitor.language import Language
from monitor.ledger import CameraAdded, Event, Heartbeat, Ledger, MaintenancePlanned, TransitionRecorded
from monitor.model import (
    Actor,
    Basis,
    Camera,
    Cause,
    ExclusionCause,
    Maintenance,
    Role,
    Scope,
    Site,
    SiteCategory,
    State,
    Transition,
)
from monitor.publishing import Format, write_report
from monitor.settings import load_settings
from monitor.sla import percent
from monitor.wording import BASES

SEPTEMBER = datetime(2026, 9, 1, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)
OCTOBER = SEPTEMBER + timedelta(days=30)
BEFORE = SEPTEMBER - timedelta(days=10)
HOUR, SECOND, MICROSECOND = timedelta(hours=1), timedelta(seconds=1), timedelta(microseconds=1)
Down = tuple[timedelta, timedelta]  # from and to, since the month began

CONTRACT = """\
id: qinghe-2026
title: 清河镇视频监控维护合同
zone: Asia/Shanghai
target: 0.95
basis: fleet_seconds
snapshot_times: ["09:00", "15:00", "21:00"]
"""


def camera(number: int) -> Camera:
    site = Site(f"s{number}", f"部位{number}", SiteCategory.STREET, "东营村", "清河镇", "清河县")
    url = f"rtsp://127.0.0.1/{number}"
    return Camera(f"c{number:04}", f"{number}号", site, "中国移动", url, in_service_from=date(2026, 1, 1))


def moves(one: Camera, down: Iterable[Down]) -> list[Event]:
    """Up since before the month, and down in these spans of it."""
    found = [Transition(one.id, BEFORE, BEFORE, State.UNKNOWN, State.UP, Cause.OK)]
    for start, end in down:
        found.append(Transition(one.id, SEPTEMBER + start, SEPTEMBER + start, State.UP, State.DOWN, Cause.TCP_TIMEOUT))
        found.append(Transition(one.id, SEPTEMBER + end, SEPTEMBER + end, State.DOWN, State.UP, Cause.OK))
    return [TransitionRecorded(move) for move in found]


@dataclass(frozen=True, slots=True)
class Printed:
    """One month's report in the formats people and programs read."""

    text: str
    html: str
    csv: list[dict[str, str]]
    json: dict[str, Any]

    def online(self) -> tuple[Fraction, str]:
        """The town's rate, exact and as it is displayed."""
        rate = self.json["total"]["rates"]["online"]
        return Fraction(rate["numerator"], rate["denominator"]), rate["percent"]

    def bases(self) -> dict[str, tuple[str, str]]:
        return {each["basis"]: (each["ratio"]["percent"], each["verdict"]) for each in self.json["bases"]}


@dataclass(frozen=True, slots=True)
class Town:
    """A ledger, a contract file and settings in a folder."""

    folder: Path

    def record(self, courses: Sequence[Sequence[Down]], *more: Event) -> None:
        """Write down the month: one camera for each course."""
        cameras = [camera(number) for number in range(1, len(courses) + 1)]
        with Ledger.open(self.folder / "ledger.db") as ledger:
            added: list[Event] = [CameraAdded(each) for each in cameras]
            ledger.append([*added, *more], BEFORE)
            ledger.append(
                [move for one, down in zip(cameras, courses, strict=True) for move in moves(one, down)], OCTOBER
            )
            ledger.append([Heartbeat()], OCTOBER + HOUR)

    def approve(self, start: timedelta, end: timedelta) -> None:
        """The vendor asks to leave this span of the first camera out, and the office agrees."""
        told = OCTOBER + HOUR
        vendor, office = (Stamp(name, "qinghe-2026", told, by) for name, by in (("p1", WANG), ("d1", LI)))
        span = SEPTEMBER + start, SEPTEMBER + end
        proposal = ExclusionProposed(vendor, ExclusionCause.POWER, Scope(frozenset({"c0001"})), *span, "停电")
        acts = [written_act(proposal), written_act(ExclusionApproved(office, "p1", written_act(proposal).digest))]
        with Ledger.open_beside(self.folder / "ledger.db") as ledger:
            ledger.add_acts(acts, told, 0)

    def report(self) -> Printed:
        """September, printed."""
        settings = load_settings(self.folder / "sharp-eyes.yml", None)
        paths = write_report(
            settings, settings.contract, (2026, 9), OCTOBER + 2 * HOUR, folder=self.folder, language=Language.EN
        )
        files = {path.name.removeprefix("sla-2026-09"): path.read_bytes() for path in paths}
        table = csv.DictReader(io.StringIO(files[".csv"].decode("utf-8-sig"), newline=""))
        whole = json.loads(files[f".{Format.JSON}"])["report"]
        return Printed(files[".txt"].decode(), files[f".{Format.HTML}"].decode(), list(table), whole)


WANG, LI = Actor(Role.VENDOR, "王工"), Actor(Role.OFFICE, "李主任")


@pytest.fixture
def town(tmp_path: Path) -> Town:
    (tmp_path / "contract.yml").write_text(CONTRACT, "utf-8")
    (tmp_path / "sharp-eyes.yml").write_text(
        "town: 清河镇\ninventory: none.csv\nledger: ledger.db\ncontracts: [contract.yml]\n", "utf-8"
    )
    return Town(tmp_path)


def nearest(ratio: Fraction) -> str:
    """Percent to two decimals, rounded to the nearest as a table in a book would have it."""
    exact = Decimal(ratio.numerator * 10**12 // ratio.denominator).scaleb(-10)
    return str(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


# ---------------------------------------------------------------- the eight approved hours

FORTY: list[Down] = [(100 * HOUR, 140 * HOUR)]
THIRTY_TWO: list[Down] = [(108 * HOUR, 140 * HOUR)]


def say_of_one_camera(printed: Printed, exact: Fraction, shown: str, book: str) -> None:
    """The fraction, both readings of it, and what every format prints of it."""
    assert printed.online() == (exact, shown)
    assert (percent(exact), nearest(exact)) == (shown, book)
    assert f"online rate {shown}%, target 95.00% (by all camera time)" in printed.text
    assert f"{shown}%" in printed.html
    assert [row["online, %"] for row in printed.csv] == [shown]
    assert printed.json["verdict"] == ("met" if exact >= Fraction(95, 100) else "missed")


def test_forty_hours_down_of_720_that_all_count(town: Town) -> None:
    town.record([FORTY])
    say_of_one_camera(town.report(), Fraction(680, 720), "94.44", "94.44")


def test_eight_of_them_approved_leave_both_sides(town: Town) -> None:
    town.record([FORTY])
    town.approve(100 * HOUR, 108 * HOUR)
    printed = town.report()
    say_of_one_camera(printed, Fraction(680, 712), "95.50", "95.51")
    assert printed.json["total"]["seconds"]["excluded"] == 8 * HOUR // MICROSECOND
    assert printed.json["total"]["seconds"]["down"] == 32 * HOUR // MICROSECOND


def test_eight_of_them_planned_work_leave_both_sides_as_well(town: Town) -> None:
    work = Maintenance("m1", "换杆", Scope(), SEPTEMBER + 100 * HOUR, SEPTEMBER + 108 * HOUR)
    town.record([FORTY], MaintenancePlanned(work))
    say_of_one_camera(town.report(), Fraction(680, 712), "95.50", "95.51")


def test_had_it_been_up_in_these_eight_hours(town: Town) -> None:
    """No contract of ours counts approved time as up: this is the month with 32 h down instead."""
    town.record([THIRTY_TWO])
    say_of_one_camera(town.report(), Fraction(688, 720), "95.55", "95.56")


# ---------------------------------------------------------------- three bases


def test_five_hundred_of_a_thousand_cameras_off_for_two_hours_every_night(town: Town) -> None:
    nightly: list[Down] = [(timedelta(days=day, hours=1), timedelta(days=day, hours=3)) for day in range(30)]
    town.record([nightly] * 500 + [[]] * 500)
    printed = town.report()
    assert printed.bases() == {
        "fleet_seconds": ("95.83", "met"),
        "camera_pass_share": ("50.00", "missed"),
        "snapshots": ("100.00", "met"),
    }
    assert printed.online()[0] == Fraction(23, 24)
    by_basis = {each["basis"]: (each["good"], each["counted"]) for each in printed.json["bases"]}
    assert by_basis["camera_pass_share"] == (500, 1000)
    assert by_basis["snapshots"] == (90_000, 90_000)
    for shown in ("95.83%", "50.00%", "100.00%"):
        assert shown in printed.text
        assert shown in printed.html
    assert {row["online, %"] for row in printed.csv} == {"91.66", "100.00"}
    basis = BASES[Basis.CAMERA_PASS_SHARE].en
    assert f"another basis gives the opposite verdict: {basis} 50.00%, target missed" in printed.text


# ---------------------------------------------------------------- at the edge of the target


@pytest.mark.parametrize(
    ("more", "exact", "shown", "verdict"),
    [
        (timedelta(), Fraction(19, 20), "95.00", "met"),
        (MICROSECOND, Fraction(49_247_999_999_999, 51_840_000_000_000), "94.99", "missed"),
        (SECOND, Fraction(49_247_999, 51_840_000), "94.99", "missed"),
    ],
)
def test_a_fleet_at_exactly_the_target_passes_and_a_second_less_fails(
    town: Town, more: timedelta, exact: Fraction, shown: str, verdict: str
) -> None:
    all_month: list[Down] = [(timedelta(), timedelta(days=30))]
    second: list[Down] = [(HOUR, HOUR + more)] if more else []
    town.record([all_month, second, *[[]] * 18])
    printed = town.report()
    assert printed.online() == (exact, shown)
    assert printed.bases()["fleet_seconds"] == (shown, verdict)
    assert printed.json["verdict"] == verdict
    assert f"Verdict: target {verdict}" in printed.text
    assert f"online rate {shown}%, target 95.00%" in printed.text
    assert f"{shown}%" in printed.html


@pytest.mark.parametrize(
    ("lost", "exact", "shown"),
    [
        (timedelta(seconds=25, milliseconds=920), Fraction(99_999, 100_000), "99.99"),
        (MICROSECOND, 1 - Fraction(1, 2_592_000_000_000), "99.99"),
        (timedelta(), Fraction(1), "100.00"),
    ],
)
def test_nothing_is_rounded_up_to_a_hundred(town: Town, lost: timedelta, exact: Fraction, shown: str) -> None:
    town.record([[(HOUR, HOUR + lost)] if lost else []])
    printed = town.report()
    assert printed.online() == (exact, shown)
    assert f"online rate {shown}%, target 95.00%" in printed.text
    assert [row["online, %"] for row in printed.csv] == [shown]
    assert nearest(exact) == "100.00"

"""What people did to the month is shown while it runs, and what is shown is what the report and the forecast say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.acts import (
    Act,
    ActTerms,
    ExclusionApproved,
    ExclusionProposed,
    ExclusionRejected,
    MaintenancePlanned,
    RemovalConfirmed,
    Stamp,
    ViewApproved,
    written_act,
)
from monitor.clock import at_once
from monitor.contract import Contract, ExclusionRule
from monitor.engine.board import Board
from monitor.engine.engine import FOLLOW
from monitor.engine.figures import MonthCalendar
from monitor.engine.people import Acted, acted
from monitor.engine.recorder import Recorder
from monitor.engine.timeline import Timeline
from monitor.engine.view import town_view
from monitor.ledger import CameraAdded, CameraRemoved, Event, Heartbeat, Ledger, TransitionRecorded
from monitor.liveness import Policy
from monitor.memories import Memories
from monitor.metrics import AREAS, TownView
from monitor.model import (
    Actor,
    CameraRecord,
    Cause,
    ExclusionCause,
    Maintenance,
    Result,
    Rung,
    Scope,
    Seconds,
    Stage,
    State,
    Transition,
)
from monitor.picture import Memory, approve_view
from monitor.picture.memory import Reference
from monitor.report import GroupAhead
from monitor.reporting import month_forecast, month_report
from monitor.settings import Settings
from tests.acts.samples import LI, TERMS, WANG, stamp
from tests.driven import DrivenClock, a_camera
from tests.engine.harness import running

HOUR = timedelta(hours=1)
BEGIN = datetime(2026, 10, 28, 0, 0, tzinfo=UTC)  # three days before November begins in China
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
NOVEMBER = (2026, 11)
CONTRACT = Contract(
    id=TERMS.contract,
    exclusions={ExclusionCause.POWER: ExclusionRule(cap=30 * HOUR), ExclusionCause.OTHER: ExclusionRule()},
)
CAMERAS = [a_camera(f"c{n}", village=("柳溪村", "石桥村")[n % 2], host=f"127.20.1.{n}") for n in range(5)]
GONE = CAMERAS[4]
GONE_AT = NOW - 100 * HOUR


class Durable:
    """A recorder whose disk is always done."""

    def __init__(self, at: datetime) -> None:
        self.last_durable_at = at

    async def append(self, events: Sequence[Event]) -> datetime:
        raise AssertionError(f"nothing is to be written: {events}")

    async def ask(self, question: Callable[[Ledger], object]) -> object:
        raise AssertionError("nothing here asks the ledger")


def change(camera_id: str, at: datetime, new: State) -> Transition:
    causes = {State.UP: Cause.OK, State.DOWN: Cause.TCP_TIMEOUT}
    return Transition(camera_id, at, at, State.UNKNOWN, new, causes[new])


def written(ledger: Ledger, down: Sequence[Sequence[tuple[int, int]]]) -> None:
    """A record from BEGIN to NOW; the last camera leaves the inventory."""
    dated: list[tuple[datetime, Event]] = [(BEGIN, CameraAdded(camera)) for camera in CAMERAS]
    for camera, spans in zip(CAMERAS, down, strict=True):
        dated.append((BEGIN, TransitionRecorded(change(camera.id, BEGIN, State.UP))))
        end = GONE_AT if camera is GONE else NOW
        edges = sorted({hour for start, long in spans for hour in (start, start + long)})
        state = State.UP
        for hour in edges:
            at = BEGIN + hour * HOUR
            new = State.DOWN if any(start <= hour < start + long for start, long in spans) else State.UP
            if new is not state and at < end:
                dated.append((at, TransitionRecorded(change(camera.id, at, new))))
                state = new
    removed = Transition(GONE.id, GONE_AT, GONE_AT, State.UP, State.DOWN, Cause.REMOVED_UNCONFIRMED)
    dated += [(GONE_AT, CameraRemoved(GONE.id)), (GONE_AT, TransitionRecorded(removed)), (NOW, Heartbeat())]
    for at, event in sorted(dated, key=lambda one: one[0]):
        ledger.append([event], at)


def act(ledger: Ledger, *acts: Act) -> None:
    ledger.add_acts([written_act(one) for one in acts], NOW, ledger.people_head())


def asked(
    number: int, scope: Scope, start: int, long: int, end: str, cause: ExclusionCause, terms: ActTerms = TERMS
) -> list[Act]:
    def by(name: str, whom: Actor) -> Stamp:
        return Stamp(name, terms.contract, NOW, whom)

    proposal = ExclusionProposed(
        by(f"p{number}", WANG), cause, scope, BEGIN + start * HOUR, BEGIN + (start + long) * HOUR, "停电"
    )
    words = (f"p{number}", written_act(proposal).digest)
    match end:
        case "approved":
            return [proposal, ExclusionApproved(by(f"d{number}", LI), *words)]
        case "rejected":
            return [proposal, ExclusionRejected(by(f"d{number}", LI), *words)]
        case _:
            return [proposal]


async def restored(ledger: Ledger, contracts: Sequence[Contract]) -> TownView:
    """What a monitor shows that knows the record and has just asked every camera once more."""
    clock, recorder = DrivenClock(NOW), Durable(NOW)
    calendar = MonthCalendar(contracts[0].terms)
    board = Board(Policy(), calendar, cast("Recorder", recorder), Timeline(clock))
    histories: dict[str, list[Transition]] = {}
    for transition in ledger.transitions():
        histories.setdefault(transition.camera_id, []).append(transition)
    for known in ledger.cameras():
        watched = known.removed_at is None
        board.admit(known.camera, known.first_added_at, histories[known.camera.id], watched=watched)
        if watched:
            asked_at = board.asking(known.camera.id)
            cause = board.track(known.camera.id).cause
            rung = Rung.PICTURE if cause is Cause.OK else Rung.NONE
            await board.fold(Result(known.camera.id, asked_at, timedelta(seconds=1), rung, Stage.PICTURE, cause))
    people = acted(ledger, contracts, NOW)
    list(board.plan((*ledger.maintenance(), *people.work), people.granted, people.absent))
    cameras = at_once(board.cameras())
    return at_once(town_view("青溪镇", cameras, contracts, calendar, NOW, timedelta(minutes=1), AREAS))


hours = st.lists(st.tuples(st.integers(0, 560), st.integers(1, 90)), max_size=3)
exclusions = st.lists(
    st.tuples(
        st.sampled_from(
            [
                Scope(),
                Scope(camera_ids=frozenset({"c0", "c4"})),
                Scope(villages=frozenset({"石桥村"})),
            ]
        ),
        st.integers(0, 500),
        st.integers(1, 50),
        st.sampled_from(["approved", "approved", "rejected", "asked"]),
        st.sampled_from([ExclusionCause.POWER, ExclusionCause.OTHER]),
    ),
    max_size=3,
)


@settings(deadline=None, max_examples=40)
@given(st.lists(hours, min_size=5, max_size=5), exclusions, st.booleans(), st.booleans())
async def test_the_metrics_say_what_the_report_and_the_forecast_say(
    down: list[list[tuple[int, int]]],
    asking: list[tuple[Scope, int, int, str, ExclusionCause]],
    confirmed: bool,
    planned: bool,
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        ours = Settings(path=path, inventory=(), ledger=path, reports=path.parent, town="青溪镇", contracts=(CONTRACT,))
        with Ledger.open(path) as ledger:
            written(ledger, down)
            for number, one in enumerate(asking):
                act(ledger, *asked(number, *one))
            if confirmed:
                act(ledger, RemovalConfirmed(stamp("r1", LI, NOW), GONE.id, GONE_AT))
            if planned:
                work = Maintenance("w1", "换杆", Scope(villages=frozenset({"柳溪村"})), NOW + 5 * HOUR, NOW + 99 * HOUR)
                act(ledger, MaintenancePlanned(work, stamp(work.id, WANG, NOW)))
            view = await restored(ledger, [CONTRACT])
        report, found = month_report(ours, CONTRACT, NOVEMBER, NOW), month_forecast(ours, CONTRACT, NOVEMBER, NOW)

    shown = {(group.status.kind, group.status.name): group for group in view.groups}
    told: dict[tuple[str, str], GroupAhead] = {("village", group.name): group for group in found.villages}
    told["town", "青溪镇"] = found.total
    for key, ahead in told.items():
        group = shown[key]
        assert group.status.month == ahead.so_far
        assert group.online_ratio == _float(ahead.rate)
        assert group.status.forecast_ratio == _float(ahead.forecast.landing)
        assert group.status.best_ratio == _float(ahead.forecast.best)
        assert group.ahead is not None
        assert (group.ahead.budget, group.ahead.budget_left) == (ahead.budget.allowed_us, ahead.forecast.budget_left_us)
        assert group.ahead.lost == ahead.lost
        assert group.ahead.recoverable == ahead.forecast.recoverable(CONTRACT.terms.target)
    seconds = {("village", group.name): group.seconds for group in report.villages}
    seconds |= {("carrier", group.name): group.seconds for group in report.carriers}
    seconds["town", "青溪镇"] = report.total.seconds
    assert {key: shown[key].status.month for key in seconds} == seconds
    assert [(trip.village, trip.repairs, trip.gain, trip.landing_ratio) for trip in view.trips] == [
        (trip.village, len(trip.repairs), trip.gain_us, _float(trip.landing)) for trip in found.trips
    ]
    present = {status.camera.id for status in view.statuses}
    assert present == {camera.id for camera in CAMERAS if not (confirmed and camera is GONE)}


def _float(ratio: object) -> float | None:
    return None if ratio is None else float(ratio)  # type: ignore[arg-type]


def test_without_exclusions_and_removals_nobody_reads_the_inventory(tmp_path: Path) -> None:
    class Counting(Ledger):
        looks = 0

        def cameras(self) -> tuple[CameraRecord, ...]:
            raise AssertionError("nobody asked for cameras")

        def inventory_changes(self, period: object = None) -> object:  # type: ignore[override]
            raise AssertionError("nobody asked for the inventory")

    with Counting.open(tmp_path / "ledger.db") as ledger:
        ledger.append([Heartbeat()], NOW)
        assert acted(ledger, [CONTRACT], NOW) == Acted(0, (), {}, {}, {})


@pytest.mark.parametrize(("first", "hours"), [("east", 4), ("all", 3)])
def test_a_camera_of_two_contracts_is_judged_by_the_first_of_them(tmp_path: Path, first: str, hours: int) -> None:
    everything = replace(CONTRACT, id="all", exclusions={ExclusionCause.OTHER: ExclusionRule(cap=3 * HOUR)})
    east = replace(CONTRACT, id="east", scope=Scope(villages=frozenset({"柳溪村"})))
    contracts = sorted([everything, east], key=lambda contract: contract.id != first)
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        written(ledger, [[], [], [], [], []])
        for number, contract in enumerate(contracts):
            mine = replace(TERMS, contract=contract.id)
            for nth, start in enumerate((400, 500)):
                act(ledger, *asked(10 * number + nth, Scope(), start, 2, "approved", ExclusionCause.OTHER, mine))
        found = acted(ledger, contracts, NOW)
    lengths = {name: sum(end - start for start, end in spans) for name, spans in found.granted.items()}
    hour = 3_600_000_000
    assert lengths == {"c0": hours * hour, "c2": hours * hour, "c4": hours * hour, "c1": 3 * hour, "c3": 3 * hour}


async def test_an_approval_moves_the_running_month_within_seconds_and_no_counter(tmp_path: Path) -> None:
    cameras = [a_camera("A", host="127.20.1.1"), a_camera("B", host="127.20.1.2")]
    contract = Contract(id=TERMS.contract)
    async with running(tmp_path, cameras, contracts=(contract,)) as town:
        town.prober.causes["A"] = Cause.TCP_REFUSED
        since = (await town.until_state("A", State.DOWN)).at
        await town.until(lambda: _camera(town.view(), "A").down > 300_000)
        now = datetime.now(UTC)
        proposal = ExclusionProposed(
            stamp("p1", WANG, now),
            ExclusionCause.POWER,
            Scope(frozenset({"A"})),
            since,
            now - timedelta(milliseconds=50),
            "停电",
        )
        approval = ExclusionApproved(stamp("a1", LI, now), "p1", written_act(proposal).digest)
        with Ledger.open_beside(tmp_path / "ledger.db") as person:
            person.add_acts([written_act(proposal), written_act(approval)], now, 0)
        began = datetime.now(UTC)
        await town.until(lambda: _camera(town.view(), "A").excluded > 200_000)
        assert datetime.now(UTC) - began < FOLLOW + timedelta(seconds=2)
        (status,) = (status for status in town.view().statuses if status.camera.id == "A")
        assert status.lifetime.excluded == 0
        assert status.lifetime.down > status.month.down


async def test_an_approved_view_makes_its_camera_and_no_other_be_learnt_anew_within_seconds(tmp_path: Path) -> None:
    cameras = [a_camera("A", host="127.20.1.1"), a_camera("B", host="127.20.1.2")]
    memories, known = Memories(tmp_path / "pictures.db"), Memory(colour=Reference(seen=30))
    for camera in cameras:
        memories.keep(camera.id, known, datetime.now(UTC))
    async with running(tmp_path, cameras, contracts=(Contract(id=TERMS.contract),), memories=memories) as town:
        now = datetime.now(UTC)
        with Ledger.open_beside(tmp_path / "ledger.db") as person:
            person.add_acts([written_act(ViewApproved(stamp("v1", LI, now), "A", "换杆"))], now, 0)
        await town.until(lambda: replace(memories.load("A"), approved_us=-1) == approve_view(known))
    assert memories.load("B") == known
    memories.close()


def _camera(view: TownView, camera_id: str) -> Seconds:
    return next(status.month for status in view.statuses if status.camera.id == camera_id)

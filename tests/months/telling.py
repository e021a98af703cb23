"""A story told to the program: a real ledger, and the contract as a value."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from types import MappingProxyType

from monitor.acts import (
    Act,
    Decision,
    DeclarationWithdrawn,
    ExclusionApproved,
    ExclusionProposed,
    ExclusionRejected,
    ExclusionWithdrawn,
    ItemDeclared,
    MaintenanceCancelled,
    MaintenancePlanned,
    MaintenanceRepeated,
    PeriodClosed,
    PeriodCorrected,
    RemovalConfirmed,
    Stamp,
    written_act,
)
from monitor.contract import (
    Contract,
    DeductionLadder,
    DeductionStep,
    ExclusionRule,
    ItemKind,
    LadderBy,
    RateStep,
    RepairLimits,
    Scorecard,
    ScoreItem,
    SettlementPeriod,
    Together,
)
from monitor.ledger import (
    CameraAdded,
    CameraChanged,
    CameraRemoved,
    Event,
    Heartbeat,
    Ledger,
    Started,
    TransitionRecorded,
)
from monitor.model import (
    Actor,
    Basis,
    BlindTime,
    Camera,
    Cause,
    ContractTerms,
    ExclusionCause,
    Maintenance,
    MaintenanceRule,
    Repeat,
    Role,
    Scope,
    Site,
    SiteCategory,
    State,
    Transition,
)
from tests.months import story as told

DECISIONS: dict[str, type[Decision]] = {
    "approved": ExclusionApproved,
    "rejected": ExclusionRejected,
    "withdrawn": ExclusionWithdrawn,
}


CAUSE = {cause.value: cause for cause in Cause}


def write_ledger(story: told.Story, path: Path) -> None:
    """Everything that happened, in the order in which it was recorded."""
    with Ledger.open(path) as ledger:
        for at, events in _entries(story):
            ledger.append(events, at)
        deeds: dict[str, Act] = {}
        for number, deed in enumerate(story.acts):
            act = _act(deed, deeds, ledger)
            deeds.setdefault(deed.id, act)
            ledger.add_acts([written_act(act)], _at(deed.at), number)


def contract_of(story: told.Story) -> Contract:
    """What the two parties agreed on."""
    agreed = story.agreement
    return Contract(
        id="town",
        terms=ContractTerms(
            zone=agreed.zone,
            target=agreed.target,
            intact_target=agreed.intact_target,
            min_coverage=agreed.min_coverage,
            basis=Basis(agreed.basis),
            blind_time=BlindTime(agreed.blind),
            service_hours=tuple((_time(start), _time(end)) for start, end in agreed.hours),
            snapshot_times=tuple(_time(minute) for minute in agreed.looks),
            maintenance_excludes=agreed.work_excludes,
            first_day=agreed.first_day,
            last_day=agreed.last_day,
        ),
        period=SettlementPeriod.QUARTER if agreed.quarter else SettlementPeriod.MONTH,
        scope=_scope(agreed.reach),
        exclusions=MappingProxyType({ExclusionCause(name): _rule(rule) for name, rule in agreed.causes.items()}),
        repair=None if agreed.repair is None else _limits(agreed.repair),
        scorecard=None if agreed.card is None else _card(agreed.card),
        deduction=None if agreed.ladder is None else _ladder(agreed.ladder),
    )


# ---------------------------------------------------------------- the record


def _entries(story: told.Story) -> list[tuple[datetime, list[Event]]]:
    """What the monitor wrote, in few transactions, because each waits for the disk.

    Transitions share one write with those before them, as they do when the disk is slow: when they were recorded is in
    no figure. The inventory and planned work have the very instant they were recorded at.
    """
    happened = [*_inventory(story), *_planned(story), *_transitions(story)]
    happened.sort(key=lambda entry: entry[0])
    first = min((at for at, _ in happened), default=story.last_entry)
    written: list[tuple[int, list[Event]]] = [(first, [Started("0.1.0", simulated=True)])]
    waiting: list[Event] = []
    for at, event in happened:
        if isinstance(event, TransitionRecorded):
            waiting.append(event)
            continue
        if waiting:
            written.append((at, waiting))
            waiting = []
        if written[-1][0] == at:
            written[-1][1].append(event)
        else:
            written.append((at, [event]))
    written.append((story.last_entry, [*waiting, Heartbeat()]))
    return [(_at(at), events) for at, events in written]


def _inventory(story: told.Story) -> list[tuple[int, Event]]:
    here: set[str] = set()
    return [(listed.at, _listed(listed, here)) for listed in story.inventory]


def _planned(story: told.Story) -> list[tuple[int, Event]]:
    return [
        (
            plan.at,
            MaintenanceCancelled(plan.work) if isinstance(plan, told.Cancelled) else MaintenancePlanned(_work(plan)),
        )
        for plan in story.plans
    ]


def _transitions(story: told.Story) -> list[tuple[int, Event]]:
    found: list[tuple[int, Event]] = []
    state: dict[str, State] = {}
    for move in story.moves:
        old, new = state.get(move.camera, State.UNKNOWN), State(move.state)
        at, decided = _at(move.at), _at(move.recorded_at)
        transition = Transition(move.camera, at, decided, old, new, CAUSE[move.cause])
        found.append((move.recorded_at, TransitionRecorded(transition)))
        state[move.camera] = new
    return found


def _listed(listed: told.Listed, here: set[str]) -> Event:
    if listed.wording is None:
        here.discard(listed.camera)
        return CameraRemoved(listed.camera)
    camera = _camera(listed.camera, listed.wording)
    if listed.camera in here:
        return CameraChanged(camera)
    here.add(listed.camera)
    return CameraAdded(camera)


def _camera(camera_id: str, wording: told.Wording) -> Camera:
    site = Site(
        wording.site, f"{wording.site}部位", SiteCategory(wording.category), wording.village, "清河镇", "清河县"
    )
    return Camera(
        camera_id,
        f"{camera_id}号",
        site,
        wording.carrier,
        f"rtsp://127.0.0.1/{camera_id}",
        uplink=wording.uplink,
        recorder=wording.recorder,
        in_contract=wording.in_contract,
        in_service_from=wording.first_day,
        in_service_to=wording.last_day,
    )


def _act(deed: told.Act, before: dict[str, Act], ledger: Ledger) -> Act:
    stamp = Stamp(deed.id, deed.under, _at(deed.made_at), Actor(Role(deed.by), deed.name))
    match deed:
        case told.Planned():
            return MaintenancePlanned(_work(deed), stamp)
        case told.Repeated():
            return MaintenanceRepeated(stamp, _repeated(deed))
        case told.Cancelled(work=work):
            return MaintenanceCancelled(work, stamp)
        case told.Proposed() | told.Decided():
            return _exclusion(deed, stamp, before)
        case told.Confirmed(camera=camera, removed_at=removed_at):
            return RemovalConfirmed(stamp, camera, _at(removed_at))
        case told.Declared(item=item, month=month, count=count, text=text):
            return ItemDeclared(stamp, item, month, count, text)
        case told.TakenBack(declaration=declaration, words=words):
            return DeclarationWithdrawn(stamp, declaration, _digest(before.get(declaration) if words else None))
        case told.Closed() | told.Corrected():
            return _closing(deed, stamp, ledger)


def _exclusion(deed: told.Proposed | told.Decided, stamp: Stamp, before: dict[str, Act]) -> Act:
    match deed:
        case told.Proposed():
            cause = ExclusionCause(deed.cause)
            return ExclusionProposed(stamp, cause, _scope(deed.reach), _at(deed.start), _at(deed.end), deed.text)
        case told.Decided(what=what, exclusion=exclusion, words=words):
            return DECISIONS[what](stamp, exclusion, _digest(before.get(exclusion) if words else None))


def _closing(deed: told.Closed | told.Corrected, stamp: Stamp, ledger: Ledger) -> Act:
    if isinstance(deed, told.Closed):
        return PeriodClosed(stamp, deed.month, ledger.heads(), "0" * 64)
    return PeriodCorrected(stamp, deed.month, deed.number, deed.text)


def _digest(act: Act | None) -> str:
    return "0" * 64 if act is None else written_act(act).digest


def _work(plan: told.Planned) -> Maintenance:
    return Maintenance(plan.id, "维护", _scope(plan.reach), _at(plan.start), _at(plan.end))


def _repeated(deed: told.Repeated) -> MaintenanceRule:
    return MaintenanceRule(
        deed.id,
        "巡检",
        _scope(deed.reach),
        every=Repeat(deed.every),
        weekdays=deed.weekdays,
        month_days=deed.month_days,
        start_time=_time(deed.start),
        end_time=_time(deed.end),
    )


def _scope(reach: told.Reach) -> Scope:
    return Scope(camera_ids=reach.cameras, villages=reach.villages, carriers=reach.carriers, recorders=reach.recorders)


# ---------------------------------------------------------------- the contract


def _rule(rule: told.Rule) -> ExclusionRule:
    return ExclusionRule(rule.accepted, rule.approval, _maybe(rule.cap), rule.cap_share)


def _limits(limits: told.Limits) -> RepairLimits:
    return RepairLimits(
        timedelta(seconds=limits.normal), _maybe(limits.major), limits.major_cameras, Together(limits.within)
    )


def _card(card: told.Card) -> Scorecard:
    items = tuple(
        ScoreItem(
            line.id,
            ItemKind(line.kind),
            points=line.points,
            steps=tuple(RateStep(below, points) for below, points in line.steps),
            over=_maybe(line.over),
            cap=line.cap,
        )
        for line in card.lines
    )
    return Scorecard(items, card.start, card.floor, card.qualified)


def _ladder(ladder: told.Ladder) -> DeductionLadder:
    steps = tuple(DeductionStep(below, share, amount) for below, share, amount in ladder.steps)
    return DeductionLadder(ladder.fee, LadderBy(ladder.by), "CNY", steps, ladder.per_point)


def _maybe(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60)


def _at(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)

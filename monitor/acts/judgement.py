"""May this be done? The rules of the contract about acts, as data: None, or the first reason against it. Pure.

``refusal`` needs nothing but the acts before: it holds for an act that comes in and again whenever the record is read.
``unfounded`` compares an act with what is known of cameras and outages when it comes in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.acts.events import (
    Acknowledged,
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
    Note,
    PeriodClosed,
    PeriodCorrected,
    RemovalConfirmed,
    ViewApproved,
    WorkOrdered,
)
from monitor.acts.form import outside_calendar
from monitor.acts.refusals import Reason, Refusal
from monitor.acts.signing import Recorded, Written
from monitor.acts.standing import Standing, Void
from monitor.acts.terms import ActTerms
from monitor.calendar import contract_spans, month_of, month_span, parse_month
from monitor.model import MICROSECOND, CameraRecord, ExclusionState, Role, Scope, Span, instant, micros
from monitor.sla import intersect, length

HOUR = timedelta(hours=1)
CLOCKS_DIFFER = timedelta(minutes=10)  # how far the clock of an office's computer may be ahead of the monitor's

EVERYBODY = frozenset(Role)
PARTIES = frozenset({Role.VENDOR, Role.OFFICE})  # only they may do what moves a figure
OFFICE = frozenset({Role.OFFICE})
MOST_DECLARED = 1_000  # by one act; more is a slip of the hand


def refusal(offered: Written, so_far: Standing, now: datetime) -> Refusal | None:
    """Why the act may not be added to what was done so far, or None."""
    return outside_calendar(offered.act) or _unfit(offered, so_far, now) or _unlawful(offered.act, so_far, now)


def standing(acts: Iterable[Recorded], terms: ActTerms) -> Standing:
    """What the acts under this contract add up to, oldest first; those under another one are left out."""
    found = Standing(terms)
    for recorded in acts:
        if recorded.stamp.contract == terms.contract:
            why = refusal(recorded, found, recorded.recorded_at)
            if why is None:
                found.admit(recorded)
            else:
                found.void.append(Void(recorded, why))
    return found


# ---------------------------------------------------------------- whose it is


def _unfit(offered: Written, so_far: Standing, now: datetime) -> Refusal | None:
    """Is it what it says it is, new, and that party's to do?"""
    stamp, terms = offered.stamp, so_far.terms
    if stamp.contract != terms.contract:
        return Refusal(Reason.OTHER_CONTRACT, stamp.contract)
    unsigned = _unsigned(offered, terms.keys.get(stamp.by.role))
    if unsigned is not None:
        return unsigned
    if stamp.id in so_far.ids:
        return Refusal(Reason.REPLAYED, stamp.id)
    if stamp.by.role not in _may(offered.act):
        return Refusal(Reason.ROLE_MAY_NOT, stamp.by.role)
    if not stamp.id or not stamp.by.name.strip():
        return Refusal(Reason.INCOMPLETE, "id" if not stamp.id else "--by")
    if stamp.made_at > now + CLOCKS_DIFFER:
        return Refusal(Reason.MADE_IN_FUTURE, _local(stamp.made_at, so_far))
    return None


def _unsigned(offered: Written, key: str | None) -> Refusal | None:
    """What is wrong with the signature; ``key`` is the one the contract names for the party."""
    signature = offered.stamp.signature
    if signature is None:
        return None if key is None else Refusal(Reason.NOT_SIGNED, offered.stamp.by.role)
    if not offered.intact:
        return Refusal(Reason.ALTERED, offered.stamp.id)
    return None if key in (None, signature.key) else Refusal(Reason.FORGED, offered.stamp.by.role)


def _may(act: Act) -> frozenset[Role]:
    match act:
        case Note() | Acknowledged() | WorkOrdered():
            return EVERYBODY
        case RemovalConfirmed() | ViewApproved() | PeriodClosed() | ItemDeclared() | DeclarationWithdrawn():
            return OFFICE
        case _:
            return PARTIES


# ---------------------------------------------------------------- what the contract says


def _unlawful(act: Act, so_far: Standing, now: datetime) -> Refusal | None:
    match act:
        case ExclusionProposed():
            return _proposal(act, so_far, now)
        case ExclusionApproved() | ExclusionRejected() | ExclusionWithdrawn():
            return _decision(act, so_far)
        case PeriodClosed(month=month):
            return _closing(month, so_far, now)
        case PeriodCorrected():
            return _correction(act, so_far)
        case ItemDeclared():
            return _declaration(act, so_far, now)
        case DeclarationWithdrawn():
            return _taking_back(act, so_far)
        case MaintenancePlanned() | MaintenanceRepeated() | MaintenanceCancelled():
            return _work(act, so_far, now)
        case Note() | Acknowledged() | WorkOrdered() | ViewApproved() | RemovalConfirmed():
            return _once(act, so_far)


def _once(act: Note | Acknowledged | WorkOrdered | ViewApproved | RemovalConfirmed, so_far: Standing) -> Refusal | None:
    """Remarks and views may be repeated; a removal is confirmed once."""
    if not isinstance(act, RemovalConfirmed):
        return None
    again = any((act.camera_id, act.removed_at) == (done.camera_id, done.removed_at) for done in so_far.removals)
    return Refusal(Reason.ALREADY_CONFIRMED, act.camera_id) if again else None


def _proposal(act: ExclusionProposed, so_far: Standing, now: datetime) -> Refusal | None:
    if act.cause not in so_far.terms.causes:
        return Refusal(Reason.CAUSE_NOT_ACCEPTED, act.cause)
    if act.end_at <= act.start_at:
        return Refusal(Reason.SPAN_EMPTY, _local(act.end_at, so_far))
    if act.end_at > now:
        return Refusal(Reason.SPAN_IN_FUTURE, _local(act.end_at, so_far))
    if not act.text.strip():
        return Refusal(Reason.INCOMPLETE, "--text")
    return _closed(so_far, act.start_at, act.end_at) or _over_cap(act, so_far)


def _over_cap(act: ExclusionProposed, so_far: Standing) -> Refusal | None:
    """Whether the span alone is longer than the cap of its cause; what others have used up, only the report knows."""
    contract = so_far.terms.agreement
    cap = contract.rule(act.cause).cap
    if cap is None:
        return None
    asked, at = Span(micros(act.start_at), micros(act.end_at)), micros(act.start_at)
    while at < asked.end:
        period = contract.settlement(*month_of(instant(at), so_far.zone))
        owed = contract_spans(period, contract.terms, so_far.zone)
        if length(intersect(owed, [asked])) > cap // MICROSECOND:
            return Refusal(Reason.CAP_EXCEEDED, f"{act.cause}: {cap / HOUR:g} h")
        at = period.end
    return None


def _decision(act: Decision, so_far: Standing) -> Refusal | None:
    history = so_far.exclusions.get(act.exclusion_id)
    if history is None:
        return Refusal(Reason.UNKNOWN_EXCLUSION, act.exclusion_id)
    exclusion = history.exclusion
    if act.proposal != history.proposal:
        return Refusal(Reason.OTHER_PROPOSAL, exclusion.id)
    own = exclusion.proposed_by.role is act.stamp.by.role
    withdrawn = isinstance(act, ExclusionWithdrawn)
    if own and not withdrawn:
        return Refusal(Reason.OWN_PROPOSAL, exclusion.id)
    if withdrawn and not own:
        return Refusal(Reason.NOT_OWN_PROPOSAL, exclusion.id)
    open_states = {ExclusionState.PROPOSED, ExclusionState.APPROVED} if withdrawn else {ExclusionState.PROPOSED}
    if exclusion.state not in open_states:
        return Refusal(Reason.ALREADY_DECIDED, exclusion.id)
    return _closed(so_far, exclusion.start_at, exclusion.end_at)


def _closing(month: str, so_far: Standing, now: datetime) -> Refusal | None:
    try:
        span = month_span(*parse_month(month), so_far.zone)
    except ValueError:
        return Refusal(Reason.NO_MONTH, month)
    if span.end > micros(now):
        return Refusal(Reason.PERIOD_NOT_OVER, month)
    return Refusal(Reason.PERIOD_CLOSED, month) if so_far.closed(month) else None


def _correction(act: PeriodCorrected, so_far: Standing) -> Refusal | None:
    if not so_far.closed(act.month):
        return Refusal(Reason.PERIOD_NOT_CLOSED, act.month)
    following = len(so_far.corrections.get(act.month, ())) + 1
    if act.number != following:
        return Refusal(Reason.WRONG_NUMBER, str(following))
    return None if act.text.strip() else Refusal(Reason.INCOMPLETE, "--text")


def _declaration(act: ItemDeclared, so_far: Standing, now: datetime) -> Refusal | None:
    if act.item not in so_far.terms.declarable:
        return Refusal(Reason.UNKNOWN_ITEM, act.item)
    try:
        begins = month_span(*parse_month(act.month), so_far.zone).start
    except ValueError:
        return Refusal(Reason.NO_MONTH, act.month)
    if begins > micros(now):
        return Refusal(Reason.MONTH_TO_COME, act.month)
    if not 1 <= act.count <= MOST_DECLARED:
        return Refusal(Reason.COUNT_OUT_OF_RANGE, str(MOST_DECLARED))
    if not act.text.strip():
        return Refusal(Reason.INCOMPLETE, "--text")
    return Refusal(Reason.PERIOD_CLOSED, act.month) if so_far.closed(act.month) else None


def _taking_back(act: DeclarationWithdrawn, so_far: Standing) -> Refusal | None:
    found = so_far.declarations.get(act.declaration_id)
    if found is None:
        return Refusal(Reason.UNKNOWN_DECLARATION, act.declaration_id)
    if act.declaration != found.digest:
        return Refusal(Reason.OTHER_PROPOSAL, act.declaration_id)
    if found.withdrawn is not None:
        return Refusal(Reason.ALREADY_WITHDRAWN, act.declaration_id)
    return Refusal(Reason.PERIOD_CLOSED, found.act.month) if so_far.closed(found.act.month) else None


def _work(
    act: MaintenancePlanned | MaintenanceRepeated | MaintenanceCancelled, so_far: Standing, now: datetime
) -> Refusal | None:
    match act:
        case MaintenancePlanned():
            return _planning(act, so_far, now)
        case MaintenanceRepeated(stamp, rule):
            whole = rule.every is not None and rule.start_time is not None and rule.end_time is not None
            whole = whole and rule.start_at is None and rule.end_at is None
            return None if whole and rule.id == stamp.id else Refusal(Reason.INCOMPLETE, "rule")
        case MaintenanceCancelled(work_id):
            return _cancelling(work_id, so_far, now)


def _planning(act: MaintenancePlanned, so_far: Standing, now: datetime) -> Refusal | None:
    work = act.maintenance
    if work.end_at <= work.start_at:
        return Refusal(Reason.SPAN_EMPTY, _local(work.end_at, so_far))
    if work.start_at < now:
        return Refusal(Reason.WORK_IN_PAST, _local(work.start_at, so_far))
    return None if act.stamp is not None and work.id == act.stamp.id else Refusal(Reason.INCOMPLETE, "id")


def _cancelling(work_id: str, so_far: Standing, now: datetime) -> Refusal | None:
    work = so_far.works.get(work_id)
    if work is None:
        return Refusal(Reason.UNKNOWN_WORK, work_id)
    over = work.rule.end_at is not None and work.rule.end_at <= now
    return Refusal(Reason.WORK_OVER, work_id) if over or work.until_at is not None else None


def _closed(so_far: Standing, start_at: datetime, end_at: datetime) -> Refusal | None:
    month = so_far.closed_month_in(start_at, end_at)
    return None if month is None else Refusal(Reason.PERIOD_CLOSED, month)


# ---------------------------------------------------------------- what is known


@dataclass(frozen=True, slots=True)
class Known:
    """What the record says about the world."""

    cameras: Mapping[str, CameraRecord]
    outages: Mapping[str, frozenset[datetime]]  # when they began, by camera
    inside: frozenset[str]  # the cameras the contract is about
    figures: Mapping[str, str]  # by the id of a closing: the digest of the figures its heads give
    figures_now: Mapping[str, str]  # by the same: the digest of those the whole record gives


def unfounded(act: Act, known: Known) -> Refusal | None:
    """What the act says about cameras and outages that is not so, or None."""
    match act:
        case ExclusionProposed(scope=scope):
            return _unknown_in(scope, known) or _outside(scope, known)
        case MaintenancePlanned(maintenance=work) | MaintenanceRepeated(rule=work):
            return _unknown_in(work.scope, known)
        case RemovalConfirmed(_, camera_id, removed_at):
            record = known.cameras.get(camera_id)
            return None if record and record.removed_at == removed_at else Refusal(Reason.NOT_REMOVED, camera_id)
        case PeriodClosed():
            return _other_figures(act, known)
        case Acknowledged(_, camera_id, outage_at) | WorkOrdered(_, camera_id, outage_at):
            return _no_outage(camera_id, outage_at, known)
        case Note(camera_id=str(camera_id), outage_at=None) | ViewApproved(camera_id=camera_id):
            return None if camera_id in known.cameras else Refusal(Reason.UNKNOWN_NAME, camera_id)
        case Note(camera_id=str(camera_id), outage_at=datetime() as outage_at):
            return _no_outage(camera_id, outage_at, known)
        case _:
            return None


def _other_figures(act: PeriodClosed, known: Known) -> Refusal | None:
    if known.figures.get(act.stamp.id) != act.figures:
        return Refusal(Reason.FIGURES_DIFFER, act.month)
    return None if known.figures_now.get(act.stamp.id) == act.figures else Refusal(Reason.FIGURES_OVERTAKEN, act.month)


def _unknown_in(scope: Scope, known: Known) -> Refusal | None:
    cameras = [record.camera for record in known.cameras.values()]
    there = (
        (scope.camera_ids, {camera.id for camera in cameras}),
        (scope.sites, {camera.site.id for camera in cameras}),
        (scope.villages, {camera.site.village for camera in cameras}),
        (scope.carriers, {camera.carrier for camera in cameras}),
        (scope.uplinks, {camera.uplink for camera in cameras}),
        (scope.towns, {camera.site.town for camera in cameras}),
        (scope.recorders, {camera.recorder for camera in cameras}),
        (scope.vendors, {camera.vendor for camera in cameras}),
    )
    unknown = sorted(name for asked, names in there for name in asked - names)
    return Refusal(Reason.UNKNOWN_NAME, unknown[0]) if unknown else None


def _outside(scope: Scope, known: Known) -> Refusal | None:
    strangers = sorted(scope.camera_ids - known.inside)
    if strangers:
        return Refusal(Reason.OUTSIDE_CONTRACT, strangers[0])
    covered = any(scope.covers(known.cameras[camera_id].camera) for camera_id in known.inside)
    return None if covered else Refusal(Reason.OUTSIDE_CONTRACT, "scope")


def _no_outage(camera_id: str, outage_at: datetime, known: Known) -> Refusal | None:
    if outage_at in known.outages.get(camera_id, frozenset()):
        return None
    return Refusal(Reason.UNKNOWN_OUTAGE, f"{camera_id}@{_utc(outage_at)}")


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%SZ}"


def _local(at: datetime, so_far: Standing) -> str:
    """As people in the contract's zone write it: they typed it so."""
    return f"{at.astimezone(so_far.zone):%Y-%m-%d %H:%M:%S}"

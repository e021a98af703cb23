"""What people write into the record: values, and the stable name of each kind.

Every act carries a ``Stamp``: who, when, under which contract, and the signature if there is one. Planned work and
notes are also written by the monitor and by older versions, without a stamp: then nobody in particular did it.

A published name or field never changes its meaning: old entries are read by every later version.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from monitor.model import Actor, ExclusionCause, Maintenance, MaintenanceRule, Scope


@dataclass(frozen=True, slots=True)
class Signature:
    """An Ed25519 signature and the public key it is to be checked with, both in base64 (of 32 and of 64 bytes)."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """What makes a deed somebody's: ``id`` is random and used once, so that no act can be told twice."""

    id: str
    contract: str  # the contract's id: an act under one is none under another
    made_at: datetime
    by: Actor
    signature: Signature | None = None


@dataclass(frozen=True, slots=True)
class ExclusionProposed:
    """Somebody asks to leave time out; the exclusion has the stamp's id."""

    stamp: Stamp
    cause: ExclusionCause
    scope: Scope
    start_at: datetime
    end_at: datetime
    text: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class ExclusionApproved:
    """The other party agrees to exactly this proposal: ``proposal`` is its digest."""

    stamp: Stamp
    exclusion_id: str
    proposal: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class ExclusionRejected:
    """The other party does not agree."""

    stamp: Stamp
    exclusion_id: str
    proposal: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class ExclusionWithdrawn:
    """The proposing party takes it back, approved or not."""

    stamp: Stamp
    exclusion_id: str
    proposal: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Somebody has taken notice of an outage and sees to it."""

    stamp: Stamp
    camera_id: str
    outage_at: datetime  # when it began
    text: str = ""


@dataclass(frozen=True, slots=True)
class WorkOrdered:
    """Repair of an outage was ordered."""

    stamp: Stamp
    camera_id: str
    outage_at: datetime
    order: str  # its number in whatever system has it
    text: str = ""


@dataclass(frozen=True, slots=True)
class RemovalConfirmed:
    """A camera that vanished from the inventory was allowed to: it is owed no more from then on."""

    stamp: Stamp
    camera_id: str
    removed_at: datetime  # when it was recorded as removed
    text: str = ""


@dataclass(frozen=True, slots=True)
class ViewApproved:
    """What the camera shows from then on is what it is meant to show: its picture is learnt anew."""

    stamp: Stamp
    camera_id: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of one vantage's chain."""

    vantage: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class PeriodClosed:
    """The month's figures are final; ``heads`` say what of the record they were made from."""

    stamp: Stamp
    month: str  # 2026-10
    heads: tuple[Head, ...]
    figures: str  # 64 hex digits: the digest of the figures


@dataclass(frozen=True, slots=True)
class PeriodCorrected:
    """A closed month is opened again, for the reason given; what moved is known when it is closed again."""

    stamp: Stamp
    month: str
    number: int  # 1, 2, 3 ... of the month
    text: str


@dataclass(frozen=True, slots=True)
class ItemDeclared:
    """The office says what no probe sees: that something the scorecard counts has happened. Its id is the stamp's."""

    stamp: Stamp
    item: str  # the id of a line of the contract's scorecard
    month: str  # 2026-10: whose settlement it belongs to
    count: int  # how often, 1 or more
    text: str


@dataclass(frozen=True, slots=True)
class DeclarationWithdrawn:
    """The office takes back what it declared: exactly that, ``declaration`` is its digest."""

    stamp: Stamp
    declaration_id: str
    declaration: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A remark by a person, about a camera or one of its outages where those are given."""

    author: str
    text: str
    stamp: Stamp | None = None
    camera_id: str | None = None
    outage_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MaintenancePlanned:
    """Planned work; the same id again replaces the earlier plan. Without a stamp it comes from the settings."""

    maintenance: Maintenance
    stamp: Stamp | None = None


@dataclass(frozen=True, slots=True)
class MaintenanceRepeated:
    """Planned work that comes back by the calendar, from the stamp's instant until it is cancelled."""

    stamp: Stamp
    rule: MaintenanceRule


@dataclass(frozen=True, slots=True)
class MaintenanceCancelled:
    """Planned work will not take place, or did not."""

    id: str
    stamp: Stamp | None = None


Act = (
    ExclusionProposed
    | ExclusionApproved
    | ExclusionRejected
    | ExclusionWithdrawn
    | Acknowledged
    | WorkOrdered
    | RemovalConfirmed
    | ViewApproved
    | PeriodClosed
    | PeriodCorrected
    | ItemDeclared
    | DeclarationWithdrawn
    | Note
    | MaintenancePlanned
    | MaintenanceRepeated
    | MaintenanceCancelled
)
Decision = ExclusionApproved | ExclusionRejected | ExclusionWithdrawn

KINDS: MappingProxyType[str, type[Act]] = MappingProxyType(
    {
        "exclusion_proposed": ExclusionProposed,
        "exclusion_approved": ExclusionApproved,
        "exclusion_rejected": ExclusionRejected,
        "exclusion_withdrawn": ExclusionWithdrawn,
        "acknowledged": Acknowledged,
        "work_ordered": WorkOrdered,
        "removal_confirmed": RemovalConfirmed,
        "view_approved": ViewApproved,
        "period_closed": PeriodClosed,
        "period_corrected": PeriodCorrected,
        "item_declared": ItemDeclared,
        "declaration_withdrawn": DeclarationWithdrawn,
        "note": Note,
        "maintenance_planned": MaintenancePlanned,
        "maintenance_repeated": MaintenanceRepeated,
        "maintenance_cancelled": MaintenanceCancelled,
    }
)
KIND_OF: MappingProxyType[type[Act], str] = MappingProxyType({act: kind for kind, act in KINDS.items()})


def subject(act: Act) -> tuple[str | None, datetime | None]:
    """The camera an act is about and the instant it speaks of."""
    match act:
        case Acknowledged(_, camera_id, at) | WorkOrdered(_, camera_id, at) | RemovalConfirmed(_, camera_id, at):
            return camera_id, at
        case Note(camera_id=camera_id, outage_at=at):
            return camera_id, at
        case ViewApproved(stamp, camera_id):
            return camera_id, stamp.made_at
        case MaintenancePlanned(maintenance):
            return None, maintenance.start_at
        case ExclusionProposed(start_at=start_at):
            return None, start_at
        case _:
            return None, None

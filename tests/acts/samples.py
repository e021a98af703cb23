"""Ready-made acts, keys and terms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from monitor.acts import (
    Act,
    ActTerms,
    ExclusionApproved,
    ExclusionProposed,
    Recorded,
    Stamp,
    Standing,
    Written,
    public_text,
    refusal,
    standing,
    written_act,
)
from monitor.model import Actor, ExclusionCause, Role, Scope

NOON = datetime(2026, 10, 20, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WANG, LI, ZHAO = Actor(Role.VENDOR, "王工"), Actor(Role.OFFICE, "李主任"), Actor(Role.OPERATOR, "赵工")
VENDOR_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OFFICE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34)))
TERMS = ActTerms("qinghe-2026")
SIGNED_TERMS = replace(
    TERMS,
    keys=MappingProxyType(
        {Role.VENDOR: public_text(VENDOR_KEY.public_key()), Role.OFFICE: public_text(OFFICE_KEY.public_key())}
    ),
)


def stamp(id_: str, by: Actor = WANG, made_at: datetime = NOON) -> Stamp:
    return Stamp(id_, TERMS.contract, made_at, by)


PROPOSED = ExclusionProposed(
    stamp("7f3a09c1d2"),
    ExclusionCause.POWER,
    Scope(camera_ids=frozenset({"c1"})),
    NOON - 8 * HOUR,
    NOON - 4 * HOUR,
    "全村停电",
    "供电所通知 17 号",
)


def approval(proposal: ExclusionProposed = PROPOSED, id_: str = "a1", by: Actor = LI) -> ExclusionApproved:
    return ExclusionApproved(stamp(id_, by), proposal.stamp.id, written_act(proposal).digest)


def recorded(act: Act | Written, at: datetime = NOON) -> Recorded:
    written = act if isinstance(act, Written) else written_act(act)
    return Recorded(written.kind, written.body, written.act, at)


def done(*acts: Act, terms: ActTerms = TERMS, at: datetime = NOON) -> Standing:
    """The standing after these acts, none of which may be void."""
    found = standing((recorded(act, at) for act in acts), terms)
    assert not found.void, found.void
    return found


def refused(act: Act | Written, *before: Act, terms: ActTerms = TERMS, now: datetime = NOON) -> str | None:
    """The reason why the act is refused after the others, and what it is about."""
    offered = act if isinstance(act, Written) else written_act(act)
    why = refusal(offered, done(*before, terms=terms), now)
    return None if why is None else f"{why.reason} {why.about}".strip()


def reasons(acts: Iterable[Recorded], terms: ActTerms) -> list[str]:
    """Why acts in the record are void."""
    return [void.refusal.reason for void in standing(acts, terms).void]

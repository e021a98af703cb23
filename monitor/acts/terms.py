"""What the contract says about acts of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from monitor.model import ContractTerms, ExclusionCause, Role

EVERY_CAUSE = frozenset(ExclusionCause)


@dataclass(frozen=True, slots=True)
class ActTerms:
    """The part of a contract by which acts are judged. Without keys, acts count unsigned."""

    contract: str  # its id
    zone: str = "Asia/Shanghai"  # IANA name; months are this zone's
    keys: Mapping[Role, str] = field(default_factory=lambda: MappingProxyType({}))  # public keys, base64 of 32 bytes
    causes: frozenset[ExclusionCause] = EVERY_CAUSE  # that are accepted at all
    approval: frozenset[ExclusionCause] = EVERY_CAUSE  # that count only after the other party approved


def act_terms(terms: ContractTerms, contract: str = "default") -> ActTerms:
    """How acts are judged under these terms of a contract."""
    return ActTerms(contract, terms.zone)

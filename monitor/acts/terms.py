"""What the contract says about acts of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from monitor.contract import Contract
from monitor.model import ExclusionCause, Role

EVERY_CAUSE = frozenset(ExclusionCause)


@dataclass(frozen=True, slots=True)
class ActTerms:
    """The part of a contract by which acts are judged. Without keys, acts count unsigned."""

    contract: str  # its id
    zone: str = "Asia/Shanghai"  # IANA name; months are this zone's
    keys: Mapping[Role, str] = field(default_factory=lambda: MappingProxyType({}))  # public keys, base64 of 32 bytes
    causes: frozenset[ExclusionCause] = EVERY_CAUSE  # that are accepted at all
    approval: frozenset[ExclusionCause] = EVERY_CAUSE  # that count only after the other party approved
    agreement: Contract = field(default_factory=Contract)  # for caps and the time they hold in, and the scorecard

    @property
    def declarable(self) -> frozenset[str]:
        """The lines of the scorecard that count what is declared, by id."""
        card = self.agreement.scorecard
        return frozenset(item.id for item in card.items if item.kind.by_declaration) if card else frozenset()


def act_terms(contract: Contract) -> ActTerms:
    """How acts under the contract are judged."""
    rules = {cause: contract.rule(cause) for cause in ExclusionCause}
    parties = {Role.VENDOR: contract.vendor.key, Role.OFFICE: contract.office.key}
    return ActTerms(
        contract.id,
        contract.terms.zone,
        MappingProxyType({role: key for role, key in parties.items() if key}),
        frozenset(cause for cause, rule in rules.items() if rule.accepted),
        frozenset(cause for cause, rule in rules.items() if rule.approval),
        contract,
    )

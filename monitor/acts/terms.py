"""What the contract says about acts of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from monitor.calendar import local_instant
from monitor.contract import Contract, SettlementPeriod
from monitor.model import ContractTerms, ExclusionCause, Role, Span

EVERY_CAUSE = frozenset(ExclusionCause)


@dataclass(frozen=True, slots=True)
class ActTerms:
    """The part of a contract by which acts are judged. Without keys, acts count unsigned."""

    contract: str  # its id
    zone: str = "Asia/Shanghai"  # IANA name; months are this zone's
    keys: Mapping[Role, str] = field(default_factory=lambda: MappingProxyType({}))  # public keys, base64 of 32 bytes
    causes: frozenset[ExclusionCause] = EVERY_CAUSE  # that are accepted at all
    approval: frozenset[ExclusionCause] = EVERY_CAUSE  # that count only after the other party approved
    caps: Mapping[ExclusionCause, timedelta] = field(default_factory=lambda: MappingProxyType({}))  # per camera
    period: SettlementPeriod = SettlementPeriod.MONTH  # in which a cap may be used up
    scheduled: ContractTerms = field(default_factory=ContractTerms)  # when cameras have to be online


def settlement_span(period: SettlementPeriod, month: tuple[int, int], zone: ZoneInfo) -> Span:
    """The calendar month or quarter that holds the month."""
    months = {SettlementPeriod.MONTH: 1, SettlementPeriod.QUARTER: 3}[period]
    first = (month[1] - 1) // months * months + 1
    following = date(month[0] + (first + months - 1) // 12, (first + months - 1) % 12 + 1, 1)
    return Span(local_instant(date(month[0], first, 1), time.min, zone), local_instant(following, time.min, zone))


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
        MappingProxyType({cause: rule.cap for cause, rule in rules.items() if rule.cap is not None}),
        contract.period,
        contract.terms,
    )

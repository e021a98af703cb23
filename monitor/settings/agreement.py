"""One contract out of one section: the settings' inline ``contract:`` or a contract file; both have the same keys."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

from monitor.contract import Contract, Party, SettlementPeriod
from monitor.model import Basis, BlindTime, ContractTerms
from monitor.parsing.scalars import (
    calendar_date,
    ed25519_key,
    identifier,
    one_of,
    plain_text,
    share,
    shown,
    suggestion,
    truth,
)
from monitor.parsing.section import Section
from monitor.parsing.times import hours, minutes, time_of_day
from monitor.settings.planned import read_scope
from monitor.settings.settlement import read_deduction, read_exclusions, read_repair, read_scorecard

USUAL = Contract()


def zone_name(text: str) -> str:
    """An IANA zone this machine knows."""
    try:
        return ZoneInfo(text).key
    except (OSError, ValueError, KeyError):  # a folder of zones, a path, an unknown name
        raise ValueError(f"{shown(text)} is not a time zone{suggestion(text, available_timezones())}") from None


def read_agreement(contract: Section, name: str, zone: str) -> Contract:
    """The contract called ``name``, in ``zone`` unless it names its own; meaningless when it left faults."""
    terms = read_terms(contract, zone)
    with contract.section("scope") as scope:
        cameras = read_scope(scope)
    vendor, office = read_parties(contract)
    repair = read_repair(contract)
    scorecard = read_scorecard(contract, repair)
    return Contract(
        id=name,
        title=contract.read("title", plain_text, USUAL.title),
        vendor=vendor,
        office=office,
        terms=terms,
        period=contract.read("period", one_of(SettlementPeriod), USUAL.period),
        scope=cameras,
        may_overlap=frozenset(contract.read_all("may_overlap", identifier, ())),
        exclusions=read_exclusions(contract),
        repair=repair,
        scorecard=scorecard,
        deduction=read_deduction(contract, scorecard),
    )


def read_terms(contract: Section, zone: str) -> ContractTerms:
    """How time is judged."""
    usual = ContractTerms()
    terms = ContractTerms(
        zone=contract.read("zone", zone_name, zone),
        target=contract.read("target", share, usual.target),
        intact_target=contract.maybe("intact_target", share),
        min_coverage=contract.read("min_coverage", share, usual.min_coverage),
        basis=contract.read("basis", one_of(Basis), usual.basis),
        blind_time=contract.read("blind_time", one_of(BlindTime), usual.blind_time),
        service_hours=contract.read_all("service_hours", hours, usual.service_hours),
        snapshot_times=contract.read_all("snapshot_times", time_of_day, usual.snapshot_times),
        maintenance_excludes=contract.read("maintenance_excludes", truth, usual.maintenance_excludes),
        first_day=contract.maybe("from", calendar_date),
        last_day=contract.maybe("to", calendar_date),
    )
    spans = [minutes(span) for span in terms.service_hours]
    if len(frozenset[int]().union(*spans)) < sum(map(len, spans)):
        contract.fault("service_hours", "two spans overlap: each minute of the day may stand in one only")
    if terms.first_day and terms.last_day and terms.last_day < terms.first_day:
        contract.fault("to", "must not be before from: it is the contract's last day")
    return terms


def read_parties(contract: Section) -> tuple[Party, Party]:
    """The vendor and the office; who holds one key cannot approve for the other side."""
    with contract.section("parties") as parties:
        vendor, office = read_party(parties, "vendor"), read_party(parties, "office")
        if vendor.key and vendor.key == office.key:
            parties.fault("office", "has the vendor's key: each party signs with a key of its own")
    return vendor, office


def read_party(parties: Section, role: str) -> Party:
    """One side."""
    with parties.section(role) as party:
        return Party(party.read("name", plain_text, ""), party.maybe("key", ed25519_key) or "")

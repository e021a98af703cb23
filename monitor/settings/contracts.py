"""The contracts of the settings: files under ``contracts:``, or the one contract written inline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from monitor.contract import Contract
from monitor.errors import WHOLE_FILE, Fault
from monitor.parsing.scalars import identifier, shown, suggestion
from monitor.parsing.section import Section, whole_file
from monitor.reading import MEGABYTE, Unreadable, read_at_most
from monitor.settings.agreement import USUAL, read_agreement

LARGEST_FILE = MEGABYTE


def read_contracts(top: Section, below: Callable[[str], Path], zone: str) -> tuple[Contract, ...]:
    """At least one contract; the first is the default one. Faults of a file are dated by its own lines."""
    paths = top.read_all("contracts", below, ())
    with top.section("contract") as inline:
        name = inline.read("id", identifier, USUAL.id)
        written = read_agreement(inline, name, zone)
        if not paths and written.may_overlap:
            inline.fault("may_overlap", "is about other contracts, and there is none: list files under contracts")
    if not paths:
        return (written,)
    if top.wrote("contract"):
        top.fault("contract", "cannot stand beside contracts: write it as a file and list it there")
    found = [contract for path in paths if (contract := read_file(path, zone, top.faults)) is not None]
    check_names(top, found)
    return tuple(found)


def read_file(path: Path, zone: str, faults: list[Fault]) -> Contract | None:
    """One contract file; ``None`` after a fault that leaves no contract."""
    file = str(path)
    try:
        content = read_at_most(path, LARGEST_FILE)
    except Unreadable as unreadable:
        faults.append(Fault(file, 0, WHOLE_FILE, str(unreadable)))
        return None
    section = whole_file(content, file, faults)
    if section is None:
        return None
    with section as contract:
        name = contract.need("id", identifier)
        if not contract.wrote("title"):
            contract.fault("title", "is missing: reports of several contracts are told apart by it")
        read = read_agreement(contract, name or "", zone)
    return None if name is None else replace(read, file=file, file_sha256=sha256(content).hexdigest())


def check_names(top: Section, contracts: list[Contract]) -> None:
    """Each contract has an id of its own, and speaks of others by theirs."""
    names = [contract.id for contract in contracts]
    for name in sorted({name for name in names if names.count(name) > 1}):
        top.fault("contracts", f"two files have the id {shown(name)}: each contract has one of its own")
    for contract in contracts[1:]:
        if contract.terms.zone != contracts[0].terms.zone:
            both = f"{contracts[0].id} is in {contracts[0].terms.zone}, {contract.id} in {contract.terms.zone}"
            top.fault("contracts", f"{both}: one monitor has one calendar, watch the other town with another one")
    for contract in contracts:
        for other in sorted(contract.may_overlap - (set(names) - {contract.id})):
            hint = suggestion(other, set(names) - {contract.id})
            top.fault("contracts", f"{contract.id} may overlap {shown(other)}, which is no other contract{hint}")

"""Devices that answered in a network, beside the inventory: which are known already, and a row for each other one.

It proposes and never writes an inventory: what a device cannot know (its village, its carrier) is left empty, so that
the check of the inventory names it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address
from typing import Final

from monitor.inventory.columns import Column
from monitor.inventory.entries import Entry, Extra, column_named, heading, language_of
from monitor.inventory.foreign import Table
from monitor.language import Language
from monitor.onvif.addresses import DEVICE_PATH, Service
from monitor.onvif.discovery import mac_of

PROPOSED: Final[tuple[Column | Extra, ...]] = (
    *(Column.CAMERA_ID, Column.NAME, Column.SITE, Column.CATEGORY, Column.VILLAGE, Column.TOWN, Column.COUNTY),
    *(Column.CARRIER, Column.UPLINK, Column.URL, Column.CREDENTIALS, Column.VENDOR, Column.MODEL, Column.ONVIF),
    *(Extra.MAC, Extra.SERIAL, Extra.REMARK),
)


@dataclass(frozen=True, slots=True)
class Found:
    """One device that answered; "" where it did not say."""

    host: str
    service: Service
    name: str = ""
    vendor: str = ""
    model: str = ""
    mac: str = ""  # twelve hexadecimal digits in lower case
    serial: str = ""
    url: str = ""  # of its smallest usable stream
    credentials: str = ""  # the account that told it
    remark: str = ""  # why none is told

    @property
    def onvif(self) -> str:
        """Its device service as an inventory writes it, the shortest way."""
        plain = not self.service.tls and self.service.path == DEVICE_PATH
        return self.service.authority if plain else self.service.url


class KnownBy(StrEnum):
    """What a device is known by, the surest first."""

    ADDRESS = "address"
    MAC = "mac"
    SERIAL = "serial"


@dataclass(frozen=True, slots=True)
class Known:
    """A device of the inventory that answered."""

    found: Found
    entry: Entry  # the first one of this device
    by: KnownBy

    @property
    def moved(self) -> bool:
        """Whether it answers from another address than the inventory has."""
        return self.found.host not in self.entry.hosts


def known_of(found: Sequence[Found], entries: Iterable[Entry]) -> tuple[Known, ...]:
    """Those of the inventory, in their order."""
    index: dict[tuple[KnownBy, str], Entry] = {}
    for entry in entries:
        keys = [(KnownBy.ADDRESS, host) for host in entry.hosts]
        keys.append((KnownBy.MAC, mac_of(entry.extras.get(Extra.MAC, ""))))
        keys.append((KnownBy.SERIAL, entry.extras.get(Extra.SERIAL, "").lower()))
        for key in keys:
            index.setdefault(key, entry)
    known = []
    for device in found:
        own = (KnownBy.ADDRESS, device.host), (KnownBy.MAC, device.mac), (KnownBy.SERIAL, device.serial.lower())
        for by, value in own:
            if value and (by, value) in index:
                known.append(Known(device, index[by, value], by))
                break
    return tuple(known)


@dataclass(frozen=True, slots=True)
class Form:
    """The columns of a table, by their headings; None: a column that says nothing to us and stays empty."""

    columns: tuple[tuple[str, Column | Extra | None], ...]


def usual_form(language: Language) -> Form:
    """Where there is no table to follow."""
    return Form(tuple((heading(column, language), column) for column in PROPOSED))


def form_of(inventory: Table) -> Form:
    """The inventory's own columns, headings and order, so that rows can be put below it as they are.

    What it has no column for stands at the end, in the language of its headings.
    """
    own = [
        (text.strip(), column_named(name)) for text, name in zip(inventory.heading.cells, inventory.names, strict=True)
    ]
    while own and not own[-1][0]:
        own.pop()
    there, language = {column for _, column in own}, language_of(inventory)
    return Form((*own, *((heading(column, language), column) for column in PROPOSED if column not in there)))


def rows_of(found: Iterable[Found], taken: Collection[str], village: str, form: Form) -> Iterator[list[str]]:
    """A table of that form, its heading first, by ascending address; ``taken`` are ids in use."""
    yield [text for text, _ in form.columns]
    used = set(taken)
    for device in sorted(found, key=lambda device: (IPv4Address(device.host), device.service.port)):
        cells: dict[Column | Extra, str] = {
            Column.CAMERA_ID: _free(f"cam-{device.host.replace('.', '-')}", used),
            Column.NAME: f"{device.name or device.model or device.vendor} {device.host}".strip(),
            Column.VILLAGE: village,
            Column.URL: device.url,
            Column.CREDENTIALS: device.credentials,
            Column.VENDOR: device.vendor,
            Column.MODEL: device.model,
            Column.ONVIF: device.onvif,
            Extra.MAC: ":".join(device.mac[at : at + 2] for at in range(0, len(device.mac), 2)),
            Extra.SERIAL: device.serial,
            Extra.REMARK: device.remark,
        }
        yield ["" if column is None else cells.get(column, "") for _, column in form.columns]


def _free(name: str, used: set[str]) -> str:
    number, free = 1, name
    while free in used:
        number += 1
        free = f"{name}-{number}"
    used.add(free)
    return free

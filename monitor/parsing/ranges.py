"""Ranges of IPv4 addresses as people write them, and which of them are a network of one's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Final

from monitor.parsing.scalars import shown

# What nobody routes over the Internet (RFC 1918, 6598, 1122, 3927) or only stands in examples (RFC 5737, 2544).
# Carriers hang village cameras on 100.64.0.0/10.
_LOCAL: Final = tuple(
    IPv4Network(network)
    for network in (
        *("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"),
        *("192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
    )
)
_LOWEST, _HIGHEST = int(IPv4Address("1.0.0.0")), int(IPv4Address("223.255.255.255"))  # a host's own address


@dataclass(frozen=True, slots=True)
class AddressRange:
    """From the first to the last address, both included."""

    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1

    def __iter__(self) -> Iterator[str]:
        return (str(IPv4Address(number)) for number in range(self.first, self.last + 1))

    @property
    def ends(self) -> tuple[IPv4Address, IPv4Address]:
        """The first and the last address."""
        return IPv4Address(self.first), IPv4Address(self.last)

    @property
    def local(self) -> bool:
        """Whether all of it lies in one network that nobody routes over the Internet."""
        return any(all(end in network for end in self.ends) for network in _LOCAL)


def is_local(address: str) -> bool:
    """Whether an IPv4 address lies in a network that nobody routes over the Internet."""
    number = int(IPv4Address(address))
    return AddressRange(number, number).local


def address_range(text: str) -> AddressRange:
    """``192.0.2.7``, ``192.0.2.0/24`` (its hosts), ``192.0.2.10-192.0.2.20`` or ``192.0.2.10-20``."""
    try:
        found = _read(text.strip())
    except ValueError:
        what = "write 192.0.2.7, 192.0.2.0/24 or 192.0.2.10-192.0.2.20"
        raise ValueError(f"{shown(text)} is no range of IPv4 addresses: {what}") from None
    if found.last < found.first:
        raise ValueError(f"{shown(text)} ends before it begins")
    if found.first < _LOWEST or found.last > _HIGHEST:
        raise ValueError(f"{shown(text)} has addresses that are no host's (below 1.0.0.0 or above 223.255.255.255)")
    return found


def _read(text: str) -> AddressRange:
    if "/" in text:
        network = IPv4Network(text, strict=False)
        first, last = int(network.network_address), int(network.broadcast_address)
        whole = network.prefixlen >= 31  # RFC 3021: both are hosts
        return AddressRange(first, last) if whole else AddressRange(first + 1, last - 1)
    begin, dash, end = (part.strip() for part in text.partition("-"))
    if not dash:
        end = begin
    elif end.isdecimal():
        end = f"{begin.rpartition('.')[0]}.{end}"
    return AddressRange(int(IPv4Address(begin)), int(IPv4Address(end)))


def addresses_of(ranges: Sequence[AddressRange]) -> tuple[str, ...]:
    """Each address once, in the order of the ranges."""
    return tuple(dict.fromkeys(address for each in ranges for address in each))

"""Ranges of addresses as people write them."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.parsing.ranges import AddressRange, address_range, addresses_of, is_local


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("192.0.2.7", ["192.0.2.7"]),
        ("192.0.2.8/30", ["192.0.2.9", "192.0.2.10"]),
        ("192.0.2.8/31", ["192.0.2.8", "192.0.2.9"]),
        ("192.0.2.7/32", ["192.0.2.7"]),
        ("192.0.2.254 - 192.0.3.1", ["192.0.2.254", "192.0.2.255", "192.0.3.0", "192.0.3.1"]),
        ("192.0.2.10-12", ["192.0.2.10", "192.0.2.11", "192.0.2.12"]),
    ],
)
def test_a_range_is_read_in_every_way_people_write_it(text: str, addresses: list[str]) -> None:
    assert list(address_range(text)) == addresses
    assert len(address_range(text)) == len(addresses)


@pytest.mark.parametrize("text", ["", "192.0.2", "192.0.2.0/33", "a-b", "192.0.2.1-", "fe80::/64", "192.0.2.300"])
def test_what_is_no_range_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match=r"write 192\.0\.2\.7"):
        address_range(text)


@pytest.mark.parametrize("text", ["224.0.0.0/4", "0.0.0.0/0", "255.255.255.255", "192.0.2.9-192.0.2.8"])
def test_addresses_that_are_no_host_s_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no host's|ends before"):
        address_range(text)


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("10.0.0.0/8", True),
        ("100.64.0.0/10", True),  # carriers' own networks
        ("100.128.0.1", False),
        ("172.16.0.0/12", True),
        ("172.31.255.255-172.32.0.0", False),
        ("9.255.255.255-10.0.0.1", False),
        ("10.0.0.1-192.168.0.1", False),  # both ends are local, what lies between is not
        ("8.8.8.8", False),
        ("127.0.0.0/8", True),
    ],
)
def test_a_range_is_local_only_if_all_of_it_is(text: str, local: bool) -> None:
    assert address_range(text).local is local


@given(st.integers(int(IPv4Address("1.0.0.0")), int(IPv4Address("223.255.255.0"))), st.integers(0, 255))
def test_a_range_is_local_exactly_if_each_of_its_addresses_is(first: int, more: int) -> None:
    found = AddressRange(first, first + more)
    assert found.local == all(is_local(address) for address in found)


def test_an_address_of_two_ranges_is_asked_once() -> None:
    assert addresses_of([address_range("192.0.2.1-3"), address_range("192.0.2.2-4")]) == tuple(
        f"192.0.2.{last}" for last in range(1, 5)
    )

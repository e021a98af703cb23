"""One value out of one text. Every function raises ``ValueError`` whose text says what is wrong and what to write."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from monitor.model import EchoAddress, ProbeAddress, TcpAddress

Amount = TypeVar("Amount", int, float, timedelta, Fraction, Decimal)
Choice = TypeVar("Choice", bound=StrEnum)

LONGEST_TEXT = 200
LONGEST_SHOWN = 40
IDENTIFIER = re.compile(r"[A-Za-z0-9._-]{1,64}")
HOST = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*\.?")
FOUR_NUMBERS = re.compile(r"[0-9]{1,63}(?:\.[0-9]{1,63}){3}")  # as an IPv4 address is written
IPV6 = re.compile(r"[0-9A-Fa-f:.]{2,45}")
ED25519 = re.compile(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")  # base64 of 32 bytes: the last sign carries four bits
YEARS = range(1970, 2200)
UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
SIZES = {"B": 1, "kB": 1000, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000}
BIT_RATES = {"kbit": 1000, "Mbit": 1_000_000, "Gbit": 1_000_000_000}
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # Unicode categories of characters that are not seen
YES = frozenset({"true", "yes", "on", "是"})
NO = frozenset({"false", "no", "off", "否"})


def shown(text: str) -> str:
    """The text in quotes, shortened, for a message. Never for a value that may be a secret; what has an @ is hidden."""
    if "@" in text:
        return "what is written"
    return f"'{printable(text)}'"


def printable(text: str) -> str:
    """The text fit for a line on a terminal: shortened, and ``?`` for what would not be seen."""
    short = text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
    return "".join(char if char.isprintable() else "?" for char in short)


def suggestion(word: str, known: Iterable[str]) -> str:
    """``; did you mean X?`` when a known name is near; else the known names while they are few, or nothing."""
    names = sorted(filter(None, known))  # where a column is empty, "" is no name anybody could write
    lower = {name.lower(): name for name in names}
    near = get_close_matches(word.lower(), lower, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {lower[near[0]]}?"
    return f"; known: {', '.join(names)}" if 0 < len(names) <= 20 else ""


def invisible(text: str) -> str | None:
    """The first character nobody sees (control, zero width, line break), as ``U+0007``; ``None`` if there is none."""
    return next((f"U+{ord(char):04X}" for char in text if unicodedata.category(char) in INVISIBLE), None)


def plain_text(text: str) -> str:
    """One line of visible text."""
    stripped = text.strip()
    if not stripped:
        raise ValueError("is empty")
    if len(stripped) > LONGEST_TEXT:
        raise ValueError(f"is longer than {LONGEST_TEXT} characters")
    if character := invisible(stripped):
        raise ValueError(f"has the control character {character}: delete it")
    return stripped


def identifier(text: str) -> str:
    """A name fit for a label; a 20-digit national code (GB/T 28181) is one."""
    if not IDENTIFIER.fullmatch(text):
        raise ValueError(f"{shown(text)} is not an id: 1 to 64 of A-Z a-z 0-9 . _ -")
    return text


def whole_number(text: str) -> int:
    """Digits, no sign."""
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise ValueError(f"{shown(text)} is not a whole number")
    return int(text)


def truth(text: str) -> bool:
    """``true`` or ``false``, and what people write for it."""
    word = text.lower()
    if word not in YES | NO:
        raise ValueError(f"{shown(text)} is neither true nor false")
    return word in YES


def share(text: str) -> Fraction:
    """An exact share of a whole, more than 0 and at most 1; a percentage is refused with the share to write."""
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,9})?)\s*([%％]?)", text)
    if not match:
        raise ValueError(f"{shown(text)} is not a number: write a share such as 0.95")
    value = Fraction(match[1])
    if match[2] or 1 < value <= 100:
        raise ValueError(f"{shown(text)} looks like a percentage: write {float(value / 100):.10g}")
    if not 0 < value <= 1:
        raise ValueError(f"{shown(text)} must be more than 0 and at most 1")
    return value


def hundredths(text: str) -> Decimal:
    """An exact amount of money or points, no sign, at most two decimals."""
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,2})?", text):
        raise ValueError(f"{shown(text)} is not an amount: write digits with at most two decimals, such as 30000.00")
    return Decimal(text)


def ed25519_key(text: str) -> str:
    """A public key: base64 of its 32 bytes, with or without ``ed25519:`` in front; comes back without."""
    key = text.removeprefix("ed25519:")
    if not ED25519.fullmatch(key):
        raise ValueError("is not an Ed25519 public key: write its 32 bytes in base64, 44 characters ending in =")
    return key


def fraction_of_one(text: str) -> float:
    """A plain decimal number; its range is the caller's."""
    if not re.fullmatch(r"\d{1,6}(\.\d{1,9})?", text):
        raise ValueError(f"{shown(text)} is not a number such as 0.05")
    return float(text)


def duration(text: str) -> timedelta:
    """``250ms``, ``10s``, ``3m``, ``2h``, ``1d``."""
    match = re.fullmatch(r"(\d{1,7}(?:\.\d{1,6})?)\s*(ms|s|m|h|d)?", text)
    if not match:
        raise ValueError(f"{shown(text)} is not a duration: write a number and ms, s, m, h or d, such as 10s")
    number, unit = match.groups()
    if unit is None:
        raise ValueError(f"{shown(text)} has no unit: write {number}s for seconds, or use ms, m, h or d")
    return timedelta(milliseconds=1) * float(Fraction(number) * UNITS[unit])


def size(text: str) -> int:
    """``8MB`` in bytes; 1 MB is 1,000,000 bytes."""
    match = re.fullmatch(r"(\d{1,9})\s*(B|kB|KB|MB|GB)?", text)
    if not match:
        raise ValueError(f"{shown(text)} is not a size: write a number and kB or MB, such as 8MB")
    number, unit = match.groups()
    if unit is None:
        raise ValueError(f"{shown(text)} has no unit: write {number}B for bytes, or use kB or MB")
    return int(number) * SIZES[unit]


def bit_rate(text: str) -> int:
    """``20Mbit`` a second, in bit/s; 1 Mbit is 1,000,000 bits."""
    match = re.fullmatch(r"(\d{1,9})\s*(kbit|Mbit|Gbit)?(?:/s)?", text)
    if not match:
        raise ValueError(f"{shown(text)} is not a bandwidth: write a number and kbit, Mbit or Gbit, such as 20Mbit")
    number, unit = match.groups()
    if unit is None:
        raise ValueError(f"{shown(text)} has no unit: write {number}Mbit for Mbit/s, or use kbit or Gbit")
    return int(number) * BIT_RATES[unit]


def within(parse: Callable[[str], Amount], low: str, high: str) -> Callable[[str], Amount]:
    """The same reader, bounded on both sides; the bounds are written as a person would write them."""

    def bounded(text: str) -> Amount:
        value = parse(text)
        if not parse(low) <= value <= parse(high):
            raise ValueError(f"{shown(text)} must be from {low} to {high}")
        return value

    return bounded


def one_of(kind: type[Choice]) -> Callable[[str], Choice]:
    """A reader of an enum's values."""

    def chosen(text: str) -> Choice:
        values = [member.value for member in kind]
        if text not in values:
            raise ValueError(f"{shown(text)} is none of {', '.join(values)}{near_only(text, values)}")
        return kind(text)

    return chosen


def near_only(word: str, known: Iterable[str]) -> str:
    """``suggestion`` without the list of all names, where the message already has it."""
    hint = suggestion(word, known)
    return hint if hint.startswith("; did") else ""


def calendar_date(text: str) -> date:
    """``2026-01-31``, ``2026/1/31`` or ``2026年1月31日``."""
    match = re.fullmatch(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[ T]0?0:00(?::00)?)?", text)
    match = match or re.fullmatch(r"(\d{4})(年)(\d{1,2})月(\d{1,2})日", text)
    try:
        found = date(int(match[1]), int(match[3]), int(match[4])) if match else None
    except ValueError:
        found = None
    if found is None:
        raise ValueError(f"{shown(text)} is not a date: write it as 2026-01-31")
    if found.year not in YEARS:
        raise ValueError(f"{shown(text)} is not in {YEARS[0]} to {YEARS[-1]}: leave it out if no day is meant")
    return found


def address(text: str, *, lowest_port: int = 1) -> tuple[str, int]:
    """``host:port``; an IPv6 address stands in brackets, ``[::1]:9105``, and comes back without them."""
    name, colon, digits = text.rpartition(":")
    if not colon or not name or "@" in text:
        raise ValueError(f"{shown(text)} is not an address: write host:port, such as 192.0.2.1:80")
    host(name)
    return name.strip("[]"), port(digits, lowest_port=lowest_port)


def probe_address(text: str) -> ProbeAddress:
    """``host:port`` for a TCP connection, or ``icmp:host`` for an ICMP echo."""
    kind, colon, name = text.partition(":")
    if colon and kind == "icmp":
        if name.isdigit():
            raise ValueError(f"{shown(text)} asks no host for an echo: write icmp:host, such as icmp:192.0.2.1")
        return EchoAddress(host(name).strip("[]"))
    if not colon or "@" in text:
        raise ValueError(
            f"{shown(text)} is not a probe address: write host:port for a TCP connection, such as 192.0.2.1:80, "
            "or icmp:host for an ICMP echo"
        )
    return TcpAddress(*address(text))


def host(text: str) -> str:
    """A host name, an IPv4 address, or an IPv6 address in brackets."""
    bracketed = text.startswith("[") and text.endswith("]") and IPV6.fullmatch(text[1:-1])
    numbers = text.split(".") if FOUR_NUMBERS.fullmatch(text) else ()
    if not bracketed and (not HOST.fullmatch(text) or any(int(number) > 255 for number in numbers)):
        raise ValueError(f"{shown(text)} is neither a host name nor an IP address")
    return text


def port(text: str, *, lowest_port: int = 1) -> int:
    """A TCP port."""
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and lowest_port <= int(text) <= 65535):
        raise ValueError(f"{shown(text)} is not a port: {lowest_port} to 65535")
    return int(text)


def moment(text: str) -> datetime:
    """``2026-12-01 08:00`` with or without seconds and offset; without an offset the result is naive local time."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?", text):
        raise ValueError(f"{shown(text)} is not a date and time: write it as 2026-12-01 08:00")
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{shown(text)} is not on the calendar") from None
    if found.year not in YEARS:
        raise ValueError(f"{shown(text)} is not in {YEARS[0]} to {YEARS[-1]}")
    return found

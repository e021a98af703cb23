"""Bad habits of ONVIF devices as they are met in the field, by name: what a command line can switch on."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from monitor.simulator.onvif_device import OnvifDevice, Wants

ATTEMPTS = 2  # wrong passwords until a device that locks is locked
SKEW = timedelta(hours=1)

_DECLARED = re.compile(rb' xmlns:(?!s=)\w+="[^"]*"')


class Habit(StrEnum):
    """What is odd about a device; a device of any habit still knows its password and its stream."""

    NONE = "none"
    SKEWED_CLOCK = "skewed_clock"  # an hour ahead, and it takes a token at its own time only
    DIGEST_ONLY = "digest_only"  # it wants HTTP Digest and passes over tokens
    LOCKS_OUT = "locks_out"  # after two wrong passwords it takes none
    BROKEN_XML = "broken_xml"  # prefixes nobody declared, and what lies in its memory behind the end
    NO_XML = "no_xml"  # a page for people, whatever it is asked


def with_habit(device: OnvifDevice, habit: Habit) -> OnvifDevice:
    """The same device with that habit."""
    match habit:
        case Habit.NONE:
            return device
        case Habit.SKEWED_CLOCK:
            return replace(device, wants=Wants.TOKEN, skew=SKEW)
        case Habit.DIGEST_ONLY:
            return replace(device, wants=Wants.MD5, page=True)
        case Habit.LOCKS_OUT:
            return replace(device, wants=Wants.TOKEN, locks_after=ATTEMPTS)
        case Habit.BROKEN_XML:
            return replace(device, mangle=_break)
        case Habit.NO_XML:
            return replace(device, mangle=_page)


def _break(answer: bytes) -> bytes:
    head, _, body = answer.partition(b"\r\n\r\n")
    broken = _DECLARED.sub(b"", body).replace(b"<s:Body>", b"\n<s:Body>") + b"\0\xff\xfe<trt:Prof"
    return re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % len(broken), head) + b"\r\n\r\n" + broken


def _page(_answer: bytes) -> bytes:
    page = b"<html><body>Welcome</body></html>"
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (len(page), page)

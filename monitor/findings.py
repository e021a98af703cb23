"""What a device told in a round, beside what is known of it: which findings appear, which go, what is known then.

A finding says that something about the device is not as it was or should be, though its picture may be good. It never
changes a camera's state. Decides when one appears and when it goes, so that each does once; pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.model import MICROSECOND, Camera, DeviceFinding, FindingKind, Identity, OpenFinding

# ONVIF tells whole seconds: a clock that hovers about the limit would come and go with every round.
_CLOCK_IS_GOOD = 4, 5  # of the limit

# These are about the stream of one camera; of a device that has several nobody can say whose stream it names.
OF_THE_STREAM = frozenset({FindingKind.STREAM_CHANGED, FindingKind.NO_SUB_STREAM})


@dataclass(frozen=True, slots=True)
class Known:
    """What a camera's device is taken to be."""

    identity: Identity | None = None  # None: never told
    stream: str = ""  # path and query of its main stream, without secrets; "" = never told


@dataclass(frozen=True, slots=True)
class Told:
    """What a round told about one camera; what it did not tell changes nothing."""

    clock_offset: timedelta | None = None
    identity: Identity | None = None
    stream: str = ""
    smaller: bool | None = None  # whether there is a stream smaller than the main one


@dataclass(frozen=True, slots=True)
class Limits:
    """What is allowed."""

    clock_drift: timedelta = timedelta(seconds=5)  # either way
    settles_after: timedelta = timedelta(days=7)  # a change that lasts so long is what is known from then on


@dataclass(frozen=True, slots=True)
class Judgement:
    """What follows from a round."""

    known: Known
    gone: tuple[FindingKind, ...] = ()  # before the others appear
    appeared: tuple[DeviceFinding, ...] = ()


Standing = Mapping[FindingKind, OpenFinding]


def judged(known: Known, standing: Standing, told: Told, limits: Limits, now: datetime) -> Judgement:
    """What the round says; ``standing`` are the camera's findings that last."""
    wanted = {
        **_clock(standing, told, limits),
        **_plate(known, told),
        **_stream(known, told),
        **_sub_stream(told),
    }
    settled = {
        kind
        for kind, finding in wanted.items()
        if finding is not None and kind in standing and standing[kind].finding == finding
        if kind in _CHANGES and now - standing[kind].since_at >= limits.settles_after
    }
    gone = tuple(
        kind for kind in standing if kind in wanted and (kind in settled or wanted[kind] != standing[kind].finding)
    )
    appeared = tuple(
        finding
        for kind, finding in wanted.items()
        if finding is not None and (kind not in standing or (kind in gone and kind not in settled))
    )
    return Judgement(_learnt(known, told, settled), gone, appeared)


_CHANGES = frozenset({FindingKind.DEVICE_SWAPPED, FindingKind.FIRMWARE_CHANGED, FindingKind.STREAM_CHANGED})
_Wanted = dict[FindingKind, DeviceFinding | None]  # what is to stand from now on; what it does not name stays as it is


def _clock(standing: Standing, told: Told, limits: Limits) -> _Wanted:
    if told.clock_offset is None:
        return {}
    kind, off = FindingKind.CLOCK_DRIFT, abs(told.clock_offset)
    before = standing.get(kind)
    if before is None and off > limits.clock_drift:
        offset_us, limit_us = told.clock_offset // MICROSECOND, limits.clock_drift // MICROSECOND
        return {kind: DeviceFinding(kind, offset_us=offset_us, limit_us=limit_us)}
    good, of = _CLOCK_IS_GOOD
    if before is not None and of * off <= good * limits.clock_drift:
        return {kind: None}
    return {}  # the numbers of a finding are those with which it appeared


def _plate(known: Known, told: Told) -> _Wanted:
    if told.identity is None or known.identity is None:
        return {}
    before, after = known.identity, told.identity
    wanted: _Wanted = {FindingKind.DEVICE_SWAPPED: None, FindingKind.FIRMWARE_CHANGED: None}
    if _another(before, after):
        kind = FindingKind.DEVICE_SWAPPED
        wanted[kind] = DeviceFinding(kind, _written(before), _written(after))
    elif _differ(before.firmware, after.firmware):
        kind = FindingKind.FIRMWARE_CHANGED
        wanted[kind] = DeviceFinding(kind, before.firmware, after.firmware)
    return wanted


def _another(before: Identity, after: Identity) -> bool:
    return (
        _differ(before.serial, after.serial) or _differ(before.model, after.model) or _differ(before.maker, after.maker)
    )


def _differ(before: str, after: str) -> bool:
    """Whether both say something, and not the same: devices leave out now and then what they told before."""
    return bool(before and after) and before != after


def _written(identity: Identity) -> str:
    return " ".join(filter(None, (identity.maker, identity.model, identity.serial)))


def _stream(known: Known, told: Told) -> _Wanted:
    kind = FindingKind.STREAM_CHANGED
    if not told.stream or not known.stream:
        return {}
    return {kind: DeviceFinding(kind, known.stream, told.stream) if told.stream != known.stream else None}


def _sub_stream(told: Told) -> _Wanted:
    kind = FindingKind.NO_SUB_STREAM
    if told.smaller is None:
        return {}
    return {kind: None if told.smaller else DeviceFinding(kind)}


def _learnt(known: Known, told: Told, settled: set[FindingKind]) -> Known:
    """What was told for the first time, and what has lasted long enough."""
    if told.identity is not None and (
        known.identity is None or settled & {FindingKind.DEVICE_SWAPPED, FindingKind.FIRMWARE_CHANGED}
    ):
        known = replace(known, identity=told.identity)
    if told.stream and (not known.stream or FindingKind.STREAM_CHANGED in settled):
        known = replace(known, stream=told.stream)
    return known


def same_device(before: Camera, after: Camera) -> bool:
    """Whether a new wording of a camera in the inventory still speaks of the same device.

    Where it does not, somebody has written down that it was changed: what it tells next is what is known of it.
    """
    return (before.url, before.onvif, before.vendor, before.model) == (
        after.url,
        after.onvif,
        after.vendor,
        after.model,
    )

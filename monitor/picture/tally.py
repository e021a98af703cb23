"""From findings of single key frames to what holds: several bad ones over minutes, and several good ones to end it.

Key frames come every half minute when something is doubted, every ten minutes else: so counts alone would be a matter
of seconds for a person who presses a button, and time alone a matter of two frames.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from monitor.model import SECOND_US, Cause, Finding, FindingState

from .findings import weight
from .memory import Tally

# How many bad key frames make a fault: few where chance hardly makes one, more where weather and traffic do.
# No gross fault may need more than a lost view: what is dark, bright or striped has lost its outlines as well.
NEEDED: Mapping[Cause, int] = MappingProxyType(
    {
        Cause.PICTURE_BLACK: 2,
        Cause.PICTURE_SINGLE_COLOUR: 2,
        Cause.PICTURE_FROZEN: 1,  # has counted by itself
        Cause.PICTURE_CORRUPT: 3,
        Cause.PICTURE_DARK: 3,
        Cause.PICTURE_BRIGHT: 3,
        Cause.PICTURE_NOISY: 3,
        Cause.PICTURE_STRIPED: 3,
        Cause.PICTURE_MOVED: 3,
        Cause.PICTURE_COVERED: 3,
        Cause.PICTURE_BLURRED: 5,
        Cause.PICTURE_VEILED: 4,
        Cause.PICTURE_CAST: 6,
    }
)
_CAUSES = {cause.value: cause for cause in NEEDED}
APART = 25 * SECOND_US  # and no faster than this between two of them, on the mean
WITHIN = 90 * 60 * SECOND_US  # nor slower: bad key frames here and there in a night of rain are chance
CLEARED = 3  # good key frames in a row end it
FORGIVEN = 1  # good key frame among the bad ones, before it is a fault

# A lost view is one thing with two names; which of them is said is settled when it begins.
_SLOTS: tuple[tuple[Cause, ...], ...] = tuple(
    (cause,) if cause is not Cause.PICTURE_MOVED else (Cause.PICTURE_MOVED, Cause.PICTURE_COVERED)
    for cause in NEEDED
    if cause is not Cause.PICTURE_COVERED
)


def tallied(tallies: Sequence[Tally], findings: Sequence[Finding], at_us: int) -> tuple[Tally, ...]:
    """The tallies with one more key frame; an empty sequence is that of a new camera."""
    faulty = {finding.cause for finding in findings if finding.faulty}
    before = tallies or (Tally(),) * len(_SLOTS)
    return tuple(
        _counted(tally, [finding for finding in findings if finding.cause in slot], at_us)
        if tally.bad or (faulty and not faulty.isdisjoint(slot))
        else tally
        for slot, tally in zip(_SLOTS, before, strict=True)
    )


def active(tallies: Sequence[Tally]) -> tuple[Cause, ...]:
    """What holds, the most telling first."""
    return tuple(_CAUSES[tally.active] for tally in tallies if tally.active)


def _counted(tally: Tally, findings: Sequence[Finding], at_us: int) -> Tally:
    worst = max(findings, key=weight, default=None)
    if worst is None or worst.state in (FindingState.LEARNING, FindingState.CANNOT_JUDGE):
        return tally
    if worst.faulty:
        goes_on = tally.active or (tally.bad and at_us - tally.from_us <= tally.bad * WITHIN)
        bad, from_us = (tally.bad + 1, tally.from_us) if goes_on else (1, at_us)
        enough = bad >= NEEDED[worst.cause] and at_us - from_us >= (NEEDED[worst.cause] - 1) * APART
        return Tally(bad, 0, from_us, tally.active or (worst.cause.value if enough else ""))
    if worst.state is FindingState.WARNING:
        return tally
    good = tally.good + 1
    over = good >= CLEARED if tally.active else good > FORGIVEN
    return Tally() if over else Tally(tally.bad, good, tally.from_us, tally.active)

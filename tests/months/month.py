"""One month of the oracle: who owes what, what was taken out, the painted canvas, and what was down when."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

import numpy as np

from tests.months.acts import Plea, Work
from tests.months.counts import DEGRADED, DOWN, EXCLUDED, UNOBSERVED, UP, US, Counts, Film, Plain, Repairs, total
from tests.months.story import Wording
from tests.months.wall import DAY, Mask
from tests.months.world import Span, World, covers, first_of_next

WEEK = 7 * DAY


@dataclass
class Taken:
    """One exclusion and one camera: of the seconds from ``start`` on, which count."""

    plea: Plea
    start: int
    counts: Mask
    cuts: dict[str, int]

    def within(self, start: int, end: int) -> int:
        """How many count in that span."""
        return int(np.count_nonzero(self.counts[max(0, start - self.start) : max(0, end - self.start)]))

    def paint(self, film: Film | Mask, start: int, value: int) -> None:
        """Onto a film that begins at ``start``."""
        a, b = max(self.start, start), min(self.start + len(self.counts), start + len(film))
        if a < b:
            film[a - start : b - start][self.counts[a - self.start : b - self.start]] = value


@dataclass
class Fault:
    """From the first second down until the camera is seen online."""

    down: list[Span]
    repaired: int | None = None

    @property
    def start(self) -> int:
        return self.down[0][0]


class Month:
    """One calendar month as its report sees it: the inventory as it was when the month ended."""

    def __init__(self, world: World, month: tuple[int, int]) -> None:
        self.world, self.agreed, self.month = world, world.agreed, month
        self.start, self.end = world.month(month)
        self.settle = world.settlement(month)
        self.past = max(self.start, min(self.end, world.story.now))
        self.known = min(self.past, world.story.last_entry)
        self.words: dict[str, Wording] = {}
        self.added: dict[str, int] = {}
        self.removed: dict[str, int | None] = {}
        for change in world.changes:
            if change.at < self.end:
                self.added.setdefault(change.camera, change.at)
                self.removed[change.camera] = change.at if change.after is None else None
                if change.after is not None:
                    self.words[change.camera] = change.after
        self._owed: dict[tuple[str, Span], Mask] = {}
        self._runs: dict[str, list[tuple[int, int, int]]] = {}
        self._granted: dict[Span, dict[str, list[Taken]]] = {}

    # ------------------------------------------------------------ who owes what

    @cached_property
    def in_scope(self) -> list[str]:
        return [camera for camera in sorted(self.words) if covers(self.agreed.reach, camera, self.words[camera])]

    @cached_property
    def settled_with(self) -> list[str]:
        """The cameras the contract is about."""
        return [camera for camera in self.in_scope if self.words[camera].in_contract]

    def owed(self, camera: str, span: Span) -> Mask:
        """Whether the camera has to be online, for every second of the span."""
        if (camera, span) not in self._owed:
            self._owed[camera, span] = self.on_duty(camera, self.world.service, span)
        return self._owed[camera, span]

    def on_duty(self, camera: str, seconds: Mask, span: Span) -> Mask:
        """Those seconds of the span within its days of service and outside the time it was allowed to be gone."""
        world, words, first = self.world, self.words[camera], span[0]
        mask = seconds[first - world.first : span[1] - world.first].copy()
        start = self.added[camera] if words.first_day is None else world.wall.reached(words.first_day)
        mask[: max(0, start - first)] = False
        if words.last_day is not None:
            mask[max(0, world.wall.reached(words.last_day + timedelta(days=1)) - first) :] = False
        for gone in world.acts.removals:
            if gone.camera == camera:
                back = [
                    change.at
                    for change in world.changes
                    if change.camera == camera and change.before is None and change.at > gone.removed_at
                ]
                mask[max(0, gone.removed_at - first) : max(0, min(back, default=world.last) - first)] = False
        return mask

    def owes(self, camera: str, span: Span) -> bool:
        """Whether anything is owed of the camera in the span."""
        return bool(self.owed(camera, span).any())

    @cached_property
    def cameras(self) -> list[str]:
        """In the contract, and something is owed of them this month."""
        return [camera for camera in self.settled_with if self.owes(camera, (self.start, self.end))]

    # ------------------------------------------------------------ what was taken out

    def works(self, camera: str) -> list[Work]:
        """Planned work that covers the camera."""
        return [work for work in self.world.acts.works if covers(work.reach, camera, self.words[camera])]

    def granted(self, settle: Span) -> dict[str, list[Taken]]:
        """By camera, each exclusion that touches what it owes in that settlement period."""
        if settle not in self._granted:
            self._granted[settle] = {camera: self._taken(camera, settle) for camera in self.settled_with}
        return self._granted[settle]

    def _taken(self, camera: str, settle: Span) -> list[Taken]:
        pleas = [plea for plea in self.world.acts.pleas if covers(plea.reach, camera, self.words[camera])]
        pleas = [plea for plea in pleas if plea.start < settle[1] and plea.end > settle[0]]
        if not pleas:
            return []
        first, owed = settle[0], self.owed(camera, settle)
        whole = int(np.count_nonzero(owed))
        planned: Mask = np.zeros(len(owed), dtype=np.bool_)
        for start, end in self._planned(camera):
            planned[max(0, start - first) : max(0, end - first)] = True
        gone: Mask = np.zeros(len(owed), dtype=np.bool_)
        spent: dict[str, int] = defaultdict(int)
        found = []
        for plea in sorted(pleas, key=lambda plea: plea.start):
            span = slice(max(0, plea.start - first), max(0, plea.end - first))
            asked = owed[span]
            if not asked.any():
                continue
            cuts = {plea.objection or "": int(np.count_nonzero(asked))}
            counts = np.zeros(len(asked), dtype=np.bool_)
            if plea.objection is None:
                unplanned = asked & ~planned[span]
                fresh = unplanned & ~gone[span]
                counts = self._under_cap(plea, fresh, spent[plea.cause], whole)
                gone[span] |= counts
                spent[plea.cause] += int(np.count_nonzero(counts))
                stages = [int(np.count_nonzero(stage)) for stage in (asked, unplanned, fresh, counts)]
                why = ("planned_work", "earlier_exclusion", "over_cap")
                cuts = dict(zip(why, (before - after for before, after in pairwise(stages)), strict=True))
            found.append(Taken(plea, span.start + first, counts, {why: cut for why, cut in cuts.items() if cut}))
        return found

    def _under_cap(self, plea: Plea, fresh: Mask, spent: int, whole: int) -> Mask:
        """Its first seconds, as many as are left under the caps of its cause."""
        caps = [] if plea.rule.cap is None else [plea.rule.cap]
        if plea.rule.cap_share is not None:
            share = plea.rule.cap_share * whole
            assert share.denominator == 1, "the story must keep shares of owed time to whole seconds"
            caps.append(int(share))
        kept = fresh.copy()
        if caps and int(np.count_nonzero(fresh)) > min(caps) - spent:
            first_over = np.flatnonzero(fresh)[max(0, min(caps) - spent)]
            kept[first_over:] = False
        return kept

    # ------------------------------------------------------------ painting

    def canvas(self, camera: str, span: Span) -> Film:
        """The kind of every second of the span, also of those that are to come: nobody has watched them yet."""
        film = self._believed(camera, span)
        for start, end in self._planned(camera):
            film[max(0, start - span[0]) : max(0, end - span[0])] = EXCLUDED
        for taken in self.granted(self.settle).get(camera, ()):
            taken.paint(film, span[0], EXCLUDED)
        film *= self.owed(camera, span).view(np.int8)
        return film

    def bare(self, camera: str) -> Film:
        """The month's canvas before anybody took anything out."""
        span = self.start, self.end
        film = self._believed(camera, span)
        film *= self.owed(camera, span).view(np.int8)
        return film

    def _believed(self, camera: str, span: Span) -> Film:
        first = self.world.first
        film = self.world.film(camera)[span[0] - first : span[1] - first].copy()
        film[max(0, self.known - span[0]) :] = UNOBSERVED
        return film

    def _planned(self, camera: str) -> list[Span]:
        return [(work.start, work.end) for work in self.works(camera)] if self.agreed.work_excludes else []

    @cached_property
    def films(self) -> dict[str, Film]:
        return {camera: self.canvas(camera, (self.start, self.end)) for camera in self.cameras}

    @cached_property
    def days(self) -> dict[str, list[Counts]]:
        """Each camera's five kinds, local day by local day, as far as the month has passed."""
        day, borders = date(*self.month, 1), [self.start]
        while day < first_of_next(self.month):
            day += timedelta(days=1)
            borders.append(self.world.wall.reached(day))
        spans = [(min(a, self.past) - self.start, min(b, self.past) - self.start) for a, b in pairwise(borders)]
        return {camera: [Counts.of(film[a:b]) for a, b in spans] for camera, film in self.films.items()}

    @cached_property
    def sums(self) -> dict[str, Counts]:
        """Each camera's five kinds in what of the month has passed."""
        return {camera: total(days) for camera, days in self.days.items()}

    @cached_property
    def looks(self) -> dict[str, Counts]:
        """What the month's inspections find."""
        seconds = self.inspections(self.start)
        return {camera: Counts.of(film[seconds]) for camera, film in self.films.items()}

    def inspections(self, start: int) -> list[int]:
        """When there were any since ``start`` and until now, in seconds from ``start``."""
        wall = self.world.wall
        seconds = {wall.reached(day, look) for day in self.world.days(start, self.end) for look in self.agreed.looks}
        return [second - start for second in sorted(seconds) if start <= second < self.past]

    # ------------------------------------------------------------ down

    def runs(self, camera: str) -> list[tuple[int, int, int]]:
        """What was believed of the camera as far as the report knows: start, end, state."""
        if camera not in self._runs:
            self._runs[camera] = self._find_runs(camera)
        return self._runs[camera]

    def _find_runs(self, camera: str) -> list[tuple[int, int, int]]:
        first = self.world.first
        film = self.world.film(camera)[: max(0, self.known - first)]
        if not len(film):
            return []
        edges = [0, *(np.flatnonzero(film[1:] != film[:-1]) + 1).tolist(), len(film)]
        return [(a + first, b + first, int(film[a])) for a, b in pairwise(edges)]

    def faults(self, camera: str) -> list[Fault]:
        """Down until it is seen online; what lies between nobody watched."""
        found: list[Fault] = []
        open_now = False
        for start, end, state in self.runs(camera):
            if state == DOWN and open_now:
                found[-1].down.append((start, end))
            elif state == DOWN:
                found.append(Fault([(start, end)]))
                open_now = True
            elif state in (UP, DEGRADED) and open_now:
                found[-1].repaired = start
                open_now = False
        return found

    @cached_property
    def outages(self) -> dict[str, list[Plain]]:
        """By camera, its time down without a break, as far as it touches what is owed in the month."""
        return {camera: self._outages(camera) for camera in self.cameras}

    def _outages(self, camera: str) -> list[Plain]:
        film, found = self.films[camera], []
        moves = self.world.courses[camera]
        for start, end, state in self.runs(camera):
            if state != DOWN:
                continue
            part = film[max(0, start - self.start) : max(0, end - self.start)]
            scheduled, excluded = int(np.count_nonzero(part)), int(np.count_nonzero(part == EXCLUDED))
            if not scheduled:
                continue
            within = [move for move in moves if start <= move.at < end and move.state == "down"]
            lasting = [
                move for move, after in pairwise([*within, None]) if move and (after is None or after.at > move.at)
            ]
            found.append(
                {
                    "camera": camera,
                    "start": start * US,
                    "end": None if end == self.known else end * US,
                    "causes": list(dict.fromkeys(move.cause for move in lasting)),
                    "scheduled_us": scheduled * US,
                    "excluded_us": excluded * US,
                    "counted_us": (scheduled - excluded) * US,
                }
            )
        return found

    @cached_property
    def repairs(self) -> dict[str, Repairs]:
        """By camera, how often it broke and how long repairs took."""
        return {camera: self._repairs(camera) for camera in self.cameras}

    def _repairs(self, camera: str) -> Repairs:
        film = self.films[camera]
        those = [fault for fault in self.faults(camera) if any(self._counts_down(film, span) for span in fault.down)]
        repaired = [fault for fault in those if fault.repaired is not None and fault.repaired >= self.start]
        return Repairs(
            sum(fault.start >= self.start for fault in those),
            sum(
                before.repaired is not None and fault.start - before.repaired <= WEEK
                for before, fault in pairwise(those)
            ),
            len(repaired),
            sum(self._down_seconds(camera, fault) for fault in repaired),
            sum(fault.repaired is None for fault in those),
            self.sums[camera].up + self.sums[camera].degraded,
        )

    def _counts_down(self, film: Film, span: Span) -> bool:
        a, b = max(0, span[0] - self.start), max(0, span[1] - self.start)
        return bool((film[a:b] == DOWN).any())

    def _down_seconds(self, camera: str, fault: Fault) -> int:
        """From its first second, even before the month, around the clock, without what people took out."""
        start, end = fault.down[0][0], fault.down[-1][1]
        left: Mask = np.zeros(end - start, dtype=np.bool_)
        for a, b in fault.down:
            left[a - start : b - start] = True
        for a, b in self._planned(camera):
            left[max(0, a - start) : max(0, b - start)] = False
        for settle in self.world.settlements():
            if settle[1] > start and settle[0] < end:
                for taken in self.granted(settle).get(camera, ()):
                    taken.paint(left, start, 0)
        return int(np.count_nonzero(left))

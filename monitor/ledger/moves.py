"""What the cameras did, read from the monitor's own chain: by camera for figures, in their order for incidents.

Of a camera that was not online when a period began, everything since it last was is read, so that an outage has its
first second.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, groupby, islice, takewhile
from operator import itemgetter
from typing import Any, Final, TypeVar

from monitor.ledger import queries
from monitor.ledger.opening import text_of
from monitor.ledger.rows import Rows
from monitor.ledger.steps import Misread, Move, step, steps, transition
from monitor.ledger.steps import told as told_transition
from monitor.model import Span, State, Step, Transition, instant

Said = TypeVar("Said")
TOGETHER: Final = 1000  # transitions that are read together
ALL_IDS: Final = ("", chr(0x10FFFF))


@dataclass(frozen=True, slots=True)
class Moves:
    """The transitions in one vantage's chain."""

    rows: Rows
    vantage: str

    def transitions(self, period: Span) -> Iterator[Transition]:
        """Those of a period by camera, then in the order they were written."""
        return chain.from_iterable(made for _, made in self._by_camera(period, _transitions, ALL_IDS))

    def courses(self, period: Span, ids: tuple[str, str] = ALL_IDS) -> Iterator[tuple[str, list[Step]]]:
        """The same as steps, by camera, of those whose ids lie between these two."""
        return self._by_camera(period, steps, ids)

    def past_courses(self, period: Span) -> Iterator[tuple[str, list[Step]]]:
        """The same without causes, and of what was before the period its last step alone."""
        rows = self.rows.found(queries.STEPS_OF_PERIOD, self.vantage, start=period.start, end=period.end)
        with closing(rows):
            for camera_id, of_camera in groupby(rows, key=itemgetter(0)):
                yield camera_id, [self._past_step(at, number, seq) for _, at, number, seq in of_camera]

    def down_before(self, period: Span) -> int:
        """The first instant at which a camera was down that was not online when the period began; else its start."""
        bounds: dict[str, str | int] = {"start": period.start, "first_id": ALL_IDS[0], "last_id": ALL_IDS[1]}
        found = [period.start]
        with self._misread_is_broken():
            for move in self.rows.found(queries.MOVES_BEFORE, self.vantage, **bounds):
                if not step(move).state.online:
                    made = map(step, [move, *self._back_to_online(move)])
                    found += [said.at for said in made if said.state is State.DOWN]
        return min(found)

    def told(self, first: int, end: int) -> Iterator[tuple[datetime, Transition]]:
        """Those of the entries from ``first`` up to before ``end``, after what was so before, by number."""
        with self._misread_is_broken():
            before: list[tuple[Any, ...]] = []
            for last in self.rows.found(queries.TOLD_BEFORE, self.vantage, first=first):
                before.append(last)
                if not step(last[:4]).state.online:
                    earlier = {"camera_id": text_of(last[0]), "before_seq": last[2]}
                    with closing(self.rows.found(queries.TOLD_BACKWARDS, self.vantage, **earlier)) as rows:
                        before += takewhile(lambda row: not step(row[:4]).state.online, rows)
            before.sort(key=itemgetter(2))
            for row in chain(before, self.rows.found(queries.TOLD_WITHIN, self.vantage, first=first, end=end)):
                yield instant(row[4]), told_transition(row[:4])

    def _by_camera(
        self, period: Span, read: Callable[[Sequence[Move]], Iterable[Said]], ids: tuple[str, str]
    ) -> Iterator[tuple[str, list[Said]]]:
        with self._misread_is_broken():
            for camera_id, said in sorted(self._said(period, read, ids).items()):
                yield text_of(camera_id), said

    def _said(
        self, period: Span, read: Callable[[Sequence[Move]], Iterable[Said]], ids: tuple[str, str]
    ) -> dict[bytes, list[Said]]:
        found: dict[bytes, list[Said]] = defaultdict(list)
        bounds: dict[str, str | int] = {"start": period.start, "end": period.end, "first_id": ids[0], "last_id": ids[1]}
        for move in self.rows.found(queries.MOVES_BEFORE, self.vantage, **bounds):
            found[move[0]] = [*read([*([] if step(move).state.online else reversed(self._back_to_online(move))), move])]
        within = self.rows.found(queries.MOVES_WITHIN, self.vantage, **bounds)
        while moves := [*islice(within, TOGETHER)]:
            for move, said in zip(moves, read(moves), strict=True):
                found[move[0]].append(said)
        return found

    def _back_to_online(self, last: Move) -> list[Move]:
        """The camera's transitions before this one, latest first, down to the one after which it was offline."""
        camera_id, _, seq, _ = last
        rows = self.rows.found(queries.MOVES_BACKWARDS, self.vantage, camera_id=text_of(camera_id), before_seq=seq)
        with closing(rows):
            return list(takewhile(lambda move: not step(move).state.online, rows))

    def _past_step(self, at: int, number: int, seq: int) -> Step:
        if number < 0:
            raise self.rows.unreadable(self.vantage, seq, "its new state is none of ours")
        return Step(at, queries.STATES[number], seq)

    @contextmanager
    def _misread_is_broken(self) -> Iterator[None]:
        try:
            yield
        except Misread as error:
            raise self.rows.unreadable(self.vantage, error.seq, str(error)) from error


def _transitions(moves: Iterable[Move]) -> Iterator[Transition]:
    return map(transition, moves)

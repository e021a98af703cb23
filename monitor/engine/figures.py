"""The running sums of one camera's time: this month and since its record began.

Only settled time is added: time before which no later transition can be dated and which is durable in the ledger.
So the sums never shrink, not even over a restart, and equal what a replay of the ledger gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.calendar import contract_spans, month_of, month_span
from monitor.model import SECOND_US, ContractTerms, Seconds, Span, State, Transition, instant, micros
from monitor.sla import account, length, merge, subtract

DAY_US = 24 * 3600 * SECOND_US


class MonthCalendar:
    """The contract's months and service hours, each computed once and shared by all cameras."""

    def __init__(self, terms: ContractTerms) -> None:
        self.terms = terms
        self.zone = ZoneInfo(terms.zone)
        self._scheduled: dict[Span, list[Span]] = {}

    def month_at(self, us: int) -> Span:
        """The calendar month that holds the instant."""
        for month in self._scheduled:
            if month.start <= us < month.end:
                return month
        month = month_span(*month_of(instant(us), self.zone), self.zone)
        self._scheduled[month] = contract_spans(month, self.terms, self.zone)
        return month

    def scheduled(self, month: Span) -> list[Span]:
        """The contract's time of a month that ``month_at`` gave."""
        return self._scheduled[month]


class Figures:
    """Sums of one camera, which is owed watching while ``in_service``."""

    def __init__(self, calendar: MonthCalendar, in_service: Span, transitions: Sequence[Transition]) -> None:
        self._calendar = calendar
        self.in_service = in_service
        self._changes = [(micros(transition.at), transition.new) for transition in transitions]
        self._excluded: list[Span] = []
        self._settled = in_service.start
        self._month_span = calendar.month_at(self._settled)
        self._lifetime = Seconds()
        self._month = Seconds()

    def note(self, transition: Transition) -> None:
        """A published transition; never dated before what is settled."""
        self._changes.append((micros(transition.at), transition.new))

    def last_day(self, month: Span) -> Seconds:
        """The last 24 settled hours, as far as they lie in the running month."""
        if self._month_span != month:
            return Seconds()
        return self._sum_of(Span(max(self._settled - DAY_US, month.start), self._settled))

    def remaining(self, month: Span) -> int:
        """Microseconds of the running month still to be counted: scheduled and not planned to be excluded."""
        rest = Span(max(self._settled, month.start), month.end)
        scheduled = clipped(self._calendar.scheduled(month), rest, self.in_service)
        return length(subtract(scheduled, self._excluded))

    def exclude(self, spans: Iterable[Span]) -> None:
        """The camera's maintenance spans; the present month is summed again if they are others than before."""
        excluded = merge(spans)
        if excluded != self._excluded:
            self._excluded = excluded
            self._month = self._sum_of(Span(self._month_span.start, self._settled))

    def month(self, month: Span) -> Seconds:
        """What is settled of the running month; nothing while the month before is still being settled."""
        return self._month if self._month_span == month else Seconds()

    def lifetime(self) -> Seconds:
        """What is settled since the record began; only ever grows, whatever is excluded afterwards."""
        return self._lifetime

    def settle(self, until_at: datetime) -> None:
        """Add the time up to ``until_at``, month by month; instants before what is settled change nothing."""
        until = micros(until_at)
        while self._settled < until:
            if self._settled >= self._month_span.end:
                self._month = Seconds()
                self._month_span = self._calendar.month_at(self._settled)
                self._forget_before(self._settled)
            upto = min(until, self._month_span.end)
            settled = self._sum_of(Span(self._settled, upto))
            self._month += settled
            self._lifetime += settled
            self._settled = upto

    def _sum_of(self, span: Span) -> Seconds:
        states = self._states(span)
        scheduled = clipped(self._calendar.scheduled(self._month_span), span, self.in_service)
        return account(states, scheduled, self._excluded)

    def _states(self, span: Span) -> list[tuple[Span, State]]:
        """Which state held when within the span; UNKNOWN before the first change."""
        states: list[tuple[Span, State]] = []
        state, since = State.UNKNOWN, span.start
        for at, new in self._changes:
            if at >= span.end:
                break
            if at > since:
                states.append((Span(since, at), state))
                since = at
            state = new
        states.append((Span(since, span.end), state))
        return states

    def _forget_before(self, us: int) -> None:
        """Keep only the change that holds at the instant, and those after it."""
        held = sum(1 for at, _ in self._changes if at <= us) - 1
        if held > 0:
            del self._changes[:held]


def clipped(spans: Sequence[Span], *windows: Span) -> list[Span]:
    """The parts of the spans that lie inside every window."""
    start = max(window.start for window in windows)
    end = min(window.end for window in windows)
    return [Span(max(s, start), min(e, end)) for s, e in spans if max(s, start) < min(e, end)]

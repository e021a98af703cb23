"""The running sums of one camera's time: this month and since its record began.

Only settled time is added: time before which no later transition can be dated and which is durable in the ledger.
So the sums never shrink, not even over a restart, and equal what a replay of the ledger gives. Only the month's follow
what people agree on afterwards, because the report does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.calendar import DAY_US, contract_spans, month_of, month_span
from monitor.model import ContractTerms, Seconds, Span, State, Transition, instant, micros
from monitor.sla import account, length, merge, subtract


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
        self._planned: list[Span] = []
        self._excluded: list[Span] = []  # that and what people took out afterwards: of the month, never of the counters
        self._absent: list[Span] = []
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
        return self._month_sum(Span(max(self._settled - DAY_US, month.start), self._settled))

    def owed(self, month: Span) -> int:
        """Microseconds of the whole running month that count, passed or not: scheduled and not excluded."""
        scheduled = subtract(clipped(self._calendar.scheduled(month), month, self.in_service), self._absent)
        return length(subtract(scheduled, self._excluded))

    def due(self, us: int) -> bool:
        """Whether the camera is owed watching at that instant."""
        return self.in_service.start <= us < self.in_service.end and not any(
            start <= us < end for start, end in self._absent
        )

    def lay(self, planned: Iterable[Span], granted: Iterable[Span] = (), absent: Iterable[Span] = ()) -> None:
        """What lies over the record: planned work, exclusions that count, and when the camera was allowed to be gone.

        The present month is summed again if that is other than before. The counters only know planned work: what
        people agree on afterwards must not make them shrink.
        """
        self._planned = merge(planned)
        laid = merge([*self._planned, *granted]), merge(absent)
        if laid != (self._excluded, self._absent):
            self._excluded, self._absent = laid
            self._month = self._month_sum(Span(self._month_span.start, self._settled))

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
            span, self._settled = Span(self._settled, upto), upto
            settled = self._sum(span, self._planned, ())
            agreed = self._absent or self._excluded != self._planned
            self._month += self._month_sum(span) if agreed else settled
            self._lifetime += settled

    def _month_sum(self, span: Span) -> Seconds:
        return self._sum(span, self._excluded, self._absent)

    def _sum(self, span: Span, excluded: Sequence[Span], absent: Sequence[Span]) -> Seconds:
        scheduled = clipped(self._calendar.scheduled(self._month_span), span, self.in_service)
        return account(self._states(span), subtract(scheduled, absent), excluded)

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

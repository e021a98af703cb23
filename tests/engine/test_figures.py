"""Running sums equal what the ledger's transitions give when they are added up afterwards, however they are settled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.calendar import FOREVER, service_spans
from monitor.engine.figures import Figures, MonthCalendar, clipped
from monitor.model import Cause, ContractTerms, Seconds, Span, State, Transition, instant, micros
from monitor.outages import state_spans
from monitor.sla import account

BEGIN = datetime(2026, 10, 30, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
STATES = st.sampled_from(State)
OCTOBER = MonthCalendar(ContractTerms()).month_at(micros(BEGIN))


def transition(hours: float, new: State) -> Transition:
    at = BEGIN + timedelta(hours=hours)
    return Transition("A", at, at, State.UNKNOWN, new, Cause.OK)


def afterwards(changes: list[Transition], until: datetime, excluded: list[Span], since: datetime = BEGIN) -> Seconds:
    """The same sum in one go, from the rules the report uses."""
    period = Span(micros(since), micros(until))
    terms = ContractTerms()
    calendar = MonthCalendar(terms)
    return account(state_spans(changes, period), service_spans(period, terms.service_hours, calendar.zone), excluded)


@settings(deadline=None)
@given(
    moves=st.lists(st.tuples(st.floats(0, 60), STATES), max_size=8),
    cuts=st.lists(st.floats(0, 70), max_size=6),
    works=st.lists(st.tuples(st.floats(0, 60), st.floats(0.1, 20)), max_size=3),
)
def test_settling_in_pieces_over_a_month_end_equals_one_sum(
    moves: list[tuple[float, State]], cuts: list[float], works: list[tuple[float, float]]
) -> None:
    changes = [transition(hours, new) for hours, new in sorted(moves, key=lambda move: move[0])]
    excluded = [Span(micros(BEGIN + start * HOUR), micros(BEGIN + (start + long) * HOUR)) for start, long in works]
    figures = Figures(MonthCalendar(ContractTerms()), Span(micros(BEGIN), FOREVER), [])
    figures.lay(excluded)
    waiting = list(changes)
    for cut in [*sorted(cuts), 70.0]:
        until = BEGIN + cut * HOUR
        while waiting and waiting[0].at <= until:
            figures.note(waiting.pop(0))
        figures.settle(until)
    end = BEGIN + 70 * HOUR
    assert figures.lifetime() == afterwards(changes, end, excluded)
    november = MonthCalendar(ContractTerms()).month_at(micros(end))
    assert figures.month(november) == afterwards(changes, end, excluded, since=instant(november.start))


def test_a_restart_gives_the_same_sums_from_the_history() -> None:
    changes = [transition(1, State.UP), transition(20, State.DOWN), transition(22, State.UP)]
    live = Figures(MonthCalendar(ContractTerms()), Span(micros(BEGIN), FOREVER), [])
    for change in changes:
        live.note(change)
    live.settle(BEGIN + 30 * HOUR)
    restored = Figures(MonthCalendar(ContractTerms()), Span(micros(BEGIN), FOREVER), changes)
    restored.settle(BEGIN + 30 * HOUR)
    assert (live.month(OCTOBER), live.lifetime()) == (restored.month(OCTOBER), restored.lifetime())


def test_work_announced_afterwards_changes_the_month_and_not_the_counter() -> None:
    figures = Figures(MonthCalendar(ContractTerms()), Span(micros(BEGIN), FOREVER), [transition(0, State.DOWN)])
    figures.settle(BEGIN + 10 * HOUR)
    figures.lay([Span(micros(BEGIN), micros(BEGIN + 4 * HOUR))])
    assert figures.month(OCTOBER).excluded == 4 * HOUR / timedelta(microseconds=1)
    assert figures.lifetime().excluded == 0


def test_what_people_agree_on_changes_the_month_and_never_a_counter() -> None:
    figures = Figures(MonthCalendar(ContractTerms()), Span(micros(BEGIN), FOREVER), [transition(0, State.DOWN)])
    agreed, absent = (Span(micros(BEGIN), micros(BEGIN + 2 * HOUR)), Span(micros(BEGIN + 8 * HOUR), FOREVER))
    figures.lay((), [agreed], [absent])
    figures.settle(BEGIN + 10 * HOUR)
    hour = HOUR / timedelta(microseconds=1)
    assert figures.month(OCTOBER) == Seconds(down=int(6 * hour), excluded=int(2 * hour))
    assert figures.lifetime() == Seconds(down=int(10 * hour))
    assert figures.owed(OCTOBER) == 6 * hour
    assert [figures.due(micros(BEGIN + hours * HOUR)) for hours in (-1, 0, 7, 8, 9)] == [
        False,
        True,
        True,
        False,
        False,
    ]
    figures.lay(())
    assert figures.month(OCTOBER) == figures.lifetime()


def test_the_forecast_knows_the_last_day_and_what_is_left() -> None:
    figures = Figures(MonthCalendar(ContractTerms()), Span(micros(BEGIN), FOREVER), [transition(0, State.UP)])
    figures.settle(BEGIN + 5 * HOUR)
    assert figures.last_day(OCTOBER).up == 5 * HOUR / timedelta(microseconds=1)
    assert figures.owed(OCTOBER) - figures.month(OCTOBER).up == OCTOBER.end - micros(BEGIN + 5 * HOUR)


def test_a_month_whose_first_seconds_are_not_settled_yet_shows_nothing_of_the_month_before() -> None:
    calendar = MonthCalendar(ContractTerms())
    figures = Figures(calendar, Span(micros(BEGIN), FOREVER), [transition(0, State.UP)])
    figures.settle(instant(OCTOBER.end - 5_000_000))
    november = calendar.month_at(OCTOBER.end)
    assert figures.month(november) == figures.last_day(november) == Seconds()
    assert figures.owed(november) == november.end - november.start
    figures.settle(instant(OCTOBER.end + 5_000_000))
    assert figures.month(november).up == 5_000_000


def test_a_camera_that_comes_into_service_next_month_owes_nothing_this_month() -> None:
    calendar = MonthCalendar(ContractTerms())
    calendar.month_at(micros(BEGIN))
    figures = Figures(calendar, Span(OCTOBER.end + 1, FOREVER), [])
    assert figures.owed(OCTOBER) == 0


def test_clipping_keeps_what_lies_in_every_window() -> None:
    assert clipped([Span(0, 10), Span(20, 30)], Span(5, 25), Span(0, 22)) == [Span(5, 10), Span(20, 22)]

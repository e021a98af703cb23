"""Alerts that Alertmanager holds no more have ended; those it misses for a while have not."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.notify import Held
from monitor.parsing.scalars import duration
from monitor.relay.ends import BREAK, HANDED_OVER, SLOW, Ends, patience
from tests.incidents.town import BEGINNING
from tests.test_alert_timing import prometheus
from tests.test_prometheus_rules import alerts, groups

MINUTE = timedelta(minutes=1)
RESENT = MINUTE  # Prometheus hands over again what fires: its flag rules.alert.resend-delay
USUAL = patience("SharpEyesX/f1")
# Minutes later; whether it is held, and whether it is called for before; which watchdog it is; can nothing be known?
LOOKS = st.lists(
    st.tuples(
        st.integers(1, 8),
        st.sampled_from([False] * 9 + [True]),
        st.sampled_from([False] * 9 + [True]),
        st.sampled_from(["one"] * 19 + ["two"]),
        st.sampled_from([False] * 19 + [True]),
    ),
    max_size=40,
)


def held(*fingerprints: str, since: str = "one") -> Held:
    return Held(frozenset(fingerprints), since)


def look(ends: Ends, open_: Collection[str], found: Held, now: datetime) -> dict[str, datetime]:
    return ends.over(open_, found, (now - BEGINNING).total_seconds(), now)


@given(LOOKS)
def test_an_alert_has_ended_once_it_was_away_at_every_look_of_an_unbroken_quarter_of_an_hour(
    looks: list[tuple[int, bool, bool, str, bool]],
) -> None:
    ends, now, away_since, watchdog = Ends(), BEGINNING, None, ""
    for minutes, there, called, its_watchdog, dim in looks:
        now += timedelta(minutes=minutes)
        if called:
            ends.fire(["SharpEyesX/f1"])
        broken = called or minutes * MINUTE > BREAK or its_watchdog != watchdog
        watchdog = its_watchdog
        away_since = None if there or dim else now if broken or away_since is None else away_since
        found = held("f2", *(["f1"] if there else []), since=its_watchdog)
        ended = look(ends, [*([] if dim else ["SharpEyesX/f1"]), "SharpEyesX/f2"], found, now)
        if away_since is not None and now - away_since >= USUAL:
            assert ended == {"SharpEyesX/f1": away_since}
        else:
            assert ended == {}


def test_what_is_closed_meanwhile_is_forgotten() -> None:
    ends, now = Ends(), BEGINNING
    for open_ in (["a/f"], ["a/f"], [], ["a/f"], ["a/f"], ["a/f"]):
        assert look(ends, open_, held(), now) == {}
        now += USUAL / 3
    assert look(ends, ["a/f"], held(), now) == {"a/f": now - USUAL}


def test_a_wall_clock_that_jumps_ends_nothing() -> None:
    ends = Ends()
    ends.over(["a/f"], held(), 0.0, BEGINNING)
    assert ends.over(["a/f"], held(), 300.0, BEGINNING + timedelta(days=3)) == {}


def test_beside_its_rule_an_alert_is_waited_for_as_long_as_its_way_to_alertmanager_takes() -> None:
    usual = prometheus("prometheus.yml")["global"]
    judged = max(duration(group.get("interval", usual["evaluation_interval"])) for group in groups())
    way = 2 * duration(usual["scrape_interval"]) + judged + RESENT
    assert way < HANDED_OVER < 2 * way


def test_every_alert_is_waited_for_longer_than_its_rule_takes_to_fire_anew() -> None:
    waits = {rule["alert"]: duration(rule.get("for", "0s")) for rule in alerts()}
    assert all(patience(f"{name}/f") >= waits[name] + HANDED_OVER for name in waits)
    assert {name for name in SLOW if SLOW[name] != waits[name]} == {"SharpEyesClockDrift"}  # nor is it asked often

"""Alerts that Alertmanager holds no more have ended; those it misses for a while have not."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.relay.ends import AWAY, Ends
from tests.incidents.town import BEGINNING

LOOKS = st.lists(st.tuples(st.integers(1, 20), st.booleans()), max_size=30)  # minutes later, and whether it is held


@given(LOOKS)
def test_an_alert_has_ended_once_it_was_away_at_every_look_of_fourteen_minutes(looks: list[tuple[int, bool]]) -> None:
    ends, now, away_since = Ends(), BEGINNING, None
    for minutes, held in looks:
        now += timedelta(minutes=minutes)
        away_since = None if held else away_since or now
        ended = ends.over(["SharpEyesX/f1", "SharpEyesX/f2"], {"f2", *(["f1"] if held else [])}, now)
        if away_since is not None and now - away_since >= AWAY:
            assert ended == {"SharpEyesX/f1": away_since}
        else:
            assert ended == {}


def test_what_is_closed_meanwhile_is_forgotten() -> None:
    ends = Ends()
    ends.over(["a/f"], (), BEGINNING)
    ends.over([], (), BEGINNING + AWAY)
    assert ends.over(["a/f"], (), BEGINNING + 2 * AWAY) == {}

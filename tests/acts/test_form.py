"""Acts nobody can read: instants no calendar has, words that hide something."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.acts import Act, MaintenancePlanned, MaintenanceRepeated, Note, Reason, Written, illegible, read_act
from monitor.acts.form import LONGEST_TEXT
from monitor.model import Maintenance, MaintenanceRule, Repeat, Scope
from tests.acts.samples import HOUR, NOON, PROPOSED, TERMS, WANG, reasons, recorded, refused, stamp

FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
WORK = Maintenance("m1", "检修", Scope(), NOON + HOUR, NOON + 2 * HOUR)


def why(act: Act) -> str | None:
    found = illegible(act)
    return None if found is None else f"{found.reason} {found.about}"


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (replace(PROPOSED, start_at=FIRST), None),
        (replace(PROPOSED, start_at=datetime.min.replace(tzinfo=UTC)), "outside_calendar 1-01-01"),
        (replace(PROPOSED, start_at=datetime(1969, 12, 31, 23, tzinfo=UTC)), "outside_calendar 1969-12-31"),
        (replace(PROPOSED, stamp=stamp("p", made_at=datetime.min.replace(tzinfo=UTC))), "outside_calendar 1-01-01"),
        (MaintenancePlanned(replace(WORK, end_at=LAST), stamp("m1")), None),
        (
            MaintenancePlanned(replace(WORK, end_at=datetime.max.replace(tzinfo=UTC)), stamp("m1")),
            "outside_calendar 9999-12-31",
        ),
        (Note("王工", "x", stamp("n"), "c1", datetime.max.replace(tzinfo=UTC)), "outside_calendar 9999-12-31"),
    ],
)
def test_an_instant_no_record_can_reach_is_refused(act: Act, reason: str | None) -> None:
    assert refused(act) == reason


def test_a_report_survives_such_an_instant_in_the_record() -> None:
    strange = replace(PROPOSED, start_at=datetime.min.replace(tzinfo=UTC))
    assert reasons([recorded(strange)], TERMS) == [Reason.OUTSIDE_CALENDAR]


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (PROPOSED, None),
        (replace(PROPOSED, text="停电 🔌，全村"), None),
        (replace(PROPOSED, text="好\n7f3a  approved"), "illegible text: U+000A"),
        (replace(PROPOSED, evidence="\x1b[2K"), "illegible evidence: U+001B"),
        (replace(PROPOSED, text="\u202egnihton"), "illegible text: U+202E"),
        (replace(PROPOSED, stamp=stamp("a\x00")), "illegible id: U+0000"),
        (replace(PROPOSED, stamp=stamp("a", replace(WANG, name="王\u200b工"))), "illegible name: U+200B"),
        (replace(PROPOSED, scope=Scope(villages=frozenset({"村\x07"}))), "illegible villages: U+0007"),
        (replace(PROPOSED, text="长" * LONGEST_TEXT), None),
        (replace(PROPOSED, text="长" * (LONGEST_TEXT + 1)), "too_long text: 2001 > 2000"),
    ],
)
def test_words_that_are_not_what_they_look_like_are_not_taken_in(act: Act, reason: str | None) -> None:
    assert why(act) == reason


def test_recurring_work_has_no_span_of_its_own_so_that_it_can_be_cancelled() -> None:
    rule = MaintenanceRule("m2", "巡检", Scope(), every=Repeat.DAY, start_time=NOON.time(), end_time=NOON.time())
    assert refused(MaintenanceRepeated(stamp("m2"), rule)) is None
    assert refused(MaintenanceRepeated(stamp("m2"), replace(rule, end_at=FIRST))) == "incomplete rule"


def test_every_act_in_its_written_form_can_be_walked() -> None:
    written = recorded(PROPOSED)
    assert isinstance(written, Written)
    assert illegible(read_act(written.kind, written.body)) is None

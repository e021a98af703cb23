"""What a correction moved: every figure the month is settled by, or that none did."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.acts import PeriodClosed, PeriodCorrected, Step
from monitor.language import Language
from monitor.model import Seconds
from monitor.render import to_text
from monitor.render.act_sentences import ActSentences
from monitor.render.phrases import local
from monitor.report import CorrectionFigure, Record, Report, SettledSum, closing, corrections, figures_digest
from tests.acts.samples import LI, NOON, recorded, stamp
from tests.render.test_html import words
from tests.test_report_settlement import CONTRACT, approved, build, down, record

HOURS = st.integers(0, 29).map(lambda day: day * 24)
SPANS = st.lists(st.tuples(HOURS, st.sampled_from([1, 9, 20, 30])), max_size=2, unique_by=lambda span: span[0])


def corrected(before: Report, after: Report) -> CorrectionFigure:
    act = PeriodCorrected(stamp("k2", LI), "2026-06", 1, "漏登停电")
    (figure,) = corrections([Step(recorded(act, NOON), True)], [before, after], closed=True)
    return figure


def month(*downs: list[tuple[int, int]]) -> Record:
    return record(*(down(number, *((at, at + lasts) for at, lasts in spans)) for number, spans in enumerate(downs, 1)))


def told(figure: CorrectionFigure, language: Language = Language.EN) -> str:
    return "\n".join(ActSentences(language, lambda at: local(at, ZoneInfo("UTC"), 2026)).correction(figure))


@settings(max_examples=60)
@given(SPANS, SPANS, SPANS, SPANS, st.booleans())
def test_it_says_that_nothing_moved_exactly_where_every_figure_is_the_same(
    first: list[tuple[int, int]],
    second: list[tuple[int, int]],
    first_later: list[tuple[int, int]],
    second_later: list[tuple[int, int]],
    alike: bool,
) -> None:
    before = build(month(first, second))
    after = build(month(first, second) if alike else month(first_later, second_later))
    figure = corrected(before, after)
    assert figure.nothing == (figures_digest(before) == figures_digest(after))
    assert ("no figure moved" in told(figure)) == figure.nothing


def test_points_and_money_that_moved_without_any_time_are_told() -> None:
    """One fault of 30 hours is late by the contract's 24, two that are together as long are not."""
    before = build(month([(48, 30)]))
    after = build(month([(48, 20), (200, 10)]))
    figure = corrected(before, after)
    assert before.total.seconds == after.total.seconds
    ((late,), sums) = figure.repairs, {each.what: (each.before, each.after) for each in figure.sums}
    assert late.before is not None
    assert late.after is None
    assert before.settlement is not None
    assert after.settlement is not None
    assert before.settlement.score is not None
    assert after.settlement.score is not None
    assert sums[SettledSum.POINTS] == (before.settlement.score.points, after.settlement.score.points)
    said = told(figure)
    assert "no figure moved" not in said
    assert f"points {before.settlement.score.points} → {after.settlement.score.points}" in said
    assert "line of the scorecard “late repair”: count 1 → 0, points lost 2 → 0" in said
    assert "c1 1号, fault since 06-03 00:00, clock of the late repair: " in said
    assert said.endswith(" → not late")
    assert "超时修复计时" in told(figure, Language.ZH)


def test_an_exclusion_approved_later_moves_time_inspections_and_bases_and_all_are_told() -> None:
    given_record = month([(48, 20)])
    before, after = build(given_record), build(replace(given_record, exclusions=approved(1, 48, 68)))
    figure = corrected(before, after)
    (moved,) = figure.moved
    assert moved.before != moved.after
    assert moved.looks_before != moved.looks_after
    assert {each.basis for each in figure.bases} >= {CONTRACT.terms.basis}
    assert "all camera time: 97.22% target met → 100.00% target met (counted 2,592,000 → 2,520,000" in told(figure)
    line = ActSentences(Language.EN, lambda at: local(at, ZoneInfo("UTC"))).moved(moved)
    assert "inspections down" in line


def test_a_camera_that_came_into_the_month_is_named_even_without_any_time() -> None:
    before, after = build(month([])), build(month([], []))
    (moved,) = corrected(before, after).moved
    assert (moved.camera.id, moved.before) == ("c2", Seconds())


@pytest.mark.parametrize("language", Language)
def test_text_and_html_say_it_all(language: Language) -> None:
    before, after = build(month([(48, 30)])), build(month([(48, 20), (200, 10)]))
    figure = corrected(before, after)
    closed = PeriodClosed(stamp("k1", LI), "2026-06", (), figures_digest(before))
    shown = replace(after, corrections=(figure,), closings=(closing(1, Step(recorded(closed, NOON), True), before),))
    _, *sentences = told(figure, language).splitlines()
    assert len(sentences) > 3
    for sentence in sentences:
        assert "".join(sentence.split()) in "".join(to_text(shown, language).split())  # it breaks lines
        assert sentence in words(shown, language)

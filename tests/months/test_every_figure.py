"""Every figure of five hundred random months, by the program and by an oracle that shares no code with it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.reporting import month_report
from monitor.settings import Settings
from tests.months import acts, drawing, memory, oracle, said, telling, world
from tests.months.story import Cancelled, Confirmed, Corrected, Decided, Proposed, Repeated, Story

MONTHS = 500
BATCH = 25
ORACLE = (
    "oracle",
    "world",
    "month",
    "clocks",
    "counts",
    "acts",
    "settling",
    "void",
    "wall",
    "story",
)  # what must know nothing of the program


def disagreements(story: Story, folder: Path) -> list[str]:
    """Where the program's report and the oracle's differ."""
    path = folder / f"{story.seed}.db"
    telling.write_ledger(story, path)
    contract = telling.contract_of(story)
    settings = Settings(
        path=folder / "s.yml", inventory=(), ledger=path, reports=folder, town="清河镇", contracts=(contract,)
    )
    report = month_report(settings, contract, story.month, datetime.fromtimestamp(story.now, UTC))
    return said.differences(said.plain(report), oracle.figures(story))


@pytest.fixture(scope="module")
def memory_is_kept() -> Iterator[None]:
    with memory.kept():
        yield


@pytest.mark.usefixtures("memory_is_kept")
@pytest.mark.parametrize("first", range(0, MONTHS, BATCH))
def test_every_figure_of_random_months_is_the_oracle_s(first: int, tmp_path: Path) -> None:
    for seed in range(first, first + BATCH):
        story = drawing.drawn(seed)
        found = disagreements(story, tmp_path)
        zone, (year, month) = story.agreement.zone, story.month
        assert not found, f"seed {seed} ({year}-{month:02} in {zone}):\n" + "\n".join(found[:20])


# ---------------------------------------------------------------- what makes the comparison worth something


def test_the_oracle_imports_nothing_of_the_program() -> None:
    """Not even its values: what it shares with the program is the text of the rules."""
    own = {f"tests.months.{name}" for name in ORACLE}
    foreign = {"numpy", "zoneinfo"}
    for name in ORACLE:
        tree = ast.parse(Path(__file__).with_name(f"{name}.py").read_text("utf-8"))
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0
                names = [str(node.module)]
            for module in names:
                root = module.partition(".")[0]
                assert module in own or root in foreign or root in STANDARD, f"{name}.py imports {module}"


STANDARD = {
    "__future__",
    "collections",
    "dataclasses",
    "datetime",
    "decimal",
    "fractions",
    "functools",
    "itertools",
    "typing",
}


def test_a_seed_tells_the_same_story_again() -> None:
    assert drawing.drawn(7) == drawing.drawn(7) != drawing.drawn(8)


def test_the_months_hold_everything_that_can_go_wrong() -> None:
    """Counted over all seeds, so that no change of the drawing quietly empties the test."""
    found = Counter(mark for seed in range(MONTHS) for mark in set(marks(drawing.drawn(seed))))
    rare = {mark: found[mark] for mark in MARKS if found[mark] < 5}
    assert not rare, f"too few months with {rare}"


VOID = (
    "replayed",
    "role_may_not",
    "incomplete",
    "made_in_future",
    "cause_not_accepted",
    "span_empty",
    "span_in_future",
    "cap_exceeded",
    "unknown_exclusion",
    "other_proposal",
    "own_proposal",
    "not_own_proposal",
    "already_decided",
    "period_not_over",
    "period_not_closed",
    "period_closed",
    "wrong_number",
    "unknown_item",
    "month_to_come",
    "count_out_of_range",
    "unknown_declaration",
    "already_withdrawn",
    "work_in_past",
    "unknown_work",
    "work_over",
)
MARKS = [
    "clocks forward",
    "clocks back",
    "half an hour",
    "leap day",
    "year end",
    "month running",
    "record ends early",
    "quarter",
    "hours over midnight",
    "overlapping exclusions",
    "approved",
    "rejected",
    "withdrawn",
    "own side approves",
    "cap",
    "share of owed time",
    "no approval needed",
    "cause not accepted",
    "removed",
    "came back",
    "removal confirmed",
    "removal confirmed by the wrong side",
    "left the contract",
    "village changed",
    "planned work",
    "recurring work",
    "cancelled work",
    "nobody watched",
    "no length",
    "down before the month",
    "at the border",
    "in service by date",
    "camera pass share",
    "snapshots",
    "blind time down",
    "blind time up",
    "points",
    "money",
    "crowds",
    "trend",
    "closed before",
    "opened again",
    "declared",
    "missing report",
    "declaration withdrawn",
    "declared for an earlier month of the quarter",
    "declared for another month",
    *(f"void, {reason}" for reason in VOID),
]


def marks(story: Story) -> Iterator[str]:
    """What is in the story."""
    agreed, (year, month) = story.agreement, story.month
    zone = ZoneInfo(agreed.zone)
    start = datetime(year, month, 1, tzinfo=zone)
    end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone)
    before, after = start.utcoffset(), end.utcoffset()
    assert before is not None
    assert after is not None
    if before != after:
        yield "clocks forward" if after > before else "clocks back"
    if abs((after - before).total_seconds()) == 1800:
        yield "half an hour"
    if month == 2 and year % 4 == 0:
        yield "leap day"
    if month in (12, 1):
        yield "year end"
    if start.timestamp() < story.now < end.timestamp():
        yield "month running"
    if story.last_entry < min(story.now, int(end.timestamp())) - 3600:
        yield "record ends early"
    yield from _agreed(story)
    yield from _done(story)
    yield from _judged(story)
    removed = {listed.camera for listed in story.inventory if listed.wording is None}
    for listed, later in combinations(story.inventory, 2):
        if listed.camera == later.camera:
            if listed.wording is None:
                yield "came back"
            elif later.wording is not None:
                if listed.wording.in_contract and not later.wording.in_contract:
                    yield "left the contract"
                if listed.wording.village != later.wording.village:
                    yield "village changed"
    if removed:
        yield "removed"
    if any(listed.wording is not None and listed.wording.first_day is not None for listed in story.inventory):
        yield "in service by date"
    if any(listed.at < start.timestamp() - 3 * 86_400 for listed in story.inventory):
        yield "trend"
    for move, following in combinations(story.moves, 2):
        if move.camera == following.camera and move.at == following.at:
            yield "no length"
    for move in story.moves:
        if move.state == "unknown":
            yield "nobody watched"
        if move.state == "down" and move.at < start.timestamp():
            yield "down before the month"
        if move.at in (start.timestamp(), end.timestamp()):
            yield "at the border"


def _judged(story: Story) -> Iterator[str]:
    seen = world.World(story)
    for _, reason, _ in seen.acts.void:
        yield f"void, {reason}"
    if seen.acts.closed:
        yield "closed before"
    own = f"{story.month[0]}-{story.month[1]:02}"
    if any(isinstance(act, Corrected) and act.id == "c" for act in story.acts):
        yield "opened again"
    for each in seen.acts.said:
        if each.withdrawn is not None:
            yield "declaration withdrawn"
        elif each.act.month == own:
            yield "declared" if each.act.item == "falsified" else "missing report"
        elif (month := acts.month_named(each.act.month)) and seen.settlement(month) == seen.settlement(story.month):
            yield "declared for an earlier month of the quarter"
        else:
            yield "declared for another month"


def _agreed(story: Story) -> Iterator[str]:
    agreed = story.agreement
    if agreed.quarter:
        yield "quarter"
    if any(0 < end <= start for start, end in agreed.hours):
        yield "hours over midnight"
    yield agreed.basis.replace("_", " ")
    yield f"blind time {agreed.blind}"
    for rule in agreed.causes.values():
        if rule.cap is not None:
            yield "cap"
        if rule.cap_share is not None:
            yield "share of owed time"
        if not rule.approval:
            yield "no approval needed"
        if not rule.accepted:
            yield "cause not accepted"
    if agreed.card is not None:
        yield "points"
    if agreed.ladder is not None:
        yield "money"
    if agreed.repair is not None and agreed.repair.major_cameras is not None:
        yield "crowds"


def _done(story: Story) -> Iterator[str]:
    asked = {act.id: act for act in story.acts if isinstance(act, Proposed)}
    if any(a.start < b.end and b.start < a.end for a, b in combinations(asked.values(), 2)):
        yield "overlapping exclusions"
    if story.plans:
        yield "planned work"
    for act in story.acts:
        match act:
            case Decided() if act.exclusion in asked:
                yield act.what
                if act.what == "approved" and act.by == asked[act.exclusion].by:
                    yield "own side approves"
            case Repeated():
                yield "recurring work"
            case Confirmed():
                yield "removal confirmed" if act.by == "office" else "removal confirmed by the wrong side"
            case Cancelled():
                yield "cancelled work"
            case _:
                pass

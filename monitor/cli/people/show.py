"""What was done, on the screen: exclusions with their history, acts that do not count, planned work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from monitor.acts import ExclusionProposed, History, Standing, Step, Work
from monitor.cli.people import texts
from monitor.cli.people.desk import Desk
from monitor.model import Actor, ExclusionState, Maintenance, Scope

MOST_NAMES = 5


def exclusion_lines(so_far: Standing, state: ExclusionState | None, desk: Desk) -> Iterator[str]:
    """Every exclusion with who did what about it, then what does not count."""
    shown = [each for each in so_far.exclusions.values() if state in (None, each.exclusion.state)]
    if not shown:
        yield texts.NO_EXCLUSIONS[desk.language]
    for history in shown:
        yield from _history_lines(history, desk)
    yield from _void_lines(so_far, desk)


def declaration_lines(so_far: Standing, desk: Desk) -> Iterator[str]:
    """Everything the office declared, and what of it was taken back; then what does not count."""
    if not so_far.declarations:
        yield texts.NO_DECLARATIONS[desk.language]
    for each in so_far.declarations.values():
        act = each.act
        yield f"{act.stamp.id}  {act.month}  {act.item} × {act.count}  {act.text}"
        for step in (each.declared, each.withdrawn):
            if step is not None:
                yield f"    {step_text(step, desk)}"
    yield from _void_lines(so_far, desk)


def _void_lines(so_far: Standing, desk: Desk) -> Iterator[str]:
    if so_far.void:
        yield texts.VOID[desk.language]
        for void in so_far.void:
            what = texts.KINDS[void.act.kind][desk.language]
            yield f"  {void.act.stamp.id}  {what}  {void.refusal.say(desk.language)}"


def _history_lines(history: History, desk: Desk) -> Iterator[str]:
    exclusion = history.exclusion
    state = texts.STATES[exclusion.state][desk.language]
    cause = texts.CAUSES[exclusion.cause][desk.language]
    span = f"{desk.local(exclusion.start_at)} - {desk.local(exclusion.end_at)}"
    yield f"{exclusion.id}  {state}  {cause}  {scope_text(exclusion.scope, desk)}  {span}"
    yield f"    {exclusion.text}" + (f" [{exclusion.evidence}]" if exclusion.evidence else "")
    for step in history.steps:
        yield f"    {step_text(step, desk)}"


def step_text(step: Step, desk: Desk) -> str:
    """When, what, who, and whether it bears that party's signature."""
    mark = (texts.SIGNED if step.signed else texts.UNSIGNED)[desk.language]
    what = texts.KINDS[step.act.kind][desk.language]
    return f"{desk.local(step.act.recorded_at)}  {what}  {actor_text(step.act.stamp.by, desk)}  ({mark})"


def proposal_line(proposal: ExclusionProposed, desk: Desk) -> str:
    """A proposal that is about to be decided on, in one line with every name: nobody signs what he was not shown."""
    span = f"{desk.local(proposal.start_at)} - {desk.local(proposal.end_at)}"
    cause = texts.CAUSES[proposal.cause][desk.language]
    who = actor_text(proposal.stamp.by, desk)
    evidence = f" [{proposal.evidence}]" if proposal.evidence else ""
    scope = _scope_text(proposal.scope, ",".join, desk)
    return f"{proposal.stamp.id}  {cause}  {scope}  {span}  {who}  {proposal.text}{evidence}"


def work_lines(planned: tuple[Maintenance, ...], so_far: Standing, desk: Desk) -> Iterator[str]:
    """Planned work that is not over, from the settings and by hand."""
    coming = [work for work in planned if work.end_at > desk.now]
    if not coming and not so_far.works:
        yield texts.NO_WORK[desk.language]
    for work in so_far.works.values():
        yield _work_line(work, so_far, desk)
    for window in coming:
        mark = texts.FROM_SETTINGS[desk.language]
        span = f"{desk.local(window.start_at)} - {desk.local(window.end_at)}"
        yield f"{window.id}  {scope_text(window.scope, desk)}  {span}  {window.title}  {mark}"


def _work_line(work: Work, so_far: Standing, desk: Desk) -> str:
    rule = work.rule
    if rule.start_at is not None and rule.end_at is not None:
        when = f"{desk.local(rule.start_at)} - {desk.local(rule.end_at)}"
    else:
        assert rule.every is not None, "work happens once or again"
        days = [texts.WEEKDAYS[day][desk.language] for day in sorted(rule.weekdays)]
        days += [str(day) for day in sorted(rule.month_days)]
        often = texts.EVERY[rule.every][desk.language].format(days=texts.AND[desk.language].join(days))
        when = f"{often} {rule.start_time:%H:%M}-{rule.end_time:%H:%M}"
    cancelled = "" if work.until_at is None else f"  {texts.CANCELLED[desk.language]}"
    mark = (texts.SIGNED if so_far.signed(work.planned) else texts.UNSIGNED)[desk.language]
    who = actor_text(work.planned.stamp.by, desk)
    return f"{rule.id}  {scope_text(rule.scope, desk)}  {when}  {rule.title}  {who} ({mark}){cancelled}"


def actor_text(by: Actor, desk: Desk) -> str:
    """``vendor 王工``."""
    return f"{texts.ROLES[by.role][desk.language]} {by.name}"


def scope_text(scope: Scope, desk: Desk) -> str:
    """The names that narrow it, or the whole town; many cameras are counted."""
    return _scope_text(scope, _counted, desk)


def _scope_text(scope: Scope, listed: Callable[[Sequence[str]], str], desk: Desk) -> str:
    named: tuple[frozenset[str], ...] = (
        scope.camera_ids,
        scope.sites,
        scope.villages,
        scope.towns,
        scope.carriers,
        scope.uplinks,
        scope.recorders,
        scope.vendors,
        frozenset(category.value for category in scope.categories),
    )
    return " ".join(listed(sorted(names)) for names in named if names) or texts.WHOLE_TOWN[desk.language]


def _counted(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    return ",".join(names[:MOST_NAMES]) + (f" (+{more})" if more > 0 else "")

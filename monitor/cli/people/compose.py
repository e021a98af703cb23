"""From the words of a command to acts: every verb is one function. Nothing is judged and nothing written here."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from monitor.acts import (
    Acknowledged,
    Decision,
    DeclarationWithdrawn,
    ExclusionApproved,
    ExclusionProposed,
    ExclusionRejected,
    ExclusionWithdrawn,
    ItemDeclared,
    MaintenanceCancelled,
    MaintenancePlanned,
    MaintenanceRepeated,
    Note,
    PeriodClosed,
    PeriodCorrected,
    RemovalConfirmed,
    ViewApproved,
    WorkOrdered,
    illegible,
)
from monitor.acts.suggestion import Suggestion, suggestions
from monitor.calendar import FOREVER, month_span, parse_month
from monitor.cli.ledger import walked
from monitor.cli.people import texts
from monitor.cli.people.bulk import read_storm
from monitor.cli.people.desk import Desk, Made, ended, outage_runs, span_of
from monitor.cli.people.files import read_acts
from monitor.cli.people.reasons import reason
from monitor.errors import UsageError
from monitor.incidents import Reference
from monitor.language import Count
from monitor.model import (
    Camera,
    ExclusionCause,
    ExclusionState,
    Maintenance,
    MaintenanceRule,
    Repeat,
    Scope,
    Span,
    instant,
    micros,
)
from monitor.outages import Run
from monitor.parsing import hours, identifier
from monitor.sla import intersect, merge
from monitor.wording import CAUSES

SCOPES = ("camera", "site", "village", "town", "carrier", "uplink", "recorder")  # options that say which cameras
Compose = Callable[[argparse.Namespace, Desk], list[Made]]


def need(value: str | None, what: str, desk: Desk) -> str:
    """The value of an option that cannot be left out here."""
    if not value or not value.strip():
        raise UsageError(texts.MISSING[desk.language].format(what=what))
    return value.strip()


def scope(args: argparse.Namespace) -> Scope:
    """Which cameras are meant."""
    return Scope(
        camera_ids=frozenset(args.camera),
        sites=frozenset(args.site),
        villages=frozenset(args.village),
        carriers=frozenset(args.carrier),
        uplinks=frozenset(args.uplink),
        towns=frozenset(args.town),
        recorders=frozenset(args.recorder),
    )


def _alone(args: argparse.Namespace, option: str, others: Iterable[str], desk: Desk) -> None:
    """UsageError when a word stands there that the option would leave unheard."""
    for name in others:
        if getattr(args, name):
            other = f"--{name.rstrip('_')}"
            raise UsageError(texts.NOT_TOGETHER[desk.language].format(first=option, second=other))


# ---------------------------------------------------------------- exclusions


def exclude(args: argparse.Namespace, desk: Desk) -> list[Made]:
    """One exclusion in words, one from an outage, or many from a file."""
    if args.file:
        _alone(args, "--file", ("outage", *SCOPES, "from_", "to"), desk)
        return read_storm(args.file, desk, cause=args.cause, text=args.text, evidence=args.evidence)
    if args.outage:
        _alone(args, "--outage", SCOPES, desk)
        return [Made("--outage", act) for act in _from_outage(args, desk)]
    start_at = desk.at(need(args.from_, "--from", desk))
    end_at = desk.at(need(args.to, "--to", desk))
    cause = ExclusionCause(need(args.cause, "--cause", desk))
    wanted = scope(args)
    if wanted == Scope():
        need(None, "--camera, --site, --village, --town, --carrier, --uplink, --recorder", desk)
    text = need(args.text, "--text", desk)
    return [Made("exclude", ExclusionProposed(desk.stamp(), cause, wanted, start_at, end_at, text, args.evidence))]


def _from_outage(args: argparse.Namespace, desk: Desk) -> Iterator[ExclusionProposed]:
    """What of an outage suggests a cause, or all of it where the command says one; tells what it filled in."""
    outages = desk.outage(args.outage)
    camera_id, (start, end) = outages[0].camera_id, span_of(outages)
    if instant(end) > desk.now:
        print(texts.STILL_OPEN[desk.language])
    run = Run(start, None if end == FOREVER else end, tuple(dict.fromkeys(outage.cause for outage in outages)))
    whole = Span(start, micros(ended(Span(start, end), desk.now)))
    asked = Span(
        *(micros(desk.at(said)) if said else at for said, at in zip((args.from_, args.to), whole, strict=True))
    )
    # Where all is said, nothing needs to be worked out.
    own, suggested = (None, []) if args.cause and args.evidence else _suggested(camera_id, run, whole, desk)
    parts: list[tuple[ExclusionCause, Span, Suggestion | None]]
    if args.cause:
        parts = [(ExclusionCause(args.cause), asked, None)]
    else:
        parts = [(each.cause, part, each) for each in suggested for part in intersect([asked], [each.span])]
    if not parts:
        raise UsageError(texts.NO_CAUSE[desk.language])
    text = args.text or "、".join(CAUSES[cause][desk.language] for cause in run.causes)
    for cause, part, suggestion in parts:
        start_at, end_at = map(instant, part)
        print(
            texts.FILLED_IN[desk.language].format(
                camera=camera_id,
                start=desk.local(start_at),
                end=desk.local(end_at),
                cause=texts.CAUSES[cause][desk.language],
            )
        )
        evidence = args.evidence or reason(own, suggestion, run)
        cameras = Scope(camera_ids=frozenset({camera_id}))
        yield ExclusionProposed(desk.stamp(), cause, cameras, start_at, end_at, text, evidence)


def _suggested(camera_id: str, run: Run, span: Span, desk: Desk) -> tuple[Reference | None, list[Suggestion]]:
    """The outage's incident, and what it and others suggest for it, or who else was down with it."""
    ledger, incidents = desk.record(), desk.incidents(span)
    own = incidents.of(camera_id, instant(run.start))
    cameras = {record.camera.id: record.camera for record in ledger.cameras() if record.removed_at is None}
    camera = cameras.get(camera_id)
    if camera is None:
        return own, []
    near = [other for other in cameras.values() if _neighbours(camera, other)]
    down = {other.id: merge(map(span_of, outage_runs(ledger, other.id))) for other in near}
    return own, suggestions(camera, run, span, incidents, near, down)


def _neighbours(camera: Camera, other: Camera) -> bool:
    return other.site.village == camera.site.village or bool(camera.uplink and other.uplink == camera.uplink)


def approve(args: argparse.Namespace, desk: Desk) -> list[Made]:
    """Agree to proposals."""
    return _decide(ExclusionApproved, args, desk)


def reject(args: argparse.Namespace, desk: Desk) -> list[Made]:
    """Do not agree to proposals."""
    return _decide(ExclusionRejected, args, desk)


def withdraw(args: argparse.Namespace, desk: Desk) -> list[Made]:
    """Take proposals and declarations back, by their ids."""
    declared = {} if desk.ledger is None else desk.standing().declarations
    own = [name for name in args.exclusion if name in declared]
    made = [
        Made(name, DeclarationWithdrawn(desk.stamp(), name, declared[name].digest, args.text))
        for name in dict.fromkeys(own)
    ]
    args.exclusion = [name for name in args.exclusion if name not in declared]
    return made if made and not args.exclusion else made + _decide(ExclusionWithdrawn, args, desk)


def _decide(verdict: type[Decision], args: argparse.Namespace, desk: Desk) -> list[Made]:
    digests = _carried(args.proposal, desk) if args.proposal else _recorded(desk)
    wanted = [name for asked in args.exclusion or digests for name in chosen(asked, digests, desk)]
    return [Made(name, verdict(desk.stamp(), name, digests[name], args.text)) for name in dict.fromkeys(wanted)]


def _recorded(desk: Desk) -> dict[str, str]:
    return {name: history.proposal for name, history in desk.standing().exclusions.items()}


def _carried(path: Path, desk: Desk) -> dict[str, str]:
    """The proposals of a file; each is shown, because what is signed should have been read."""
    from monitor.cli.people.show import proposal_line

    found = {}
    for number, written in enumerate(read_acts(path, desk.language), 1):
        if isinstance(written.act, ExclusionProposed):
            if why := illegible(written.act):
                where = f"{path}:{number}"
                raise UsageError(texts.REFUSED[desk.language].format(where=where, why=why.say(desk.language)))
            found[written.stamp.id] = written.digest
            print(proposal_line(written.act, desk))
    return found


def chosen(name: str, known: Iterable[str], desk: Desk) -> list[str]:
    """The exclusion of that id, or all of the batch of that id."""
    found = [each for each in known if each == name or each.startswith(f"{name}-")]
    if not found:
        raise UsageError(texts.NO_SUCH_EXCLUSION[desk.language].format(id=name))
    return found


# ---------------------------------------------------------------- the scorecard


def declare(args: argparse.Namespace, desk: Desk) -> list[Made]:
    """Something the scorecard counts has happened that no probe sees."""
    month, text = need(args.month, "--month", desk), need(args.text, "--text", desk)
    return [Made("declare", ItemDeclared(desk.stamp(), args.item, month, args.count, text))]


# ---------------------------------------------------------------- outages and cameras


def acknowledge(args: argparse.Namespace, desk: Desk) -> list[Made]:
    """Somebody knows of it."""
    run = desk.outage(args.outage)
    return [Made("ack", Acknowledged(desk.stamp(), run[0].camera_id, run[0].start_at, args.text))]


def work_order(args: argparse.Namespace, desk: Desk) -> list[Made]:
    """Somebody was sent."""
    run = desk.outage(args.outage)
    order = need(args.order, "ORDER", desk)
    return [Made("work-order", WorkOrdered(desk.stamp(), run[0].camera_id, run[0].start_at, order, args.text))]


def note(args: argparse.Namespace, desk: Desk) -> list[Made]:
    """A remark, about nothing in particular, a camera, or an outage."""
    text = need(args.words, "TEXT", desk)
    if args.outage:
        _alone(args, "--outage", ("camera",), desk)
        first = desk.outage(args.outage)[0]
        return [Made("note", Note(desk.by.name, text, desk.stamp(), first.camera_id, first.start_at))]
    return [Made("note", Note(desk.by.name, text, desk.stamp(), args.camera))]


def confirm_removal(args: argparse.Namespace, desk: Desk) -> list[Made]:
    """The camera was allowed to go, from when it was recorded as gone."""
    removed = {record.camera.id: record.removed_at for record in desk.record().cameras()}
    removed_at = removed.get(args.camera)
    if removed_at is None:
        raise UsageError(texts.NOT_REMOVED[desk.language].format(camera=args.camera))
    return [Made("confirm-removal", RemovalConfirmed(desk.stamp(), args.camera, removed_at, args.text))]


def approve_view(args: argparse.Namespace, desk: Desk) -> list[Made]:
    """What the camera shows now is what it is meant to show."""
    return [Made("approve-view", ViewApproved(desk.stamp(), args.camera, args.text))]


def close(args: argparse.Namespace, desk: Desk) -> list[Made]:
    """The month's figures are final, as the record gives them now: a record that holds to its last entry."""
    record = desk.record()
    if walked(record, None, desk.language).broken is not None:
        raise UsageError(texts.CHAIN_BROKEN[desk.language].format(path=record.path))
    heads = record.heads()
    figures = desk.figures(args.month, heads)
    undecided = _undecided(args.month, desk)
    if undecided:
        print(texts.UNDECIDED[desk.language].format(month=args.month, count=Count(undecided)))
    return [Made("close", PeriodClosed(desk.stamp(), args.month, heads, figures))]


def _undecided(month: str, desk: Desk) -> int:
    """How many exclusions of the month nobody has decided on."""
    try:
        span = month_span(*parse_month(month), desk.zone)
    except ValueError:
        return 0
    asked = (history.exclusion for history in desk.standing().exclusions.values())
    return sum(
        each.state is ExclusionState.PROPOSED and micros(each.start_at) < span.end and micros(each.end_at) > span.start
        for each in asked
    )


def correct(args: argparse.Namespace, desk: Desk) -> list[Made]:
    """Open a closed month again."""
    number = len(desk.standing().corrections.get(args.month, ())) + 1
    text = need(args.text, "--text", desk)
    return [Made("correct", PeriodCorrected(desk.stamp(), args.month, number, text))]


# ---------------------------------------------------------------- planned work


def plan(args: argparse.Namespace, desk: Desk) -> list[Made]:
    """Work once (--from, --to) or again and again (--every, --at)."""
    title, cameras, stamp = need(args.title, "--title", desk), scope(args), desk.stamp()
    if args.every:
        _alone(args, "--every", ("from_", "to"), desk)
    if not (args.every or args.from_ or args.to):
        raise UsageError(texts.NO_TIME[desk.language])
    if not args.every:
        if args.weekdays or args.days or args.at:
            raise UsageError(
                texts.NOT_TOGETHER[desk.language].format(first="--from, --to", second="--at, --weekday, --day")
            )
        start_at, end_at = desk.at(need(args.from_, "--from", desk)), desk.at(need(args.to, "--to", desk))
        work = Maintenance(stamp.id, title, cameras, start_at, end_at)
        return [Made("maintenance add", MaintenancePlanned(work, stamp))]
    every = Repeat(args.every)
    for given, step, option in ((args.weekdays, Repeat.WEEK, "--weekday"), (args.days, Repeat.MONTH, "--day")):
        if bool(given) != (every is step):
            phrase = texts.MISSING[desk.language].format(what=option)
            other = texts.NOT_TOGETHER[desk.language].format(first=option, second=f"--every {every}")
            raise UsageError(other if given else phrase)
    try:
        start, end = hours(need(args.at, "--at", desk))
    except ValueError as error:
        raise UsageError(str(error)) from error
    rule = MaintenanceRule(
        stamp.id,
        title,
        cameras,
        every=every,
        weekdays=frozenset(args.weekdays),
        month_days=frozenset(args.days),
        start_time=start,
        end_time=end,
    )
    return [Made("maintenance add", MaintenanceRepeated(stamp, rule))]


def cancel(args: argparse.Namespace, desk: Desk) -> list[Made]:
    """Work that will not take place."""
    try:
        work = identifier(args.work)
    except ValueError as error:
        raise UsageError(str(error)) from error
    return [Made("maintenance cancel", MaintenanceCancelled(work, desk.stamp()))]

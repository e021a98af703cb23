"""The commands themselves: put a desk together, make the acts, and hand them on: into the record or into a file."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType

from monitor.acts import ActTerms, History, Written, act_terms, illegible, signed, written_act
from monitor.cli.exits import Exit
from monitor.cli.people import compose, texts
from monitor.cli.people.bulk import PartlyRead
from monitor.cli.people.desk import Desk, Made
from monitor.cli.people.files import read_acts, write_acts
from monitor.cli.people.keys import load_key
from monitor.cli.people.listing import lost_in, outage_lines, write_storm
from monitor.cli.people.show import declaration_lines, exclusion_lines, work_lines
from monitor.cli.people.submit import faults_of, submit
from monitor.cli.texts import NO_CONTRACT, WHICH_CONTRACT
from monitor.clock import SystemClock
from monitor.errors import SettingsError, UsageError
from monitor.language import Count
from monitor.ledger import Ledger
from monitor.model import Actor, ExclusionState, Role
from monitor.settings import Settings, load_settings

VERBS: Mapping[str, compose.Compose] = MappingProxyType(
    {
        "exclude": compose.exclude,
        "approve": compose.approve,
        "reject": compose.reject,
        "withdraw": compose.withdraw,
        "declare": compose.declare,
        "ack": compose.acknowledge,
        "note": compose.note,
        "work-order": compose.work_order,
        "confirm-removal": compose.confirm_removal,
        "approve-view": compose.approve_view,
        "close": compose.close,
        "correct": compose.correct,
        "maintenance-add": compose.plan,
        "maintenance-cancel": compose.cancel,
    }
)
NOBODY = Actor(Role.OPERATOR, "")  # whoever only looks, or brings what others made


def desk_of(args: argparse.Namespace, by: Actor, settings: Settings, ledger: Ledger | None = None) -> Desk:
    """A desk under the contract that was asked for."""
    chosen = [each for each in settings.contracts if args.contract in (None, each.id)]
    if len(chosen) != 1:
        which = WHICH_CONTRACT if args.contract is None else NO_CONTRACT
        there = ", ".join(each.id for each in settings.contracts)
        raise UsageError(which[args.lang].format(id=args.contract, there=there))
    (contract,) = chosen
    return Desk(act_terms(contract), by, SystemClock().now(), args.lang, settings, contract, ledger)


def act(args: argparse.Namespace) -> int:
    """Do it at the monitor: into the record, signed if a key is given."""
    with _at_the_record(args, Actor(Role(args.role), args.by)) as desk:
        return submit(_made(args, desk), desk)


def sign(args: argparse.Namespace) -> int:
    """Do it anywhere: into a file, signed. The record, or a copy of it, is read where there is one."""
    by = Actor(Role(args.role), args.by)
    if args.key is None:
        raise UsageError(texts.MISSING[args.lang].format(what="--key"))
    if args.contract and not args.config.is_file():
        return _into_file(args, Desk(ActTerms(args.contract), by, SystemClock().now(), args.lang))
    if not args.config.is_file():
        raise UsageError(texts.NO_SETTINGS[args.lang].format(path=args.config))
    settings = load_settings(args.config, None)
    if not settings.ledger.is_file():
        return _into_file(args, desk_of(args, by, settings))
    with Ledger.open_read_only(settings.ledger, settings.vantage) as ledger:
        return _into_file(args, desk_of(args, by, settings, ledger))


def bring(args: argparse.Namespace) -> int:
    """Verify the acts of a file and write them into the record, all of them or none."""
    acts, settings = read_acts(args.file, args.lang), load_settings(args.config, None)
    named = {written.stamp.contract for written in acts}
    if args.contract is None and len(named) == 1 and named <= {each.id for each in settings.contracts}:
        (args.contract,) = named
    with Ledger.open_beside(settings.ledger, settings.vantage) as ledger:
        desk = desk_of(args, NOBODY, settings, ledger)
        return submit([(f"{args.file}:{number}", written) for number, written in enumerate(acts, 1)], desk)


def export(args: argparse.Namespace) -> int:
    """Write proposals into a file, as they stand in the record."""
    with _reading(args) as desk:
        histories: dict[str, History] = desk.standing().exclusions
        names = [name for asked in args.exclusion for name in compose.chosen(asked, histories, desk)]
        proposals: list[Written] = [histories[name].steps[0].act for name in dict.fromkeys(names)]
        write_acts(args.out, proposals)
        print(texts.WRITTEN[args.lang].format(path=args.out, count=len(proposals)))
    return Exit.OK


def outages(args: argparse.Namespace) -> int:
    """List them with the causes they suggest, or write those that suggest one into a file."""
    with _reading(args) as desk:
        found = lost_in(args.month, desk)
        if args.out is None:
            for line in outage_lines(found, desk):
                print(line)
        else:
            count = write_storm(args.out, found, desk)
            print(texts.STORM_WRITTEN[args.lang].format(path=args.out, count=Count(count)))
    return Exit.OK


def exclusions(args: argparse.Namespace) -> int:
    """List them."""
    with _reading(args) as desk:
        state = ExclusionState(args.state) if args.state else None
        for line in exclusion_lines(desk.standing(), state, desk):
            print(line)
    return Exit.OK


def declarations(args: argparse.Namespace) -> int:
    """List what was declared."""
    with _reading(args) as desk:
        for line in declaration_lines(desk.standing(), desk):
            print(line)
    return Exit.OK


def works(args: argparse.Namespace) -> int:
    """List planned work."""
    with _reading(args) as desk:
        for line in work_lines(desk.record().maintenance(), desk.standing(), desk):
            print(line)
    return Exit.OK


def _made(args: argparse.Namespace, desk: Desk) -> list[tuple[str, Written]]:
    key = load_key(args.key, args.lang) if args.key else None

    def offered(made: Sequence[Made]) -> list[tuple[str, Written]]:
        return [(where, written_act(signed(act, key) if key else act)) for where, act in made]

    try:
        return offered(VERBS[args.verb](args, desk))
    except (
        PartlyRead
    ) as partly:  # the lines that can be read may be wrong as well: whoever mends them mends all at once
        if desk.ledger is None:
            raise
        faults = (*partly.faults, *faults_of(offered(partly.made), desk))
        raise SettingsError(tuple(sorted(faults, key=lambda fault: fault.line))) from partly


def _into_file(args: argparse.Namespace, desk: Desk) -> int:
    made = _made(args, desk)
    for where, written in made:
        if why := illegible(written.act):
            raise UsageError(texts.REFUSED[args.lang].format(where=where, why=why.say(args.lang)))
    acts = [written for _, written in made]
    write_acts(args.out, acts)
    print(texts.WRITTEN[args.lang].format(path=args.out, count=len(acts)))
    return Exit.OK


@contextmanager
def _at_the_record(args: argparse.Namespace, by: Actor) -> Iterator[Desk]:
    settings = load_settings(args.config, None)
    with Ledger.open_beside(settings.ledger, settings.vantage) as ledger:
        yield desk_of(args, by, settings, ledger)


@contextmanager
def _reading(args: argparse.Namespace) -> Iterator[Desk]:
    settings = load_settings(args.config, None)
    with Ledger.open_read_only(settings.ledger, settings.vantage) as ledger:
        yield desk_of(args, NOBODY, settings, ledger)

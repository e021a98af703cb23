"""``sharp-eyes discover``: which ONVIF devices a network has, and rows for those the inventory lacks.

Rows go to standard output or a new file, and all that is said to people to standard error. It only asks: no device, no
inventory and no record is changed.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from monitor.cli.assets import texts
from monitor.cli.assets.asking import Asker, Told
from monitor.cli.assets.words import MOST_ADDRESSES, USUAL_ADDRESSES
from monitor.cli.exits import Exit
from monitor.clock import SystemClock
from monitor.engine import Plan
from monitor.errors import UsageError
from monitor.inventory.entries import TABLES, Entry, entries_of, table_of
from monitor.inventory.proposals import Form, Found, Known, form_of, known_of, rows_of, usual_form
from monitor.language import Count, Language
from monitor.onvif.discovery import service_of
from monitor.parsing.ranges import AddressRange, addresses_of
from monitor.probes.discovery import ANY, Survey, SurveyLimits, survey
from monitor.render.csv import write_table
from monitor.service import load_plan
from monitor.writing import whole_file


@dataclass(frozen=True, slots=True)
class Discovered:
    """What came of it."""

    known: tuple[Known, ...]
    new: tuple[Told, ...]


def discover(args: argparse.Namespace) -> int:
    """Ask, print what answered, and propose rows; 0 when anything answered, else 1."""
    language: Language = args.lang
    addresses = _allowed(args.ranges, language, large=args.large, public=args.public)
    if args.out is not None:
        _refuse(args.out, language)
    plan = _plan(args.config, args.credentials, language)
    entries = entries_of(plan.settings.inventory, plan.cameras) if plan is not None else ()
    interfaces = args.interface or ([] if addresses else [ANY])
    found = asyncio.run(_discovered(addresses, interfaces, plan, entries, args.credentials, language))
    if found.new:
        taken = {entry.camera.id for entry in entries}
        new = (told.found for told in found.new)
        written = _write(args.out, list(rows_of(new, taken, args.village, _form(plan, language))), language)
        _say(texts.TO_FILL_IN[language])
        if not written:
            return Exit.CANNOT
    return Exit.OK if found.known or found.new else Exit.NO


def _form(plan: Plan | None, language: Language) -> Form:
    """That of the inventory, where it is a table and the only one."""
    files = () if plan is None else plan.settings.inventory
    if len(files) == 1 and files[0].suffix.lower() in TABLES:
        return form_of(table_of(files[0]))
    return usual_form(language)


def _refuse(out: Path, language: Language) -> None:
    """``UsageError`` for a file that is there, or a folder in which none can be made: before anybody is asked."""
    if out.exists():
        raise UsageError(texts.FILE_EXISTS[language].format(path=out))
    try:
        with TemporaryFile(dir=out.parent):  # what permissions say is not all that stands in the way of a file
            pass
    except OSError:
        raise UsageError(texts.CANNOT_WRITE[language].format(path=out)) from None


def _allowed(ranges: Sequence[AddressRange], language: Language, *, large: bool, public: bool) -> tuple[str, ...]:
    """The addresses to ask; ``UsageError`` for more, or others, than was plainly said."""
    for each in ranges:
        if not (each.local or public):
            first, last = each.ends
            raise UsageError(texts.PUBLIC_RANGE[language].format(first=first, last=last))
    count, limit = sum(map(len, ranges)), MOST_ADDRESSES if large else USUAL_ADDRESSES
    if count > limit:
        hint = "" if large else texts.OR_LARGE[language]
        raise UsageError(texts.TOO_MANY[language].format(count=f"{count:,}", limit=f"{limit:,}", hint=hint))
    return addresses_of(ranges)


def _plan(config: Path, account: str, language: Language) -> Plan | None:
    """Settings and inventory; None where there are no settings yet, which is said."""
    if not account and not config.exists():
        _say(texts.NO_SETTINGS[language].format(path=config))
        return None
    plan = load_plan(config)
    if account and account not in plan.settings.credentials:
        there = ", ".join(plan.settings.credentials) or "-"
        raise UsageError(texts.NO_ACCOUNT[language].format(name=account, there=there))
    return plan


async def _discovered(
    addresses: Sequence[str],
    interfaces: Collection[str],
    plan: Plan | None,
    entries: Sequence[Entry],
    account: str,
    language: Language,
) -> Discovered:
    clock, limits = SystemClock(), SurveyLimits()
    if interfaces:
        named = " ".join(texts.USUAL_INTERFACE[language] if each == ANY else each for each in interfaces)
        _say(texts.ASKING_GROUP[language].format(interfaces=named))
    if addresses:
        seconds = len(addresses) / limits.per_second + limits.patience.total_seconds()
        _say(texts.ASKING_RANGE[language].format(count=Count(len(addresses)), seconds=seconds))

    def progress(done: int, of: int, found: int) -> None:
        if done % (10 * limits.per_second) == 0 and done < of:
            _say(texts.ASKED_SO_FAR[language].format(done=done, of=of, found=found))

    surveyed = await survey(addresses, interfaces, str(uuid.uuid4()), clock=clock, limits=limits, progress=progress)
    found = _found(surveyed)
    known = known_of(found, entries)
    strange = _others(found, known)
    if strange:
        _say(texts.ASKING_DEVICES[language].format(count=Count(len(strange))))
    told = await Asker(plan, account, clock, language).all(strange)
    known += known_of([each.found for each in told], entries)  # a serial number is told only when asked for
    new = _others([each.found for each in told], known)
    discovered = Discovered(known, tuple(each for each in told if each.found in new))
    _tell(discovered, surveyed, language)
    return discovered


def _others(found: Sequence[Found], known: Sequence[Known]) -> list[Found]:
    named = {each.found for each in known}
    return [device for device in found if device not in named]


def _found(surveyed: Survey) -> tuple[Found, ...]:
    """Each device service once, as it answered first."""
    found: dict[tuple[str, int], Found] = {}
    for answered in surveyed.answered:
        match, service = answered.match, service_of(answered.match, answered.host)
        if service is not None:
            device = Found(answered.host, service, match.name, model=match.hardware, mac=match.mac)
            found.setdefault((answered.host, service.port), device)
    return tuple(found.values())


def _tell(discovered: Discovered, surveyed: Survey, language: Language) -> None:
    known, new = discovered.known, discovered.new
    _say(texts.ANSWERED[language].format(count=Count(len(known) + len(new)), known=len(known), new=len(new)))
    _tell_oddities(surveyed, language)
    if known:
        _say(texts.KNOWN_HEAD[language])
    for each in known:
        camera, phrase = each.entry.camera, texts.MOVED if each.moved else texts.KNOWN
        by, hosts = texts.KNOWN_BY[each.by][language], " ".join(each.entry.hosts)
        _say(phrase[language].format(host=each.found.host, camera=camera.id, name=camera.name, by=by, hosts=hosts))
    if new:
        _say(texts.NEW_HEAD[language])
    for told in new:
        name = told.found.name or told.found.model or told.found.vendor or "ONVIF"
        _say(texts.NEW[language].format(host=told.found.host, name=name, said=told.said))


def _tell_oddities(surveyed: Survey, language: Language) -> None:
    nameless = [answered.host for answered in surveyed.answered if service_of(answered.match, answered.host) is None]
    for host in nameless:
        _say(texts.NEW[language].format(host=host, name="ONVIF", said=texts.NO_SERVICE[language]))
    if surveyed.unreadable:
        _say(texts.UNREADABLE[language].format(hosts=" ".join(list(surveyed.unreadable)[:20])))
    if surveyed.ignored:
        _say(texts.IGNORED_ANSWERS[language].format(count=surveyed.ignored))
    if surveyed.unsent:
        _say(texts.UNSENT[language].format(count=surveyed.unsent))
    if surveyed.unrouted:
        _say(texts.UNROUTED[language])


def _write(path: Path | None, rows: list[list[str]], language: Language) -> bool:
    """Whether the rows are where they were wanted; where they cannot be, they are printed: asking took long."""
    if path is not None:
        try:
            with whole_file(path) as file:
                write_table(rows[0], rows[1:], file)
        except OSError:
            _say(texts.PRINTED_INSTEAD[language].format(path=path))
        else:
            return True
    sys.stdout.flush()
    write_table(rows[0], rows[1:], sys.stdout.buffer)
    return path is None


def _say(text: str) -> None:
    print(text, file=sys.stderr)

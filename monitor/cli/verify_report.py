"""``sharp-eyes report --verify FILE``: makes the report of a JSON file again and says where the two differ.

It needs the ledger and the contract, not the inventory, no password, and no settings where both are named. The report
is made from the record as far as the file says it went, as of the instant the file says; so the ledger may have grown.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor import __version__
from monitor.acts import Head, act_terms, standing
from monitor.calendar import month_span
from monitor.cli import texts
from monitor.cli.exits import Exit
from monitor.cli.faults import told_all
from monitor.cli.ledger import walked
from monitor.contract import Contract
from monitor.errors import Fault, FiguresMoved, SettingsError, UsageError
from monitor.language import Language
from monitor.ledger import Ledger
from monitor.model import instant
from monitor.reading import Unreadable, read_at_most
from monitor.render import to_json
from monitor.render.comparing import Absent, Difference, differences, field_name, sentence
from monitor.render.json import Json
from monitor.render.layout import clean
from monitor.render.printed import LARGEST, NoReport, Printed, read_printed
from monitor.report import Report
from monitor.reporting import report_of, town_of
from monitor.settings import DEFAULT_ZONE, Settings, load_settings, read_contract

MOST = 50  # differences that are printed; the others are counted
NO_FIGURES = frozenset({"version"})  # said apart


def verify_report(args: argparse.Namespace) -> int:
    """Compare, and say so; UsageError where file, ledger and contract do not belong together."""
    try:
        return _verified(args.verify, args.ledger, args.contract, args.config, args.lang)
    except FiguresMoved as error:  # its exit code would mean that figures differ, and so would that of the next
        raise UsageError(str(error)) from error
    except SettingsError as error:
        raise UsageError(told_all(error.faults, args.lang)) from error


def _verified(file: Path, ledger_path: Path | None, named: str | None, config: Path, language: Language) -> int:
    printed = _read(file, language)
    contract_file = Path(named) if named is not None and Path(named).is_file() else None
    settings = None if ledger_path and contract_file else load_settings(config, None)
    contract = _contract(printed, contract_file, named, settings, language)
    _check_time(printed, contract, language)
    path = ledger_path or (settings.ledger if settings else config)
    with Ledger.open_read_only(path, printed.vantage) as ledger:
        _check_chains(ledger, printed, language)
        report, notes = _made_again(ledger, printed, contract, settings, language)
    ours: dict[str, Json] = json.loads(to_json(report))["report"]
    return _judged(file, printed, ours, notes, language)


def _read(file: Path, language: Language) -> Printed:
    try:
        return read_printed(read_at_most(file, LARGEST))
    except Unreadable as error:
        raise UsageError(f"{file}: {error}") from error
    except NoReport as why:
        place = f"{file}:{why.line}" if why.line else str(file)
        raise UsageError(f"{place}: {why.say(language)}") from why


def _contract(
    printed: Printed, file: Path | None, named: str | None, settings: Settings | None, language: Language
) -> Contract:
    """The contract the file was made by; UsageError where another one is at hand."""
    if file is not None:
        faults: list[Fault] = []
        read = read_contract(file, settings.zone if settings else DEFAULT_ZONE, faults)
        if faults or read is None:
            raise SettingsError(tuple(faults))
        found = [read]
    else:
        assert settings is not None, "without a contract file there are settings"
        found = [each for each in settings.contracts if each.id == (named or printed.contract_id)]
    theirs = clean(printed.contract_id), printed.contract_sha256 or texts.IN_SETTINGS[language]
    if not found:
        raise UsageError(texts.REPORT_NO_CONTRACT[language].format(id=named or theirs[0]))
    (contract,) = found
    if (contract.id, contract.file_sha256) != (printed.contract_id, printed.contract_sha256):
        ours = contract.id, contract.file_sha256 or texts.IN_SETTINGS[language]
        raise UsageError(texts.REPORT_OTHER_CONTRACT[language].format(theirs=theirs, ours=ours))
    return contract


def _check_time(printed: Printed, contract: Contract, language: Language) -> None:
    """Both mean the same month, and the instant the file was made at lies in it."""
    zone = contract.terms.zone
    if zone != printed.zone:
        raise UsageError(texts.REPORT_OTHER_ZONE[language].format(theirs=clean(printed.zone), ours=zone))
    period = month_span(*printed.month, ZoneInfo(zone))
    if not period.start < printed.until <= period.end:
        raise UsageError(texts.REPORT_WITHOUT_TIME[language])


def _check_chains(ledger: Ledger, printed: Printed, language: Language) -> None:
    """The record holds, and goes on from where it was when the file was made."""
    if walked(ledger, None, language).broken is not None:
        raise UsageError(texts.REPORT_CHAIN_BROKEN[language].format(path=ledger.path))
    for head in printed.heads:
        if not ledger.holds(head):
            raise UsageError(
                texts.REPORT_UNKNOWN_HEAD[language].format(
                    path=ledger.path, vantage=clean(head.vantage), seq=head.seq, head=clean(head.hash)
                )
            )


def _made_again(
    ledger: Ledger, printed: Printed, contract: Contract, settings: Settings | None, language: Language
) -> tuple[Report, list[str]]:
    """The same report from what is at hand, and what there is to say about it."""
    heads = _heads_then(ledger, printed, contract, language)
    notes = list(_notes(ledger, printed, heads, language))
    town = settings.town if settings else ""
    if not town:
        town = town_of(known.camera for known in ledger.as_of(printed.heads).cameras())
    if settings is None and town != printed.town:  # a name from the settings, and these are not at hand
        notes.append(texts.REPORT_TOWN_UNKNOWN[language].format(town=clean(printed.town)))
        town = printed.town
    then = ledger.as_of(heads)
    place = Settings(path=ledger.path, inventory=(), ledger=ledger.path, reports=ledger.path.parent, town=town)
    return report_of(then, place, contract, printed.month, instant(printed.until)), notes


def _notes(ledger: Ledger, printed: Printed, heads: list[Head], language: Language) -> Iterator[str]:
    if printed.version != __version__:
        yield texts.REPORT_OTHER_VERSION[language].format(theirs=clean(printed.version), ours=__version__)
    then = {head.vantage: head.seq for head in heads}
    more = {head.vantage: head.seq - then.get(head.vantage, 0) for head in ledger.heads()}
    if any(more.values()):
        what = ", ".join(f"{vantage} +{count:,}" for vantage, count in more.items() if count)
        yield texts.REPORT_MOVED_ON[language].format(more=what)


def _heads_then(ledger: Ledger, printed: Printed, contract: Contract, language: Language) -> list[Head]:
    """Up to where the record is read: its heads, and the closings it names.

    A closed month prints the heads it was closed on, and the act of closing it stands behind these.
    """
    month, others = f"{printed.month[0]}-{printed.month[1]:02}", {head.vantage: head for head in printed.heads}
    if not printed.closings:
        return list(others.values())
    closings = standing(ledger.acts(), act_terms(contract)).closings.get(month, [])
    if len(closings) < printed.closings:
        raise UsageError(texts.REPORT_CLOSED_ELSEWHERE[language].format(month=month, path=ledger.path))
    last = closings[printed.closings - 1]
    rows = ledger.rows(ledger.people, after_seq=0, camera_id=None, limit=None)
    closing = next(row for row in rows if (row.kind, row.body) == (last.kind, last.body))
    seen = others.get(ledger.people)
    if seen is None or seen.seq < closing.seq:
        others[ledger.people] = Head(closing.vantage, closing.seq, closing.hash)
    return list(others.values())


def _compared(printed: Printed, ours: dict[str, Json]) -> Iterator[Difference]:
    """Differences of everything that is made from the record."""
    left, right = ({key: side[key] for key in side.keys() - NO_FIGURES} for side in (printed.report, ours))
    return differences(left, right)


def _unclaimed(difference: Difference) -> bool:
    """A field the file does not have, and so says nothing about; a thing missing from a list is another matter."""
    return difference.theirs is Absent.ABSENT and isinstance(difference.where[-1], str)


def _judged(file: Path, printed: Printed, ours: dict[str, Json], notes: list[str], language: Language) -> int:
    """What differs; and what the file does not have where the version that wrote it may not have known of it."""
    older, zone = printed.version != __version__, ZoneInfo(printed.zone)
    shown: list[str] = []
    count, absent = 0, dict[str, None]()
    for each in _compared(printed, ours):
        if older and _unclaimed(each):
            absent[field_name(str(each.where[-1]), language)] = None
            continue
        count += 1
        if count <= MOST:
            shown.append(sentence(each, zone, language))
    if count:
        print(texts.REPORT_DIFFERS[language].format(path=file, count=count))
    elif absent:
        print(texts.REPORT_AGREES_AS_FAR[language].format(path=file, absent=", ".join(absent)))
    else:
        print(texts.REPORT_AGREES[language].format(path=file))
    for line in shown:
        print(f"  {line}")
    if count > MOST:
        print(texts.REPORT_MORE[language].format(count=count - MOST))
    for note in notes:
        print(note)
    return Exit.NO if count else Exit.OK

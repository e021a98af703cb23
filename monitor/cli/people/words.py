"""The words of the commands of people: who acts, and what each verb takes. Nothing heavy is imported here."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from monitor.cli.people import texts
from monitor.language import Language, Phrase
from monitor.model import ExclusionCause, ExclusionState, Repeat, Role

Parser = argparse.ArgumentParser
Subparsers = Any  # argparse names the type of ``add_subparsers()`` with an underscore
Command = Callable[[argparse.Namespace], int]


def add_ledger_words(about: Subparsers, configured: Parser, language: Language) -> None:
    """Everything below ``sharp-eyes ledger`` that people do."""
    acting = _acting(configured, language)
    for verb, help_, fill in LEDGER_VERBS:
        parser = about.add_parser(verb, parents=[acting], help=help_[language])
        fill(parser, language)
        parser.set_defaults(command=_act, verb=verb)
    _add_sign(about, acting, language)
    _add_others(about, configured, language)


def add_maintenance_words(commands: Subparsers, everywhere: Parser, configured: Parser, language: Language) -> None:
    """``sharp-eyes maintenance add|list|cancel``."""
    maintenance = commands.add_parser("maintenance", parents=[everywhere], help=texts.HELP_MAINTENANCE[language])
    about = maintenance.add_subparsers(required=True, metavar="COMMAND")
    acting = _acting(configured, language)
    for verb, help_, fill in MAINTENANCE_VERBS:
        parser = about.add_parser(verb, parents=[acting], help=help_[language])
        fill(parser, language)
        parser.set_defaults(command=_act, verb=f"maintenance-{verb}")
    listing = about.add_parser("list", parents=[configured], help=texts.HELP_MAINTENANCE_LIST[language])
    _contract(listing, language)
    listing.set_defaults(command=_works)


def _acting(configured: Parser, language: Language) -> Parser:
    """The words of everything that is somebody's act."""
    acting = Parser(add_help=False, parents=[configured])
    acting.add_argument("--by", required=True, metavar="NAME", help=texts.HELP_BY[language])
    acting.add_argument("--role", required=True, choices=_values(Role), help=texts.HELP_ROLE[language])
    acting.add_argument("--key", type=Path, default=None, metavar="FILE", help=texts.HELP_KEY[language])
    _contract(acting, language)
    return acting


def _add_sign(about: Subparsers, acting: Parser, language: Language) -> None:
    signing = Parser(add_help=False, parents=[acting])
    signing.add_argument("--out", type=Path, required=True, metavar="FILE", help=texts.HELP_ACTS_OUT[language])
    sign = about.add_parser("sign", help=texts.HELP_SIGN[language])
    verbs = sign.add_subparsers(required=True, metavar="COMMAND")
    planning = ((f"maintenance-{verb}", help_, fill) for verb, help_, fill in MAINTENANCE_VERBS)
    for verb, help_, fill in (*LEDGER_VERBS, *planning):
        parser = verbs.add_parser(verb, parents=[signing], help=help_[language])
        fill(parser, language)
        parser.set_defaults(command=_sign, verb=verb)


def _add_others(about: Subparsers, configured: Parser, language: Language) -> None:
    outages = about.add_parser("outages", parents=[configured], help=texts.HELP_OUTAGES[language])
    outages.add_argument("month", nargs="?", default=None, metavar="YYYY-MM", help=texts.HELP_MONTH[language])
    outages.add_argument("--out", type=Path, default=None, metavar="CSV", help=texts.HELP_STORM_OUT[language])
    _contract(outages, language)
    outages.set_defaults(command=_outages)

    exclusions = about.add_parser("exclusions", parents=[configured], help=texts.HELP_EXCLUSIONS[language])
    exclusions.add_argument("--state", choices=_values(ExclusionState), default=None, help=texts.HELP_STATE[language])
    _contract(exclusions, language)
    exclusions.set_defaults(command=_exclusions)

    declarations = about.add_parser("declarations", parents=[configured], help=texts.HELP_DECLARATIONS[language])
    _contract(declarations, language)
    declarations.set_defaults(command=_declarations)

    export = about.add_parser("export", parents=[configured], help=texts.HELP_EXPORT[language])
    export.add_argument("exclusion", nargs="+", metavar="ID", help=texts.HELP_EXCLUSION[language])
    export.add_argument("--out", type=Path, required=True, metavar="FILE", help=texts.HELP_ACTS_OUT[language])
    _contract(export, language)
    export.set_defaults(command=_export)

    bring = about.add_parser("import", parents=[configured], help=texts.HELP_IMPORT[language])
    bring.add_argument("file", type=Path, metavar="FILE", help=texts.HELP_ACTS[language])
    _contract(bring, language)
    bring.set_defaults(command=_import)

    keygen = about.add_parser("keygen", help=texts.HELP_KEYGEN[language])
    keygen.add_argument("file", type=Path, metavar="FILE", help=texts.HELP_KEY_FILE[language])
    keygen.add_argument("--passphrase", action="store_true", help=texts.HELP_PASSPHRASE[language])
    keygen.add_argument("--lang", type=Language, choices=list(Language), default=language, help=argparse.SUPPRESS)
    keygen.set_defaults(command=_keygen)


# ---------------------------------------------------------------- what each verb takes


def _exclude(parser: Parser, language: Language) -> None:
    _scope(parser, language)
    _span(parser, language)
    parser.add_argument("--cause", choices=_values(ExclusionCause), default=None, help=texts.HELP_CAUSE[language])
    _text(parser, language)
    parser.add_argument("--evidence", default="", help=texts.HELP_EVIDENCE[language])
    parser.add_argument("--outage", default=None, metavar="CAMERA@TIME", help=texts.HELP_OUTAGE[language])
    parser.add_argument("--file", type=Path, default=None, metavar="CSV", help=texts.HELP_FILE[language])


def _decide(parser: Parser, language: Language) -> None:
    parser.add_argument("exclusion", nargs="*", metavar="ID", help=texts.HELP_EXCLUSION[language])
    parser.add_argument("--proposal", type=Path, default=None, metavar="FILE", help=texts.HELP_PROPOSAL[language])
    _text(parser, language)


def _outage(parser: Parser, language: Language) -> None:
    parser.add_argument("outage", metavar="CAMERA@TIME", help=texts.HELP_OUTAGE[language])
    _text(parser, language)


def _work_order(parser: Parser, language: Language) -> None:
    parser.add_argument("outage", metavar="CAMERA@TIME", help=texts.HELP_OUTAGE[language])
    parser.add_argument("order", metavar="ORDER", help=texts.HELP_ORDER[language])
    _text(parser, language)


def _note(parser: Parser, language: Language) -> None:
    parser.add_argument("words", metavar="TEXT", help=texts.HELP_TEXT[language])
    parser.add_argument("--camera", default=None, metavar="ID", help=texts.HELP_CAMERA[language])
    parser.add_argument("--outage", default=None, metavar="CAMERA@TIME", help=texts.HELP_OUTAGE[language])


def _camera(parser: Parser, language: Language) -> None:
    parser.add_argument("camera", metavar="CAMERA", help=texts.HELP_CAMERA[language])
    _text(parser, language)


def _correct(parser: Parser, language: Language) -> None:
    parser.add_argument("month", metavar="YYYY-MM", help=texts.HELP_MONTH[language])
    _text(parser, language)


def _declare(parser: Parser, language: Language) -> None:
    parser.add_argument("item", metavar="ITEM", help=texts.HELP_ITEM[language])
    parser.add_argument("--month", default=None, metavar="YYYY-MM", help=texts.HELP_MONTH[language])
    parser.add_argument("--count", type=int, default=1, metavar="N", help=texts.HELP_COUNT[language])
    _text(parser, language)


def _close(parser: Parser, language: Language) -> None:
    parser.add_argument("month", metavar="YYYY-MM", help=texts.HELP_MONTH[language])


def _plan(parser: Parser, language: Language) -> None:
    from monitor.cli.people.times import day_of_month, day_of_week

    parser.add_argument("--title", default=None, help=texts.HELP_TITLE[language])
    _scope(parser, language)
    _span(parser, language)
    parser.add_argument("--every", choices=_values(Repeat), default=None, help=texts.HELP_EVERY[language])
    parser.add_argument("--at", default=None, metavar="HH:MM-HH:MM", help=texts.HELP_AT[language])
    for option, name, kind, help_ in (
        ("--weekday", "weekdays", day_of_week, texts.HELP_WEEKDAYS),
        ("--day", "days", day_of_month, texts.HELP_DAYS),
    ):
        parser.add_argument(option, dest=name, action="append", type=kind, default=[], help=help_[language])


def _cancel(parser: Parser, language: Language) -> None:
    parser.add_argument("work", metavar="ID", help=texts.HELP_WORK[language])


Fill = Callable[[Parser, Language], None]
LEDGER_VERBS: Sequence[tuple[str, Phrase, Fill]] = (
    ("exclude", texts.HELP_EXCLUDE, _exclude),
    ("approve", texts.HELP_APPROVE, _decide),
    ("reject", texts.HELP_REJECT, _decide),
    ("withdraw", texts.HELP_WITHDRAW, _decide),
    ("declare", texts.HELP_DECLARE, _declare),
    ("ack", texts.HELP_ACK, _outage),
    ("note", texts.HELP_NOTE, _note),
    ("work-order", texts.HELP_WORK_ORDER, _work_order),
    ("confirm-removal", texts.HELP_CONFIRM_REMOVAL, _camera),
    ("approve-view", texts.HELP_APPROVE_VIEW, _camera),
    ("close", texts.HELP_CLOSE, _close),
    ("correct", texts.HELP_CORRECT, _correct),
)
MAINTENANCE_VERBS: Sequence[tuple[str, Phrase, Fill]] = (
    ("add", texts.HELP_MAINTENANCE_ADD, _plan),
    ("cancel", texts.HELP_MAINTENANCE_CANCEL, _cancel),
)


# ---------------------------------------------------------------- words they share


def _scope(parser: Parser, language: Language) -> None:
    for name, help_ in (
        ("camera", texts.HELP_CAMERA),
        ("site", texts.HELP_SITE),
        ("village", texts.HELP_VILLAGE),
        ("town", texts.HELP_TOWN),
        ("carrier", texts.HELP_CARRIER),
        ("uplink", texts.HELP_UPLINK),
        ("recorder", texts.HELP_RECORDER),
    ):
        parser.add_argument(f"--{name}", action="append", default=[], help=help_[language])


def _span(parser: Parser, language: Language) -> None:
    parser.add_argument("--from", dest="from_", default=None, metavar="TIME", help=texts.HELP_FROM[language])
    parser.add_argument("--to", default=None, metavar="TIME", help=texts.HELP_TO[language])


def _text(parser: Parser, language: Language) -> None:
    parser.add_argument("--text", default="", help=texts.HELP_TEXT[language])


def _contract(parser: Parser, language: Language) -> None:
    parser.add_argument("--contract", default=None, metavar="ID", help=texts.HELP_CONTRACT[language])


def _values(kind: type[Role] | type[ExclusionCause] | type[ExclusionState] | type[Repeat]) -> list[str]:
    return [member.value for member in kind]


# ---------------------------------------------------------------- the commands, loaded when they are called


def _act(args: argparse.Namespace) -> int:
    from monitor.cli.people.commands import act

    return act(args)


def _sign(args: argparse.Namespace) -> int:
    from monitor.cli.people.commands import sign

    return sign(args)


def _import(args: argparse.Namespace) -> int:
    from monitor.cli.people.commands import bring

    return bring(args)


def _export(args: argparse.Namespace) -> int:
    from monitor.cli.people.commands import export

    return export(args)


def _outages(args: argparse.Namespace) -> int:
    from monitor.cli.people.commands import outages

    return outages(args)


def _exclusions(args: argparse.Namespace) -> int:
    from monitor.cli.people.commands import exclusions

    return exclusions(args)


def _declarations(args: argparse.Namespace) -> int:
    from monitor.cli.people.commands import declarations

    return declarations(args)


def _works(args: argparse.Namespace) -> int:
    from monitor.cli.people.commands import works

    return works(args)


def _keygen(args: argparse.Namespace) -> int:
    from monitor.cli.people.keys import keygen

    return keygen(args.file, args.lang, encrypted=args.passphrase)

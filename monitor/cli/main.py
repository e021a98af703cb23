"""Reads the command line and calls the command; every error of ours ends in one plain message and an exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from monitor import __version__
from monitor.cli import texts
from monitor.cli.assets.words import add_asset_words
from monitor.cli.exits import Exit
from monitor.cli.faults import told, told_all
from monitor.cli.parser import parser_class
from monitor.cli.people.words import Subparsers, add_ledger_words, add_maintenance_words
from monitor.dumps import leave_no_dumps
from monitor.errors import SettingsError, SharpEyesError, UsageError
from monitor.language import Language, language_of_environment
from monitor.parsing import duration
from monitor.parsing.scalars import shown

DEFAULT_CONFIG = "config/sharp-eyes.yml"

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """The command's exit code; ``argv`` without the program's name, default from the process."""
    leave_no_dumps()
    words = list(sys.argv[1:] if argv is None else argv)
    language = _language_of(words)
    args = _parser(language).parse_args(words)
    command: Command = args.command
    try:
        return command(args)
    except BrokenPipeError:  # the reader has seen enough: ``sharp-eyes ... | head``
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK
    except SettingsError as error:
        print(told_all(error.faults, language), file=sys.stderr)
        return Exit.NO
    except UsageError as error:
        print(f"sharp-eyes: {told(str(error), language)}", file=sys.stderr)
        return Exit.USAGE
    except (SharpEyesError, OSError) as error:
        print(f"sharp-eyes: {told(_plain(error), language)}", file=sys.stderr)
        return Exit.CANNOT
    except KeyboardInterrupt:
        return Exit.INTERRUPTED


def _plain(error: SharpEyesError | OSError) -> str:
    """What is wrong; of a system's call without its number, the file in front as everywhere."""
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{os.fsdecode(error.filename)}: {error.strerror}"
    return str(error)


def _language_of(words: Sequence[str]) -> Language:
    """The language is wanted before parsing, because the help texts have one too."""
    for index, word in enumerate(words):
        value = words[index + 1] if word == "--lang" and index + 1 < len(words) else word.removeprefix("--lang=")
        if (word == "--lang" or word.startswith("--lang=")) and value in set(Language):
            return Language(value)
    return language_of_environment()


def _parser(language: Language) -> argparse.ArgumentParser:
    everywhere = argparse.ArgumentParser(add_help=False)
    everywhere.add_argument(
        "--lang", type=Language, choices=list(Language), default=language, help=texts.HELP_LANG[language]
    )
    parser = parser_class(language)(
        "sharp-eyes", parents=[everywhere], description=texts.DESCRIPTION[language], epilog=texts.EXIT_CODES[language]
    )
    parser.add_argument("--version", action="version", version=f"sharp-eyes {__version__}")
    configured = argparse.ArgumentParser(add_help=False, parents=[everywhere])
    config = os.environ.get("SHARP_EYES_CONFIG", DEFAULT_CONFIG)
    configured.add_argument(
        "--config", type=Path, default=Path(config), help=texts.HELP_CONFIG[language].format(default=config)
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", parents=[everywhere], help=texts.HELP_DEMO[language])
    demo.add_argument("--duration", type=_duration, default=None, help=texts.HELP_DURATION[language])
    demo.add_argument("--no-tty", action="store_true", help=texts.HELP_NO_TTY[language])
    demo.add_argument("--cameras", type=_cameras, default=108, help=texts.HELP_CAMERAS[language])
    demo.add_argument("--folder", type=Path, default=None, help=texts.HELP_FOLDER[language])
    demo.set_defaults(command=_demo)

    commands.add_parser("run", parents=[configured], help=texts.HELP_RUN[language]).set_defaults(command=_run)

    check = commands.add_parser("check-config", parents=[configured], help=texts.HELP_CHECK[language])
    check.add_argument("--alertmanager", type=Path, metavar="FILE", help=texts.HELP_ROUTES[language])
    check.add_argument("--prometheus", type=Path, metavar="FILE", help=texts.HELP_LINKS[language])
    check.set_defaults(command=_check)

    probe = commands.add_parser("probe", parents=[configured], help=texts.HELP_PROBE[language])
    probe.add_argument("target", help=texts.HELP_TARGET[language])
    probe.add_argument("--user", default=None, help=texts.HELP_USER[language])
    probe.add_argument("-v", "--verbose", action="store_true", help=texts.HELP_VERBOSE[language])
    probe.add_argument("--insist", action="store_true", help=texts.HELP_INSIST[language])
    way = probe.add_mutually_exclusive_group()
    way.add_argument("--picture", action="store_true", help=texts.HELP_PICTURE[language])
    way.add_argument("--onvif", action="store_true", help=texts.HELP_ONVIF[language])
    probe.set_defaults(command=_probe)

    diagnose = commands.add_parser("diagnose", parents=[everywhere], help=texts.HELP_DIAGNOSE[language])
    diagnose.add_argument("file", type=Path, metavar="FILE", help=texts.HELP_DIAGNOSE_FILE[language])
    diagnose.set_defaults(command=_diagnose)

    substream = commands.add_parser("substream", parents=[configured], help=texts.HELP_SUBSTREAM[language])
    substream.add_argument("cameras", nargs="*", metavar="CAMERA", help=texts.HELP_SUBSTREAM_CAMERAS[language])
    substream.add_argument("--insist", action="store_true", help=texts.HELP_INSIST[language])
    substream.set_defaults(command=_substream)

    _add_capacity_words(commands, configured, language)

    _add_platform_words(commands, configured, language)
    add_asset_words(commands, configured, language)
    _add_report(commands, configured, language)

    _add_forecast_words(commands, configured, language)
    _add_bulletin_words(commands, configured, language)
    _add_record_words(commands, everywhere, configured, language)
    add_maintenance_words(commands, everywhere, configured, language)
    _add_alert_words(commands, everywhere, configured, language)
    return parser


def _add_alert_words(
    commands: Subparsers,
    everywhere: argparse.ArgumentParser,
    configured: argparse.ArgumentParser,
    language: Language,
) -> None:
    alerts = commands.add_parser("alerts", parents=[everywhere], help=texts.HELP_ALERTS[language])
    about = alerts.add_subparsers(required=True, metavar="COMMAND")
    test = about.add_parser("test", parents=[configured], help=texts.HELP_ALERTS_TEST[language])
    test.add_argument("channel", metavar="CHANNEL", help=texts.HELP_CHANNEL[language])
    test.set_defaults(command=_alerts_test)
    listing = about.add_parser("list", parents=[configured], help=texts.HELP_ALERTS_LIST[language])
    listing.add_argument("--limit", type=_count, default=50, help=texts.HELP_ALERTS_LIMIT[language])
    listing.set_defaults(command=_alerts_list)


def _add_record_words(
    commands: Subparsers, everywhere: argparse.ArgumentParser, configured: argparse.ArgumentParser, language: Language
) -> None:
    ledger = commands.add_parser("ledger", parents=[everywhere], help=texts.HELP_LEDGER[language])
    about = ledger.add_subparsers(required=True, metavar="COMMAND")
    verify = about.add_parser("verify", parents=[configured], help=texts.HELP_VERIFY[language])
    verify.add_argument("--expect-head", default=None, help=texts.HELP_EXPECT_HEAD[language])
    verify.set_defaults(command=_ledger_verify)
    show = about.add_parser("show", parents=[configured], help=texts.HELP_SHOW[language])
    show.add_argument("--camera", default=None, help=texts.HELP_SHOW_CAMERA[language])
    show.add_argument("--after", type=_count, default=0, help=texts.HELP_SHOW_AFTER[language])
    show.add_argument("--limit", type=_count, default=None, help=texts.HELP_SHOW_LIMIT[language])
    show.add_argument("--people", action="store_true", help=texts.HELP_SHOW_PEOPLE[language])
    show.set_defaults(command=_ledger_show)
    add_ledger_words(about, configured, language)


def _add_report(commands: Subparsers, configured: argparse.ArgumentParser, language: Language) -> None:
    report = commands.add_parser("report", parents=[configured], help=texts.HELP_REPORT[language])
    report.add_argument("month", nargs="?", default=None, help=texts.HELP_MONTH[language])
    report.add_argument("--format", default=None, help=texts.HELP_FORMAT[language])
    report.add_argument("--out", type=Path, default=None, help=texts.HELP_OUT[language])
    report.add_argument("--contract", metavar="ID", default=None, help=texts.HELP_CONTRACT_OR_FILE[language])
    report.add_argument("--verify", type=Path, metavar="JSON", default=None, help=texts.HELP_VERIFY_REPORT[language])
    report.add_argument("--ledger", type=Path, metavar="FILE", default=None, help=texts.HELP_LEDGER_FILE[language])
    report.set_defaults(command=_report, wrong=report.error)


def _add_capacity_words(commands: Subparsers, configured: argparse.ArgumentParser, language: Language) -> None:
    capacity = commands.add_parser("capacity", parents=[configured], help=texts.HELP_CAPACITY[language])
    capacity.add_argument("--json", action="store_true", help=texts.HELP_JSON[language])
    capacity.set_defaults(command=_capacity)


def _add_platform_words(commands: Subparsers, configured: argparse.ArgumentParser, language: Language) -> None:
    platform = commands.add_parser("platform", parents=[configured], help=texts.HELP_PLATFORM[language])
    platform.add_argument("list", type=Path, metavar="FILE", help=texts.HELP_PLATFORM_FILE[language])
    platform.set_defaults(command=_platform)


def _add_forecast_words(commands: Subparsers, configured: argparse.ArgumentParser, language: Language) -> None:
    forecast = commands.add_parser("forecast", parents=[configured], help=texts.HELP_FORECAST[language])
    forecast.add_argument("--month", default=None, help=texts.HELP_FORECAST_MONTH[language])
    forecast.add_argument("--format", default="text", help=texts.HELP_FORECAST_FORMAT[language])
    forecast.add_argument("--top", type=_count, metavar="N", default=None, help=texts.HELP_TOP[language])
    forecast.add_argument("--contract", metavar="ID", default=None, help=texts.HELP_CONTRACT[language])
    forecast.set_defaults(command=_forecast)


def _add_bulletin_words(commands: Subparsers, configured: argparse.ArgumentParser, language: Language) -> None:
    bulletin = commands.add_parser("bulletin", parents=[configured], help=texts.HELP_BULLETIN[language])
    bulletin.add_argument(
        "kind", choices=("daily", "patrol", "pictures", "month"), help=texts.HELP_BULLETIN_KIND[language]
    )
    bulletin.add_argument("--contract", metavar="ID", default=None, help=texts.HELP_CONTRACT[language])
    bulletin.set_defaults(command=_bulletin)


def _duration(text: str) -> timedelta:
    try:
        return duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise argparse.ArgumentTypeError(f"{shown(text)} is not a whole number")
    return int(text)


def _cameras(text: str) -> int:
    if not text.isdecimal() or not 27 <= int(text) <= 5000:
        raise argparse.ArgumentTypeError(f"{shown(text)} must be from 27 to 5000")
    return int(text)


# A command's libraries (OpenCV, aiohttp) load when it is called: ``--version`` answers at once.


def _demo(args: argparse.Namespace) -> int:
    from monitor.cli.demo import demo

    return demo(args.lang, args.cameras, args.folder, args.duration, live=not args.no_tty)


def _run(args: argparse.Namespace) -> int:
    from monitor.cli.run import run

    return run(args.config)


def _check(args: argparse.Namespace) -> int:
    from monitor.cli.check import check

    return check(args.config, args.alertmanager, args.prometheus, args.lang)


def _probe(args: argparse.Namespace) -> int:
    if args.onvif:
        from monitor.cli.onvif import probe_over_onvif

        return probe_over_onvif(args.target, args.config, args.lang, insist=args.insist)
    from monitor.cli.probe import Shown, probe

    shown = Shown(exchange=args.verbose, picture=args.picture)
    return probe(args.target, args.config, args.user, args.lang, shown, insist=args.insist)


def _diagnose(args: argparse.Namespace) -> int:
    from monitor.cli.diagnose import diagnose

    return diagnose(args.file, args.lang)


def _substream(args: argparse.Namespace) -> int:
    from monitor.cli.substream import substream

    return substream(args.cameras, args.config, args.lang, insist=args.insist)


def _platform(args: argparse.Namespace) -> int:
    from monitor.cli.platform import compare_with_platform

    return compare_with_platform(args.list, args.config, args.lang)


def _capacity(args: argparse.Namespace) -> int:
    from monitor.cli.capacity import show_capacity

    return show_capacity(args.config, args.lang, as_json=args.json)


def _report(args: argparse.Namespace) -> int:
    if args.verify is not None:
        from monitor.cli.verify_report import verify_report

        if (args.month, args.format, args.out) != (None, None, None):
            args.wrong(texts.NOT_WITH_VERIFY[args.lang])
        return verify_report(args)
    from monitor.cli.report import report

    if args.month is None or args.ledger is not None:
        args.wrong((texts.NEEDS_MONTH if args.month is None else texts.ONLY_WITH_VERIFY)[args.lang])
    return report(args.month, args.config, args.format or "text", args.out, args.lang, contract=args.contract)


def _forecast(args: argparse.Namespace) -> int:
    from monitor.cli.forecast import forecast

    return forecast(args.month, args.config, args.format, args.lang, contract=args.contract, top=args.top)


def _bulletin(args: argparse.Namespace) -> int:
    from monitor.cli.bulletin import bulletin
    from monitor.settings import BulletinKind

    return bulletin(BulletinKind(args.kind), args.config, args.lang, contract=args.contract)


def _alerts_test(args: argparse.Namespace) -> int:
    from monitor.cli.alerts import test_channel

    return test_channel(args.channel, args.config, args.lang)


def _alerts_list(args: argparse.Namespace) -> int:
    from monitor.cli.alerts import list_messages

    return list_messages(args.config, args.limit, args.lang)


def _ledger_verify(args: argparse.Namespace) -> int:
    from monitor.cli.ledger import verify

    return verify(args.config, args.expect_head, args.lang)


def _ledger_show(args: argparse.Namespace) -> int:
    from monitor.cli.ledger import show

    return show(args.config, args.camera, args.after, args.limit, people=args.people)

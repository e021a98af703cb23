"""The words of ``discover`` and ``import``. Nothing heavy is imported here."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from ipaddress import IPv4Address
from pathlib import Path
from typing import TypeVar

from monitor.cli.assets import texts
from monitor.cli.people.words import Parser, Subparsers
from monitor.language import Language
from monitor.parsing.ranges import address_range

T = TypeVar("T")
USUAL_ADDRESSES = 4096  # a /20: 82 s of asking
MOST_ADDRESSES = 65_536


def add_asset_words(commands: Subparsers, configured: Parser, language: Language) -> None:
    """Both commands."""
    discover = commands.add_parser("discover", parents=[configured], help=texts.HELP_DISCOVER[language])
    many = {"action": "append", "default": []}
    discover.add_argument(
        "--range", type=_read(address_range), metavar="RANGE", dest="ranges", help=texts.HELP_RANGE[language], **many
    )
    discover.add_argument(
        "--interface", type=_read(_address), metavar="ADDRESS", help=texts.HELP_INTERFACE[language], **many
    )
    discover.add_argument("--credentials", default="", metavar="NAME", help=texts.HELP_ACCOUNT[language])
    discover.add_argument("--village", default="", metavar="NAME", help=texts.HELP_VILLAGE[language])
    discover.add_argument("--out", type=Path, default=None, metavar="FILE", help=texts.HELP_FOUND_OUT[language])
    large = texts.HELP_LARGE[language].format(usual=USUAL_ADDRESSES, most=MOST_ADDRESSES)
    discover.add_argument("--large", action="store_true", help=large)
    discover.add_argument("--public", action="store_true", help=texts.HELP_PUBLIC[language])
    discover.set_defaults(command=_discover)

    bring = commands.add_parser("import", parents=[configured], help=texts.HELP_IMPORT[language])
    bring.add_argument("list", type=Path, metavar="FILE", help=texts.HELP_EXPORT_FILE[language])
    bring.add_argument("--write", type=Path, default=None, metavar="FILE", help=texts.HELP_WRITE[language])
    bring.add_argument("--overwrite", action="store_true", help=texts.HELP_OVERWRITE[language])
    bring.set_defaults(command=_import)


def _read(parse: Callable[[str], T]) -> Callable[[str], T]:
    """The same reader with argparse's own error."""

    def read(text: str) -> T:
        try:
            return parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return read


def _address(text: str) -> str:
    return str(IPv4Address(text))


def _discover(args: argparse.Namespace) -> int:
    from monitor.cli.assets.discover import discover

    return discover(args)


def _import(args: argparse.Namespace) -> int:
    from monitor.cli.assets.importing import compare_with_export

    return compare_with_export(args.list, args.config, args.write, args.lang, overwrite=args.overwrite)

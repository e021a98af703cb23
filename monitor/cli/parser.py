"""argparse, whose own words are English, in the language of whoever reads them."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

from monitor.cli.exits import Exit
from monitor.cli.faults import told
from monitor.cli.faults.usage import HELP
from monitor.language import Language


class _ChineseParser(argparse.ArgumentParser):
    """Its subcommands are made of the same class."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(Exit.USAGE, f"{self.prog}:{told(message, Language.ZH)}\n")

    def format_usage(self) -> str:
        return _in_chinese(super().format_usage())

    def format_help(self) -> str:
        return _in_chinese(super().format_help())


def parser_class(language: Language) -> type[argparse.ArgumentParser]:
    """What command lines of that language are read with."""
    match language:
        case Language.EN:
            return argparse.ArgumentParser
        case Language.ZH:
            return _ChineseParser


def _in_chinese(text: str) -> str:
    for phrase in HELP:
        text = text.replace(phrase.en, phrase.zh, 1)
    return text

"""``sharp-eyes report YYYY-MM``: the month's SLA report, on the screen or into files."""

from __future__ import annotations

import sys
from pathlib import Path

from monitor.calendar import parse_month
from monitor.cli import texts
from monitor.cli.exits import Exit
from monitor.clock import SystemClock
from monitor.language import Language
from monitor.reporting import Format, month_report, rendered, write_report
from monitor.settings import load_settings


def report(
    month: str, config: Path, formats: str, folder: Path | None, language: Language, *, contract: str | None
) -> int:
    """Write the wanted formats; one format without a folder goes to the screen. The only contract needs no name."""
    try:
        when = parse_month(month)
    except ValueError:
        print(texts.BAD_MONTH[language].format(month=month), file=sys.stderr)
        return Exit.USAGE
    wanted = []
    for name in map(str.strip, formats.split(",")):
        if name not in set(Format):
            print(texts.BAD_FORMAT[language].format(format=name), file=sys.stderr)
            return Exit.USAGE
        wanted.append(Format(name))
    if folder is None and len(wanted) > 1:
        print(texts.WHICH_FOLDER[language], file=sys.stderr)
        return Exit.USAGE
    if folder is None and wanted == [Format.XLSX] and sys.stdout.isatty():
        print(texts.NOT_ON_SCREEN[language], file=sys.stderr)
        return Exit.USAGE
    settings, now = load_settings(config, None), SystemClock().now()
    chosen = [each for each in settings.contracts if contract in (None, each.id)]
    if len(chosen) != 1:
        which = texts.WHICH_CONTRACT if contract is None else texts.NO_CONTRACT
        there = ", ".join(each.id for each in settings.contracts)
        print(which[language].format(id=contract, there=there), file=sys.stderr)
        return Exit.USAGE
    (about,) = chosen
    if folder is None:
        sys.stdout.buffer.write(rendered(month_report(settings, about, when, now), wanted[0], language))
        return Exit.OK
    for path in write_report(settings, about, when, now, formats=wanted, folder=folder, language=language):
        print(texts.WRITTEN[language].format(path=path))
    return Exit.OK

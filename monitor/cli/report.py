"""``sharp-eyes report YYYY-MM``: the month's SLA report, on the screen or into files."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryFile

from rich.console import Console

from monitor.calendar import parse_month
from monitor.cli import texts
from monitor.cli.choosing import one_contract
from monitor.cli.exits import Exit
from monitor.cli.faults import told
from monitor.cli.progress import ReportProgress
from monitor.cli.sharing import beside, by_two_processes
from monitor.clock import SystemClock
from monitor.errors import PartsMissing, UsageError
from monitor.heap import resting_collector
from monitor.language import Language
from monitor.publishing import ALWAYS, Format, in_turn, places_of, rendered, write_files
from monitor.reporting import month_report
from monitor.settings import load_settings

ON_NO_SCREEN = frozenset({Format.XLSX, Format.PDF})


def report(
    month: str, config: Path, formats: str, folder: Path | None, language: Language, *, contract: str | None
) -> int:
    """Write the wanted formats; one format without a folder goes to the screen. The only contract needs no name.

    UsageError, before the report is made, where nothing can be written into the folder.
    PartsMissing, when all others are written, for a format that cannot be written here.
    """
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
    if folder is None and wanted[0] in ON_NO_SCREEN and sys.stdout.isatty():
        print(texts.NOT_ON_SCREEN[language].format(format=wanted[0]), file=sys.stderr)
        return Exit.USAGE
    clock = SystemClock()
    settings, now = load_settings(config, None), clock.now()
    about = one_contract(settings.contracts, contract, language)
    if about is None:
        return Exit.USAGE
    if folder is not None:
        _open_folder(folder, language)
    written: list[Path] = []
    try:
        with resting_collector(), ReportProgress(in_turn(wanted), language, clock, Console(stderr=True)) as watcher:
            made = month_report(settings, about, when, now, watcher, beside)
            if folder is None:
                watcher(wanted[0], 0, 1)
                shown = rendered(made, wanted[0], language)
            else:
                shown = b""
                places = places_of(settings, about, when, wanted, folder)
                try:
                    written += write_files(made, places, language, watcher, by_two_processes)
                except PartsMissing:  # then all others are there
                    others: dict[Format, Path] = {form: place for form, place in places.items() if form in ALWAYS}
                    written += write_files(made, others, language, watcher, by_two_processes)
                    raise
    finally:
        for path in written:
            print(texts.WRITTEN[language].format(path=path))
    sys.stdout.buffer.write(shown)
    return Exit.OK


def _open_folder(folder: Path, language: Language) -> None:
    """Have the folder, and try it: a large report takes a while, and would be lost."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except (FileExistsError, NotADirectoryError):
        raise UsageError(texts.OUT_IS_FILE[language].format(path=folder)) from None
    except OSError as error:
        why = told(error.strerror or type(error).__name__, language)
        raise UsageError(texts.OUT_UNWRITABLE[language].format(path=folder, why=why)) from None

"""``sharp-eyes import``: the platform's asset list beside the inventory, and the two of them merged if wanted."""

from __future__ import annotations

import csv
import io
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from monitor.cli.assets import texts
from monitor.cli.exits import Exit
from monitor.cli.faults import told_all
from monitor.clock import SystemClock
from monitor.engine import Plan
from monitor.errors import Fault, SettingsError, UsageError
from monitor.inventory import load_inventory
from monitor.inventory.columns import Column
from monitor.inventory.comparing import Differences, Pair, compared
from monitor.inventory.entries import TABLES, entries_of, heading, table_of
from monitor.inventory.export import read_export
from monitor.inventory.matching import MatchedBy
from monitor.inventory.merging import merged
from monitor.language import Count, Language
from monitor.parsing.scalars import printable
from monitor.service import load_plan
from monitor.writing import whole_file

MOST_LINES: Final = 20  # named of those that are passed over


def compare_with_export(path: Path, config: Path, out: Path | None, language: Language, *, overwrite: bool) -> int:
    """Print what differs, and write the merged inventory to ``out``; 1 when anything differs, else 0."""
    if overwrite and out is None:
        raise UsageError(texts.NOTHING_TO_OVERWRITE[language])
    plan = load_plan(config)
    if out is not None:
        _refuse(plan, out, language, overwrite=overwrite)
    entries = entries_of(plan.settings.inventory, plan.cameras)
    export = read_export(path)
    found = compared(entries, export.cameras)
    _tell_passed_over(export.passed_over, language)
    _tell(found, len(entries), len(export.cameras), printable(path.name), language)
    if out is not None:
        _write(found, plan, out, language)
    return Exit.NO if found.differs else Exit.OK


def _refuse(plan: Plan, out: Path, language: Language, *, overwrite: bool) -> None:
    """``UsageError`` for what cannot be written, before anything is read."""
    inventory = plan.settings.inventory
    if len(inventory) != 1 or inventory[0].suffix.lower() not in TABLES:
        raise UsageError(texts.ONE_TABLE[language].format(files=" ".join(map(str, inventory)) or "-"))
    if out.suffix.lower() != ".csv":
        raise UsageError(texts.ONLY_CSV[language].format(path=out))
    if out.exists() and not overwrite:
        raise UsageError(texts.FILE_EXISTS_OVERWRITE[language].format(path=out))


def _write(found: Differences, plan: Plan, out: Path, language: Language) -> None:
    """A table with faults becomes a new file, to be completed there, but never takes the place of one."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(merged(table_of(plan.settings.inventory[0]), found))
    content = text.getvalue().encode("utf-8-sig")
    faults = _faults(content, out, plan)
    there = out.exists()
    if there and faults:
        print(texts.NOT_OVERWRITTEN[language].format(path=out, count=Count(len(faults))))
        print(told_all(faults, language))
        return
    if there:
        kept = out.with_name(f"{out.name}.{SystemClock().now():%Y%m%dT%H%M%S.%fZ}.bak")
        shutil.copy2(out, kept)
        print(texts.KEPT[language].format(path=kept))
    with whole_file(out) as file:
        file.write(content)
    changed = sum(bool(pair.differences) for pair in found.pairs)
    print(texts.MERGED[language].format(path=out, changed=Count(changed), added=len(found.only_theirs)))
    pathless = sum(Column.URL not in row.cells for row in found.only_theirs)
    if pathless:
        print(texts.NO_PATH[language].format(count=Count(pathless)))
    dropped = dict.fromkeys(name for row in found.only_theirs for name in row.dropped)
    if dropped:
        print(texts.DROPPED[language].format(headings=" ".join(map(printable, dropped))))
    if faults:
        print(texts.MERGED_TO_FILL_IN[language].format(count=len(faults)))
        print(told_all(faults, language))


def _faults(content: bytes, out: Path, plan: Plan) -> tuple[Fault, ...]:
    """What the check of an inventory says of a table that is to become this file."""
    with TemporaryDirectory() as folder:
        tried = Path(folder) / out.name
        tried.write_bytes(content)
        try:
            load_inventory([tried], plan.settings.credentials)
        except SettingsError as error:
            here, there = str(tried), str(out)
            return tuple(replace(each, file=there, what=each.what.replace(here, there)) for each in error.faults)
    return ()


def _tell_passed_over(lines: Sequence[int], language: Language) -> None:
    if lines:
        numbers = " ".join(map(str, lines[:MOST_LINES])) + (" ..." if len(lines) > MOST_LINES else "")
        print(texts.PASSED_OVER[language].format(count=Count(len(lines)), lines=numbers))


def _tell(found: Differences, ours: int, theirs: int, file: str, language: Language) -> None:
    """``file``: the name of the list, which need not be the platform's; ``discover`` writes some too."""
    by = Counter(pair.by for pair in found.pairs)
    print(
        texts.IMPORT_COUNTS[language].format(
            file=file,
            theirs=theirs,
            ours=ours,
            pairs=len(found.pairs),
            **{each.value: by[each] for each in MatchedBy},
        )
    )
    if not found.differs:
        print(texts.NO_DIFFERENCE[language])
        return
    print(texts.ONLY_THEIRS[language].format(file=file, count=len(found.only_theirs)))
    for row in found.only_theirs:
        words = [*row.ids, row.cells.get(Column.NAME, ""), row.cells.get(Column.VILLAGE, ""), row.host]
        print(f"  {' '.join(filter(None, words))} ({row.place})")
    print(texts.ONLY_OURS[language].format(file=file, count=len(found.only_ours)))
    for entry in found.only_ours:
        camera = entry.camera
        print(f"  {camera.id} {camera.name} {camera.site.village} {entry.hosts[0]} ({entry.place})")
    differing = [pair for pair in found.pairs if pair.differences]
    print(texts.FIELDS_DIFFER[language].format(count=len(differing)))
    for pair in differing:
        _tell_pair(pair, language)


def _tell_pair(pair: Pair, language: Language) -> None:
    camera = pair.entry.camera
    by = texts.MATCHED_BY[pair.by][language]
    print(
        texts.PAIR[language].format(
            camera=camera.id, name=camera.name, by=by, ours=pair.entry.place, theirs=pair.listed.place
        )
    )
    for each in pair.differences:
        empty = texts.EMPTY[language]
        field = heading(each.column, language)
        print(
            texts.FIELD[language].format(field=field, ours=printable(each.ours) or empty, theirs=printable(each.theirs))
        )

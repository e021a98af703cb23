"""The page at ``/reports``, and the files it names: the months' reports as they were written, to take along.

Nothing is served but regular files of that one folder whose names are those of reports. A report is handed out to be
kept, never shown in this page's own rights.
"""

from __future__ import annotations

import asyncio
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import hdrs, web

from monitor.clock import Clock
from monitor.console.answers import language_of, page_of
from monitor.console.cells import BACK, framed, heading
from monitor.language import Language, Phrase
from monitor.model import SECOND_US, instant

MOST_LOOKED_AT = 10_000  # entries of the folder
MOST_SHOWN = 1_000  # files
MOST_BYTES = 200_000_000  # of a file that is handed out
TYPES = {  # by what a name ends in, in the order in which files are listed
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
}
# Of ``publishing.report_path``, with what a format of several files puts behind it.
NAME = re.compile(rf"sla-([0-9]{{4}}-[0-9]{{2}})(?:-[A-Za-z0-9._-]{{1,100}})?\.({'|'.join(TYPES)})")

TITLE = Phrase("考核报告", "Reports")
NONE = Phrase("还没有报告文件。", "No report has been written yet.")
HOW = Phrase(
    "上月的报告每月 1 日自动写好；随时可用命令 sharp-eyes report 写出任一月份（本月的截至当时）。",
    "Last month's report is written on the first; the command sharp-eyes report writes any month at any time"
    " (the running one as of then).",
)
RUNNING = Phrase("{month}（未结束）", "{month} (running)")
HEADS = (
    Phrase("月份", "month"),
    Phrase("文件", "file"),
    Phrase("大小", "size"),
    Phrase("写于", "written"),
)
TOO_LARGE = Phrase("{name}（过大，请从报告文件夹复制）", "{name} (too large: copy it from the folder of reports)")


@dataclass(frozen=True, slots=True)
class ReportFile:
    """One file of a month's report."""

    name: str
    month: str  # 2026-11
    kind: str  # what its name ends in
    size: int  # bytes
    written_at: datetime


class ReportShelf:
    """The folder of reports as readers may see it; no folder, no report."""

    def __init__(self, folder: Path | None, zone: str, clock: Clock) -> None:
        self._folder = folder
        self._zone = ZoneInfo(zone)
        self._clock = clock

    async def page(self, request: web.Request) -> web.Response:
        """What there is, the latest month first."""
        language = language_of(request)
        found = await asyncio.to_thread(self._found)
        text = report_page(found, f"{self._clock.now().astimezone(self._zone):%Y-%m}", self._zone, language)
        return page_of(text)

    async def file(self, request: web.Request) -> web.StreamResponse:
        """One of them; whatever else the name may mean is not found."""
        name = request.match_info["name"]
        found = await asyncio.to_thread(self._report, name)
        if found is None or self._folder is None:
            raise web.HTTPNotFound(text="no such report; /reports lists them")
        if found.size > MOST_BYTES:
            raise web.HTTPForbidden(text=f"larger than {MOST_BYTES} bytes: copy it from the folder of reports")
        kept = {hdrs.CONTENT_TYPE: TYPES[found.kind], hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"'}
        return web.FileResponse(self._folder / name, headers=kept)

    def _found(self) -> list[ReportFile]:
        if self._folder is None or not self._folder.is_dir():
            return []
        with os.scandir(self._folder) as entries:
            names = [entry.name for entry in islice(entries, MOST_LOOKED_AT)]
        every = filter(None, map(self._report, names))
        order = {kind: number for number, kind in enumerate(TYPES)}
        inside = sorted(every, key=lambda file: (order[file.kind], file.name))
        return sorted(inside, key=attrgetter("month"), reverse=True)[:MOST_SHOWN]

    def _report(self, name: str) -> ReportFile | None:
        """The report of that name: a regular file of the folder itself, not what a link leads to."""
        named = NAME.fullmatch(name)
        if named is None or self._folder is None:
            return None
        try:
            about = (self._folder / name).lstat()
        except OSError:
            return None
        if not stat.S_ISREG(about.st_mode):
            return None
        return ReportFile(name, named[1], named[2], about.st_size, instant(int(about.st_mtime) * SECOND_US))


def report_page(files: Sequence[ReportFile], running: str, zone: ZoneInfo, language: Language) -> str:
    """The whole page; every value is escaped. ``running`` is the month of now, as 2026-11."""
    table = ["<table>", heading(HEADS, language), *_rows(files, running, zone, language), "</table>"]
    parts = [*(table if files else [f"<p>{escape(NONE[language])}</p>"]), f"<p>{escape(HOW[language])}</p>"]
    return framed(TITLE, "/reports", parts, language, [("/", BACK)])


def _rows(files: Sequence[ReportFile], running: str, zone: ZoneInfo, language: Language) -> Iterator[str]:
    for month, its in groupby(files, key=attrgetter("month")):
        several = list(its)
        title = RUNNING[language].format(month=month) if month == running else month
        for nth, file in enumerate(several):
            head = f'<td rowspan="{len(several)}">{escape(title)}</td>' if nth == 0 else ""
            name = escape(file.name)
            link = f'<a href="/reports/{name}">{name}</a>'
            if file.size > MOST_BYTES:
                link = escape(TOO_LARGE[language].format(name=file.name))
            at = f"{file.written_at.astimezone(zone):%Y-%m-%d %H:%M}"
            yield f"<tr>{head}<td>{link}</td><td>{escape(_size(file.size))}</td><td>{at}</td></tr>"


def _size(count: int) -> str:
    """Thousands of bytes, or millions, up to the next."""
    return f"{-(-count // 1000):,} kB" if count < 1_000_000 else f"{-(-count // 100_000) / 10:,.1f} MB"

"""The page of reports: what stands in their folder can be taken along, and nothing else can."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from monitor.console import make_app, reports, serve
from monitor.contract import Contract
from monitor.publishing import Format, report_path
from monitor.settings import Settings
from tests.console.fakes import FakeSource, raw
from tests.metrics.town import DrivenClock

EVERY = [
    "sla-2026-10.csv",
    "sla-2026-10-outages.csv",
    "sla-2026-10-north.pdf",
    "sla-2026-11.xlsx",
    "sla-2026-11.html",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "reports"
    found.mkdir()
    for name in EVERY:
        (found / name).write_text(f"content of {name}", "utf-8")
    (tmp_path / "secret.json").write_text("s3cret", "utf-8")
    return found


@asynccontextmanager
async def shown(folder: Path | None) -> AsyncIterator[str]:
    app = make_app(FakeSource(), clock=DrivenClock(), reports=folder, zone="Asia/Shanghai")
    runner, port = await serve(app, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


async def page(address: str, language: str = "zh") -> str:
    async with aiohttp.ClientSession() as client, client.get(f"{address}/reports?lang={language}") as answer:
        assert answer.status == 200
        return await answer.text()


async def test_the_latest_month_comes_first_with_all_its_files(folder: Path) -> None:
    async with shown(folder) as address:
        text = await page(address)
    names = re.findall(r'href="/reports/([^"]+)"', text)
    assert names == [
        "sla-2026-11.xlsx",
        "sla-2026-11.html",
        "sla-2026-10-north.pdf",
        "sla-2026-10-outages.csv",
        "sla-2026-10.csv",
    ]
    assert "<h1>考核报告</h1>" in text
    assert 'rowspan="3">2026-10<' in text


async def test_the_running_month_is_called_so_in_both_languages(folder: Path) -> None:
    running = f"{DrivenClock().now():%Y-%m}"
    (folder / f"sla-{running}.txt").write_text("x", "utf-8")
    async with shown(folder) as address:
        assert f">{running}（未结束）<" in await page(address)
        english = await page(address, "en")
    assert f">{running} (running)<" in english
    assert "<h1>Reports</h1>" in english


@pytest.mark.parametrize("form", Format)
async def test_every_file_that_the_monitor_writes_is_listed(folder: Path, form: Format) -> None:
    settings = Settings(path=folder / "s.yml", inventory=(), ledger=folder / "l.db", reports=folder)
    two = replace(settings, contracts=(Contract(id="east.1"), Contract(id="west_2")))
    for which in (settings, two):
        path = report_path(which, which.contracts[0], (2025, 1), form)
        path.write_text("x", "utf-8")
        async with shown(folder) as address:
            assert f'href="/reports/{path.name}"' in await page(address)


@pytest.mark.parametrize("folder_is", ["absent", "empty", "none"])
async def test_where_nothing_is_written_yet_the_page_says_how(tmp_path: Path, folder_is: str) -> None:
    folder = None if folder_is == "none" else tmp_path / "reports"
    if folder is not None and folder_is == "empty":
        folder.mkdir()
    async with shown(folder) as address:
        text = await page(address)
    assert "还没有报告文件" in text
    assert "sharp-eyes report" in text


async def test_a_file_is_handed_out_to_be_kept_and_not_to_be_shown(folder: Path) -> None:
    async with (
        shown(folder) as address,
        aiohttp.ClientSession() as client,
        client.get(f"{address}/reports/sla-2026-11.html") as answer,
    ):
        assert await answer.text() == "content of sla-2026-11.html"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="sla-2026-11.html"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        "../secret.json",
        "..%2fsecret.json",
        "%2e%2e/secret.json",
        "..%5csecret.json",
        "sla-2026-11.html/../../secret.json",
        "sla-2026-11-..%2f..%2fsecret.json",
        "sla-2026-11-link.json",
        "sla-2026-11-folder.json",
        "sla-2026-11-gone.json",
        "sla-2026-11.html%00",
        "secret.json",
        "sla-2026-11.html.part",
        "",
    ],
)
async def test_nothing_else_can_be_had(folder: Path, path: str) -> None:
    (folder / "sla-2026-11-link.json").symlink_to(folder.parent / "secret.json")
    (folder / "sla-2026-11-folder.json").mkdir()
    (folder / "sla-2026-11.html.part").write_text("s3cret", "utf-8")
    (folder / "secret.json").write_text("s3cret", "utf-8")
    async with shown(folder) as address:
        answer = await raw(address, f"GET /reports/{path} HTTP/1.1\nHost: x\nConnection: close\n\n")
        listed = await page(address)
    assert re.match(rb"HTTP/1.1 40[04] ", answer), answer
    assert b"s3cret" not in answer
    assert len(re.findall(r'href="/reports/', listed)) == len(EVERY)


async def test_what_is_too_large_is_named_and_not_handed_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "MOST_BYTES", 10)
    async with shown(folder) as address, aiohttp.ClientSession() as client:
        async with client.get(f"{address}/reports/sla-2026-11.html") as answer:
            assert answer.status == 403
            assert "copy it from the folder of reports" in await answer.text()
        text = await page(address)
    assert "sla-2026-11.html（过大，请从报告文件夹复制）" in text
    assert 'href="/reports/sla' not in text

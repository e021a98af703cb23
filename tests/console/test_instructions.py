"""Whoever follows the link of an alert finds what to do."""

from __future__ import annotations

import re
from pathlib import Path

import aiohttp
import pytest

from tests.console.fakes import FakeSource, console, raw

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted((ROOT / "docs" / "runbooks").glob("*.md"))


async def test_every_runbook_is_shown_as_it_is_written() -> None:
    assert len(PAGES) > 20
    async with console(FakeSource()) as address, aiohttp.ClientSession() as client:
        for page in PAGES:
            async with client.get(f"{address}/runbooks/{page.stem}") as answer:
                assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
                assert await answer.text() == page.read_text("utf-8")


@pytest.mark.parametrize(
    "name", ["SharpEyesNothing", "..%2f..%2falerts", "SharpEyesIncident.md", "SharpEyes..%2f..%2falerts", "%00"]
)
async def test_no_other_file_is(name: str) -> None:
    async with console(FakeSource()) as address:
        answer = await raw(address, f"GET /runbooks/{name} HTTP/1.1\nHost: x\nConnection: close\n\n")
    assert re.match(rb"HTTP/1.1 40[04] ", answer), answer

"""What to do about an alert, at ``/runbooks/NAME``: the page of docs/runbooks, as its annotation names it."""

from __future__ import annotations

import asyncio
import re
from importlib.resources import files

from aiohttp import web

NAME = re.compile(r"SharpEyes[A-Za-z]{1,60}")
PAGES = files("monitor.console") / "runbooks"


async def runbook(request: web.Request) -> web.Response:
    """The page as it is written, in both languages."""
    name = request.match_info["name"]
    text = await asyncio.to_thread(_page, name) if NAME.fullmatch(name) else None
    if text is None:
        raise web.HTTPNotFound(text="no alert of that name is ours")
    return web.Response(text=text, content_type="text/plain", charset="utf-8")


def _page(name: str) -> str | None:
    page = PAGES / f"{name}.md"
    return page.read_text("utf-8") if page.is_file() else None

"""How a page is answered: in the reader's language, and said to depend on it."""

from __future__ import annotations

from aiohttp import hdrs, web

from monitor.console.landing import chosen_language
from monitor.language import Language


def language_of(request: web.Request) -> Language:
    """The one that is asked for, else the reader's own."""
    return chosen_language(request.query.get("lang"), request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))


def page_of(text: str) -> web.Response:
    """The page whose HTML that is."""
    return web.Response(text=text, content_type="text/html", headers={hdrs.VARY: hdrs.ACCEPT_LANGUAGE})

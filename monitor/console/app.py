"""Routes and manners of the HTTP server: who may ask what, how long, and with which headers the answer goes out.

Every handler answers from memory, takes no body and has a time limit; but ``/notifications`` reads the outbox,
``/reports`` looks into the folder of reports, and ``/api/alertmanager`` takes what Alertmanager sends, with a token.
Beside it only ``/-/reload`` changes anything, where the operator switched it on; a request that names an ``Origin`` is
refused, so no web page can trick a browser.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from aiohttp import hdrs, web

from monitor.clock import Clock, SystemClock, unhurried
from monitor.console.alerts import AlertDesk
from monitor.console.answers import language_of, page_of
from monitor.console.api import (
    DEFAULT_LIMIT,
    JSON_TYPE,
    LATELY,
    after_and_limit,
    ended_pieces,
    error_body,
    finding_pieces,
    incident_pieces,
    refuse_unknown,
    since_and_limit,
    status_pieces,
    transitions_body,
)
from monitor.console.cameras import camera_list, camera_page
from monitor.console.findings import finding_page
from monitor.console.incidents import incident_page
from monitor.console.instructions import runbook
from monitor.console.landing import STYLE, page
from monitor.console.reports import ReportShelf
from monitor.console.shared import SharedBody, gathered
from monitor.console.source import Alerts, Source
from monitor.metrics import ALL_GROUPS, AREAS, CONTENT_TYPE

MAX_BODY = 4096  # of all routes but Alertmanager's: what a careless client may send with a reload
ANSWER_WITHIN = timedelta(seconds=30)
KEEP_ALIVE_SECONDS = 75  # longer than a scrape interval, and the limit for a client that connects and says nothing

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_app(
    source: Source,
    *,
    clock: Clock | None = None,
    reload_enabled: bool = False,
    alerts: Alerts | None = None,
    reports: Path | None = None,
    zone: str = "UTC",
) -> web.Application:
    """The console over a source. ``reload_enabled`` opens ``POST /-/reload``, as Prometheus' lifecycle flag does.

    ``reports`` is the folder they are written into, ``zone`` the contract's.
    """
    clock = clock or SystemClock()
    desk, shelf = AlertDesk(alerts), ReportShelf(reports, zone, clock)
    console = _Console(source, clock, reload_enabled)
    app = web.Application(client_max_size=MAX_BODY, middlewares=[_manners])
    app.router.add_get("/", console.landing)
    app.router.add_get("/console.css", console.style)
    app.router.add_get("/metrics", console.metrics.answer)
    app.router.add_get("/-/healthy", console.healthy)
    app.router.add_get("/-/ready", console.ready)
    app.router.add_post("/-/reload", console.reload)
    app.router.add_put("/-/reload", console.reload)
    app.router.add_get("/cameras", console.cameras)
    app.router.add_get("/cameras/{camera_id}", console.camera)
    app.router.add_get("/villages/{village}", console.village)
    app.router.add_get("/incidents", console.incidents)
    app.router.add_get("/notifications", desk.page)
    app.router.add_get("/runbooks/{name}", runbook)
    app.router.add_get("/reports", shelf.page)
    app.router.add_get("/reports/{name}", shelf.file)
    app.router.add_post("/api/alertmanager", desk.call)
    app.router.add_get("/api/v1/incidents", console.incident_list)
    app.router.add_get("/api/v1/incidents/ended", console.ended_list)
    app.router.add_get("/findings", console.findings)
    app.router.add_get("/api/v1/findings", console.finding_list)
    app.router.add_get("/api/v1/status", console.status)
    app.router.add_get("/api/v1/transitions", console.transitions)
    return app


async def serve(app: web.Application, host: str, port: int) -> tuple[web.AppRunner, int]:
    """Listen until ``await runner.cleanup()``; also returns the port, for ``port`` 0 means "any"."""
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=KEEP_ALIVE_SECONDS, shutdown_timeout=5)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError:
        await runner.cleanup()
        raise
    return runner, int(runner.addresses[0][1])


class _Console:
    def __init__(self, source: Source, clock: Clock, reload_enabled: bool) -> None:
        self._source = source
        self._clock = clock
        self._reload_enabled = reload_enabled
        self.metrics = SharedBody(partial(source.town_view, AREAS), source.metrics.exposition, CONTENT_TYPE, clock)
        self._incidents = SharedBody(partial(source.town_view, AREAS), incident_pieces, JSON_TYPE, clock)
        self._findings = SharedBody(partial(source.town_view, AREAS), finding_pieces, JSON_TYPE, clock)
        self._status = SharedBody(partial(source.town_view, ALL_GROUPS), status_pieces, JSON_TYPE, clock)

    async def landing(self, request: web.Request) -> web.Response:
        town = await unhurried(self._source.town_view(AREAS), self._clock)
        return page_of(page(town, language_of(request)))

    async def cameras(self, request: web.Request) -> web.Response:
        town, language = await unhurried(self._source.town_view(AREAS), self._clock), language_of(request)
        return page_of(await unhurried(camera_list(town, language), self._clock))

    async def village(self, request: web.Request) -> web.Response:
        town, language = await unhurried(self._source.town_view(AREAS), self._clock), language_of(request)
        village = request.match_info["village"]
        if all(status.camera.site.village != village for status in town.statuses):
            raise web.HTTPNotFound(text="no such village; /cameras lists all cameras")
        return page_of(await unhurried(camera_list(town, language, village), self._clock))

    async def camera(self, request: web.Request) -> web.Response:
        town, camera_id = await unhurried(self._source.town_view(AREAS), self._clock), request.match_info["camera_id"]
        status = next((status for status in town.statuses if status.camera.id == camera_id), None)
        if status is None:
            raise web.HTTPNotFound(text="no such camera; /cameras lists them")
        return page_of(camera_page(status, town.terms.zone, language_of(request)))

    async def incidents(self, request: web.Request) -> web.Response:
        town = await unhurried(self._source.town_view(AREAS), self._clock)
        asked = self._source.ended_incidents(self._clock.now() - LATELY, DEFAULT_LIMIT)
        return page_of(incident_page(town, await unhurried(asked, self._clock), language_of(request)))

    async def incident_list(self, request: web.Request) -> web.Response:
        refuse_unknown(request.query, set())
        return await self._incidents.answer(request)

    async def ended_list(self, request: web.Request) -> web.Response:
        since_at, limit = since_and_limit(request.query, self._clock.now())
        ended = await unhurried(self._source.ended_incidents(since_at, limit), self._clock)
        body = b"".join(await gathered(ended_pieces(ended), self._clock))
        return web.Response(body=body, headers={hdrs.CONTENT_TYPE: JSON_TYPE})

    async def findings(self, request: web.Request) -> web.Response:
        town = await unhurried(self._source.town_view(AREAS), self._clock)
        return page_of(finding_page(town, language_of(request)))

    async def finding_list(self, request: web.Request) -> web.Response:
        refuse_unknown(request.query, set())
        return await self._findings.answer(request)

    async def style(self, _request: web.Request) -> web.Response:
        return web.Response(text=STYLE, content_type="text/css")

    async def healthy(self, _request: web.Request) -> web.Response:
        return _verdict("healthy", self._source.healthy())

    async def ready(self, _request: web.Request) -> web.Response:
        return _verdict("ready", self._source.ready())

    async def reload(self, request: web.Request) -> web.Response:
        if not self._reload_enabled:
            raise web.HTTPForbidden(text="reloading over HTTP is switched off; send the process SIGHUP instead\n")
        if hdrs.ORIGIN in request.headers:
            raise web.HTTPForbidden(text="a web page may not ask for a reload\n")
        taken, text = await self._source.reload()
        return web.Response(text=f"{text}\n", status=200 if taken else 500)

    async def status(self, request: web.Request) -> web.Response:
        refuse_unknown(request.query, set())
        return await self._status.answer(request)

    async def transitions(self, request: web.Request) -> web.Response:
        after, limit = after_and_limit(request.query)
        body = transitions_body(self._source.recent_transitions(after, limit), after)
        return web.Response(body=body, headers={hdrs.CONTENT_TYPE: JSON_TYPE})


def _verdict(word: str, wrong: str | None) -> web.Response:
    return web.Response(text=f"{word}\n") if wrong is None else web.Response(text=f"not {word}: {wrong}\n", status=503)


@web.middleware
async def _manners(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A time limit for every handler, headers on every answer, and JSON for what fails under ``/api/``."""
    # A reload cut in half would be worse than a slow one.
    limit = None if request.path == "/-/reload" else ANSWER_WITHIN.total_seconds()
    response: web.StreamResponse
    try:
        async with asyncio.timeout(limit):
            response = await handler(request)
    except TimeoutError:
        response = _refusal(request, 503, "no answer in time")
    except web.HTTPException as refusal:
        response = _refusal(request, refusal.status, (refusal.text or refusal.reason).strip())
        if hdrs.ALLOW in refusal.headers:
            response.headers[hdrs.ALLOW] = refusal.headers[hdrs.ALLOW]
    response.headers.update(HEADERS)
    return response


def _refusal(request: web.Request, status: int, text: str) -> web.Response:
    if request.path.startswith("/api/"):
        return web.Response(body=error_body(text), status=status, headers={hdrs.CONTENT_TYPE: JSON_TYPE})
    return web.Response(text=f"{text}\n", status=status)

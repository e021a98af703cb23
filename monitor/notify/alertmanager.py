"""What Alertmanager holds: its "resolved" also means that nobody hands alerts over any more, so it is asked."""

from __future__ import annotations

import asyncio
import json
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp

from monitor.alerting import MONITOR_BLIND, MONITOR_DOWN, Manager
from monitor.errors import AlertmanagerUnavailable
from monitor.notify.exchange import http_session

MOST_HELD = 64_000_000  # bytes of its answer: thirty thousand alerts
WITHOUT_INCIDENT = 'incident=""'  # of all else the record says how it stands
NO_ENTRY = (401, 403)
OUT = (MONITOR_DOWN, MONITOR_BLIND)
DECODER = json.JSONDecoder()
OPENING = re.compile(r"\s*\[\s*")
NEXT = re.compile(r"\s*(?:,\s*(?!\])|(?=\]))")


@dataclass(frozen=True, slots=True)
class Held:
    """The alerts without an incident that fire, silenced and inhibited ones, too."""

    fingerprints: frozenset[str]
    watched_since: str  # when its watchdog began: another instant is another beginning, with a break before it
    out: frozenset[str] = frozenset()  # counties whose monitor is not heard, or sees nothing; "" = of any county

    def proves(self, county: str) -> bool:
        """Whether what is missing has ended, and does not merely lack a monitor; "" = whose it is is not known."""
        return not (self.out if not county else self.out & {"", county})


async def held(manager: Manager, watchdog: str) -> Held:
    """What it holds; an Alertmanager without the watchdog of that fingerprint is cut off, or another one.

    What it is shown to let us in goes to its address alone, and into no text. AlertmanagerUnavailable.
    """
    url = f"{manager.address}/api/v2/alerts"
    headers = {} if manager.authorization is None else {"Authorization": manager.authorization.reveal()}
    body = bytearray()
    try:
        async with (
            http_session() as session,
            session.get(
                url,
                params={"filter": WITHOUT_INCIDENT},
                headers=headers,
                ssl=_trusting(manager.authorities),
                allow_redirects=False,
            ) as response,
        ):
            if response.status != 200:
                raise AlertmanagerUnavailable(f"{url}: HTTP {response.status}: {_advice(manager, response.status)}")
            async for piece in response.content.iter_chunked(65_536):
                body += piece
                if len(body) > MOST_HELD:
                    raise AlertmanagerUnavailable(f"{url}: more than {MOST_HELD} bytes")
    except aiohttp.ClientConnectorCertificateError as error:
        why = error.certificate_error
        raise AlertmanagerUnavailable(f"{url}: {why}: does alerts.alertmanager_ca_file vouch for it?") from error
    except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
        raise AlertmanagerUnavailable(f"{url}: {error or type(error).__name__}: see alerts.alertmanager") from error
    try:
        return await asyncio.to_thread(_read, bytes(body), watchdog)
    except ValueError as error:
        raise AlertmanagerUnavailable(f"{url}: {error}: is alerts.alertmanager its address?") from None


def _trusting(authorities: str) -> ssl.SSLContext | bool:
    """Whom these vouch for, or, without any, whom this system trusts."""
    if not authorities:
        return True
    context = ssl.create_default_context(cadata=authorities)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _advice(manager: Manager, status: int) -> str:
    if status not in NO_ENTRY:
        return "is alerts.alertmanager its address?"
    if manager.authorization is None:
        return "it asks for a login: write alerts.alertmanager_username, or alerts.alertmanager_token_file"
    return "it refuses what it is shown: see alerts.alertmanager_username and alerts.alertmanager_token_file"


def elements(text: str) -> Iterator[Any]:
    """Of a JSON list, one at a time: read at once, ten thousand alerts keep every other thread for half a second."""
    place = OPENING.match(text)
    while place is not None and text[place.end() : place.end() + 1] != "]":
        value, end = DECODER.raw_decode(text, place.end())
        yield value
        place = NEXT.match(text, end)
    if place is None or text[place.end() + 1 :].strip():
        raise ValueError("not a list")


def _read(body: bytes, watchdog: str) -> Held:
    """ValueError says what is wrong with it."""
    try:
        alerts = list(elements(body.decode()))
        began = {str(alert["fingerprint"]): str(alert["startsAt"]) for alert in alerts}
        labels = [alert["labels"] for alert in alerts]
        out = frozenset(str(one.get("county", "")) for one in labels if one.get("alertname") in OUT)
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        raise ValueError("not a list of alerts") from None
    if watchdog not in began:
        raise ValueError("it does not hold the SharpEyesWatchdog that calls")
    return Held(frozenset(began), began[watchdog], out)

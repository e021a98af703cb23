"""What Alertmanager holds: of what is muted or inhibited when it ends it tells nobody the end, so it is asked."""

from __future__ import annotations

import asyncio
import json

import aiohttp

from monitor.errors import AlertmanagerUnavailable
from monitor.notify.exchange import http_session

MOST_HELD = 64_000_000  # bytes of its answer: thirty thousand alerts
WITHOUT_INCIDENT = 'incident=""'  # of all else the record says how it stands


async def held(address: str) -> frozenset[str]:
    """The fingerprints of the alerts without an incident that fire, silenced and inhibited ones, too.

    ``address`` is where its API begins, without a stroke at the end. AlertmanagerUnavailable.
    """
    url = f"{address}/api/v2/alerts"
    body = bytearray()
    try:
        async with (
            http_session() as session,
            session.get(url, params={"filter": WITHOUT_INCIDENT}, allow_redirects=False) as response,
        ):
            if response.status != 200:
                raise AlertmanagerUnavailable(f"{url}: HTTP {response.status}: is alerts.alertmanager its address?")
            async for piece in response.content.iter_chunked(65_536):
                body += piece
                if len(body) > MOST_HELD:
                    raise AlertmanagerUnavailable(f"{url}: more than {MOST_HELD} bytes")
    except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
        raise AlertmanagerUnavailable(f"{url}: {error or type(error).__name__}: see alerts.alertmanager") from error
    found = await asyncio.to_thread(_fingerprints, bytes(body))
    if found is None:
        raise AlertmanagerUnavailable(f"{url}: not a list of alerts: is alerts.alertmanager its address?")
    return found


def _fingerprints(body: bytes) -> frozenset[str] | None:
    """None: these are no alerts."""
    try:
        return frozenset(str(alert["fingerprint"]) for alert in json.loads(body))
    except (ValueError, RecursionError, TypeError, KeyError):
        return None

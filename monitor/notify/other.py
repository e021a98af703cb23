"""Services that the apprise library knows, where it is installed. It is synchronous, and says only yes or no."""

from __future__ import annotations

import asyncio
import logging

from monitor.alerting import Apprise
from monitor.notify.values import Answer, Message, Outcome

MISSING = "the library is not installed: pip install 'sharp-eyes[notify]'"


async def send_with_apprise(service: Apprise, message: Message) -> Answer:
    """One message; whatever goes wrong looks the same to us."""
    return await asyncio.to_thread(_notify, service, message)


def _notify(service: Apprise, message: Message) -> Answer:
    try:
        import apprise
    except ImportError:
        return Answer(Outcome.REFUSED, MISSING)
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # its messages name addresses with keys in them
    client = apprise.Apprise()
    if not client.add(service.url.reveal()):
        return Answer(Outcome.REFUSED, "apprise does not know an address of this kind")
    if client.notify(body=message.whole, title=message.title, body_format=apprise.NotifyFormat.TEXT):
        return Answer(Outcome.SENT, "apprise says that it worked")
    return Answer(Outcome.UNANSWERED, "apprise says that it did not work, and no more")

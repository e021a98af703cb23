"""One HTTP request to a robot or a gateway: limited in time and size, without redirects, and never an exception."""

from __future__ import annotations

import json
import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from errno import errorcode
from typing import Any
from urllib.parse import quote, unquote, unquote_plus, urlsplit

import aiohttp

from monitor.model import Secret
from monitor.notify.values import Answer, Outcome, printable

CONNECT_SECONDS = 10
WHOLE_SECONDS = 20
MOST_ANSWERED = 65_536  # bytes of an answer that are read
SHORTEST = 4  # characters of what is hidden in answers: to hide a single digit would make them unreadable
LONG = 8  # characters of a part of a path that may be a key; "send" is none
LOGIN_FIRST = 511  # RFC 6585, section 6: the network wants a login
TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{1,400})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reply:
    """What an HTTP server answered."""

    status: int
    body: bytes

    def mapping(self) -> dict[str, Any] | None:
        """The body as a JSON mapping; None when it is none."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None


def http_session() -> aiohttp.ClientSession:
    """A session that keeps nothing from one request for the next and asks no proxy that the settings do not name."""
    timeout = aiohttp.ClientTimeout(total=WHOLE_SECONDS, sock_connect=CONNECT_SECONDS)
    return aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)


async def ask(
    session: aiohttp.ClientSession, method: str, url: Secret, body: bytes, headers: Mapping[str, str]
) -> Reply | Answer:
    """The reply, or how the attempt failed."""
    try:
        async with session.request(
            method, url.reveal(), data=body or None, headers=headers, allow_redirects=False
        ) as response:
            return Reply(response.status, await _body(response))
    except aiohttp.InvalidURL:
        return Answer(Outcome.REFUSED, "the address is not a URL")
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        return Answer(Outcome.UNREACHED, f"cannot connect: {printable(_why(error), url)}")
    except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
        return Answer(Outcome.UNANSWERED, f"no answer: {type(error).__name__}")


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """The answer's beginning: it may come in many pieces, and a single read gives what has come so far."""
    body = bytearray()
    async for piece in response.content.iter_chunked(MOST_ANSWERED):
        body += piece
        if len(body) >= MOST_ANSWERED:
            break
    return bytes(body[:MOST_ANSWERED])


def _why(error: BaseException) -> str:
    """The system's words, without an address: asyncio writes its own, with one, in their place."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(cause, OSError) and not isinstance(cause, ssl.SSLError) and (number := cause.errno or 0) in errorcode:
        return os.strerror(number)
    return getattr(cause, "strerror", None) or type(error).__name__


def secrets_in(url: Secret) -> tuple[Secret, ...]:
    """What an answer may repeat of an address and nobody is to read: all of it, and each of its keys by itself.

    A key stands in the query, in the path (Feishu) or before the host, and may come back quoted or not.
    """
    parts = urlsplit(url.reveal())
    values = [part.partition("=")[2] for part in parts.query.split("&")]
    named = [parts.query, parts.password or "", *values, *(part for part in parts.path.split("/") if len(part) >= LONG)]
    forms = {form for each in named for form in (each, unquote(each), quote(unquote(each)), unquote_plus(each))}
    return (url, *(Secret(form) for form in forms if len(form) >= SHORTEST))


def foreign(reply: Reply, *secrets: Secret) -> Answer | None:
    """Where somebody between us and the other side answered in its place, in whose words; None: that it cannot be told.

    Portals that want a login send their page, or lead to it; nobody who takes messages answers a program so.
    """
    status, found = reply.status, TITLE.search(reply.body)
    page = reply.body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
    if not (300 <= status < 400 or status == LOGIN_FIRST or (200 <= status < 300 and page)):
        return None
    title = printable(found[1].decode("utf-8", "replace"), *secrets) if found else ""
    if not title:
        return Answer(
            Outcome.FOREIGN,
            f"HTTP {status}, a web page in place of an answer: does the network want a login, or a proxy?",
        )
    return Answer(
        Outcome.FOREIGN,
        f"HTTP {status}, a web page in place of an answer: does the network want a login, or a proxy? "
        f"Its title: {title}",
    )


def not_a_robot(reply: Reply, *secrets: Secret) -> Answer:
    """A reply that is no robot's: somebody stands between, or the address is another one."""
    answer = foreign(reply, *secrets)
    if answer is not None:
        return answer
    if reply.status >= 500:
        return Answer(Outcome.UNANSWERED, f"HTTP {reply.status}")
    garbled = 200 <= reply.status < 300  # it may have been a yes
    outcome = Outcome.UNANSWERED if garbled else Outcome.REFUSED
    return Answer(outcome, f"HTTP {reply.status}, and not the answer of a robot")

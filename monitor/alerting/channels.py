"""Where messages go: channels and what each other side bears. Values only; ``notify`` speaks with them.

The windows stay below what the vendors publish (DingTalk 20 a minute and then ten minutes of silence, WeCom 20 a
minute, Feishu 100 a minute and 5 a second), because a robot is shared with other programs, and far below what would
bury a person: what comes meanwhile is told in one message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from monitor.model import Secret

PLACEHOLDER = re.compile(r"\{(title|text|number|severity|phones)\}")  # in a gateway's template
ANY_PLACEHOLDER = re.compile(r"\{\w+\}")  # also one that we do not know
SECOND, MINUTE, TEN_MINUTES = timedelta(seconds=1), timedelta(minutes=1), timedelta(minutes=10)

Window = tuple[int, timedelta]  # at most so many attempts within any span of that length


@dataclass(frozen=True, slots=True)
class DingTalk:
    """A group robot of DingTalk."""

    url: Secret  # with its access token
    sign: Secret | None = None  # None: the robot asks for no signature
    keyword: str = ""  # one of those the robot asks for, put into every message; "" = it asks for none


@dataclass(frozen=True, slots=True)
class WeCom:
    """A group robot of WeCom (企业微信)."""

    url: Secret  # with its key


@dataclass(frozen=True, slots=True)
class Feishu:
    """A group robot of Feishu."""

    url: Secret
    sign: Secret | None = None
    keyword: str = ""


class Security(StrEnum):
    """How a mail server is spoken to."""

    NONE = "none"
    STARTTLS = "starttls"
    SSL = "ssl"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server and whom it writes to."""

    host: str
    port: int
    sender: str
    to: tuple[str, ...]
    security: Security = Security.STARTTLS
    username: str = ""  # "" = no login
    password: Secret | None = None


class Encoding(StrEnum):
    """How values are written into a gateway's template."""

    JSON = "json"
    FORM = "form"
    TEXT = "text"

    @property
    def content_type(self) -> str:
        """The header that says so."""
        return {
            Encoding.JSON: "application/json",
            Encoding.FORM: "application/x-www-form-urlencoded",
            Encoding.TEXT: "text/plain; charset=utf-8",
        }[self]


@dataclass(frozen=True, slots=True)
class Gateway:
    """Any HTTP service by template: short messages, voice, a ticket system, a place that watches for signs of life."""

    url: Secret  # it may carry a key, and {placeholders}
    method: str = "POST"
    body: str = ""  # with placeholders, too
    encoding: Encoding = Encoding.JSON
    headers: Mapping[str, Secret] = field(default_factory=lambda: MappingProxyType({}))
    expect: str = ""  # must stand in the answer; "" = any 2xx will do
    phones: tuple[str, ...] = ()  # written to where nobody is on duty

    @property
    def speaks(self) -> bool:
        """Whether anything of a message reaches the other side; of a sign of life nothing need.

        An address that was not read, for nothing is to be sent, may hold anything.
        """
        said = PLACEHOLDER.findall(self.url.reveal() + self.body)
        return "text" in said or "title" in said or not self.url.reveal()


@dataclass(frozen=True, slots=True)
class Apprise:
    """A service that the apprise library knows. It tells only whether it worked, not why it did not."""

    url: Secret


Target = DingTalk | WeCom | Feishu | Mail | Gateway | Apprise


@dataclass(frozen=True, slots=True)
class Manager:
    """Alertmanager as it is asked what it holds: no channel, but a place as these are."""

    address: str  # where its API begins, without a stroke at the end
    authorization: Secret | None = None  # the header's value; None: it asks for no login
    authorities: str = ""  # PEM: who vouches for its certificate; "" = whom this system trusts


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to reach people."""

    name: str
    target: Target
    most_bytes: int  # of one message's text, UTF-8
    windows: tuple[Window, ...]
    fallback: str = ""  # the channel that takes over what this one cannot deliver; "" = none

    @property
    def kind(self) -> str:
        """The word for it in the settings."""
        return type(self.target).__name__.lower()


MOST_BYTES: Mapping[type[Target], int] = MappingProxyType(
    {
        DingTalk: 15_000,  # 20,000 are published
        WeCom: 2_048,  # a text, the only kind in which a robot can call somebody by phone number
        Feishu: 15_000,  # 20 kB with all that is around it
        Mail: 200_000,
        Gateway: 210,  # seventy Chinese characters: one short message
        Apprise: 1_500,
    }
)


def usual_windows(target: Target, per_minute: int) -> tuple[Window, ...]:
    """So many a minute, twice as many in ten, and Feishu's own limit by the second."""
    each = ((per_minute, MINUTE), (2 * per_minute, TEN_MINUTES))
    return ((2, SECOND), *each) if isinstance(target, Feishu) else each

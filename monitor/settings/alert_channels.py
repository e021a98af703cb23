"""The section ``alerts.channels``: by which ways people are reached, and what each of these ways needs."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from monitor.alerting import (
    ANY_PLACEHOLDER,
    MOST_BYTES,
    PLACEHOLDER,
    Apprise,
    Channel,
    DingTalk,
    Encoding,
    Feishu,
    Gateway,
    Mail,
    Security,
    Target,
    WeCom,
    usual_windows,
)
from monitor.model import Secret
from monitor.parsing.scalars import IDENTIFIER, address, one_of, plain_text, shown, whole_number, within
from monitor.parsing.section import Section
from monitor.settings.secrets import SecretSources

KINDS = ("dingtalk", "wecom", "feishu", "mail", "gateway", "apprise")
PER_MINUTE = within(whole_number, "1", "18")  # DingTalk and WeCom mute a robot that sends more than 20
PHONE = re.compile(r"\+?[0-9]{5,15}")
MAILBOX = re.compile(r"[^@\s<>,\"]{1,64}@[A-Za-z0-9.-]{1,190}")
TO_PHONES = "{phones}"  # in a gateway's template
LONGEST_UNKNOWN = 15_000  # bytes, where only the settings know what the other side takes
LONGEST_KEYWORD = 20  # characters; what robots take is shorter, and messages leave room for as much
HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")


MUTE = (
    "says nothing: neither its body nor its url has {text} or {title}, so nobody would read what happened; write for "
    """instance body: '{"phones": "{phones}", "text": "{text}"}'"""
)


def is_mute(channel: Channel) -> bool:
    """Whether nothing of a message gets through it: good for signs of life alone."""
    return isinstance(channel.target, Gateway) and not channel.target.speaks


def read_channels(alerts: Section, sources: SecretSources) -> Mapping[str, Channel]:
    """All channels that are free of faults, by name."""
    found: dict[str, Channel] = {}
    with alerts.section("channels") as channels:
        for name in channels.lines:
            node = channels.get(name)
            assert node is not None
            if not IDENTIFIER.fullmatch(name):
                channels.fault(name, "is not a name for a channel: 1 to 64 of A-Z a-z 0-9 . _ -")
            with channels.inside(name, node) as entry:
                channel = _channel(name, entry, sources)
            if channel is not None:
                found[name] = channel
        for name, channel in found.items():
            _check_fallback(channels, name, channel, found)
        _check_robots(channels, found)
    return MappingProxyType(found)


def _channel(name: str, entry: Section, sources: SecretSources) -> Channel | None:
    kind = entry.need("kind", _kind)
    per_minute = entry.read("per_minute", PER_MINUTE, 6)
    fallback = entry.read("fallback", plain_text, "")
    if kind is None:
        entry.known += entry.lines
        return None
    target = _target(kind, entry, sources)
    if target is None:
        return None
    usual = MOST_BYTES[type(target)]
    largest = LONGEST_UNKNOWN if isinstance(target, Gateway | Apprise) else usual
    most = entry.read("most_bytes", within(whole_number, "120", str(largest)), usual)
    return Channel(name, target, most, usual_windows(target, per_minute), fallback)


def _kind(text: str) -> str:
    if text not in KINDS:
        raise ValueError(f"{shown(text)} is none of {', '.join(KINDS)}")
    return text


def _check_fallback(channels: Section, name: str, channel: Channel, found: Mapping[str, Channel]) -> None:
    """A chain of fall-backs ends somewhere."""
    seen, at = {name}, channel
    while at.fallback:
        if at.fallback not in found:
            channels.fault(name, f"its fallback {shown(at.fallback)} is not one of alerts.channels")
            return
        if at.fallback not in seen and is_mute(found[at.fallback]):
            channels.fault(name, f"its fallback {shown(at.fallback)} {MUTE}")
            return
        if at.fallback in seen:
            channels.fault(name, "its fallbacks lead in a circle: one channel has to be the last")
            return
        seen.add(at.fallback)
        at = found[at.fallback]


def _check_robots(channels: Section, found: Mapping[str, Channel]) -> None:
    """A robot's limits are its own, through however many channels it is used; its group would be told twice, too."""
    first: dict[str, str] = {}
    for name, channel in found.items():
        match channel.target:
            case DingTalk(url=url) | WeCom(url=url) | Feishu(url=url) | Apprise(url=url) if url.reveal():
                if (other := first.setdefault(url.reveal(), name)) != name:
                    channels.fault(
                        name,
                        f"has the address of {other}: together they would exceed what one robot may send, and its "
                        f"group would be told twice; leave one of them out, and name {other} in the receivers of both",
                    )


def _target(kind: str, entry: Section, sources: SecretSources) -> Target | None:
    match kind:
        case "mail":
            return _mail(entry, sources)
        case "gateway":
            return _gateway(entry, sources)
        case "apprise":
            if importlib.util.find_spec("apprise") is None:
                entry.fault("kind", "needs a library that is not installed: pip install 'sharp-eyes[notify]'")
            url = sources.read(entry, "url", "web address")
            return None if url is None else Apprise(url)
        case "wecom":
            url = _url(entry, sources)
            return None if url is None else WeCom(url)
        case _:
            url, sign = _url(entry, sources), sources.maybe(entry, "sign", "signing secret")
            keyword = entry.read("keyword", _keyword, "")
            robot = DingTalk if kind == "dingtalk" else Feishu
            return None if url is None else robot(url, sign, keyword)


def _keyword(text: str) -> str:
    if len(plain_text(text)) > LONGEST_KEYWORD:
        raise ValueError(f"is longer than the {LONGEST_KEYWORD} characters of a key word")
    return text


def _url(entry: Section, sources: SecretSources) -> Secret | None:
    """The address of a robot carries its key, so it is a secret."""
    url = sources.read(entry, "url", "web address")
    if url is not None and sources.environ is not None:
        _check_url(entry, "url_env" if entry.wrote("url_env") else "url_file", url)
    return url


def _check_url(entry: Section, key: str, url: Secret) -> None:
    try:
        parts = urlsplit(url.reveal())
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good:
        entry.fault(key, "does not hold the address of a web service: it must begin with https:// or http://")


def _mail(entry: Section, sources: SecretSources) -> Mail | None:
    security = entry.read("security", one_of(Security), Security.STARTTLS)
    server = entry.need("server", address)
    sender = entry.need("from", _mailbox)
    to = entry.read_all("to", _mailbox, ())
    if not entry.wrote("to"):
        entry.fault("to", "is missing: whom to write to")
    username = entry.read("username", plain_text, "")
    password = sources.read(entry, "password", "password") if username else sources.maybe(entry, "password", "password")
    if username and security is Security.NONE:
        entry.fault("security", "none would send the password in clear: write starttls or ssl")
    if server is None or sender is None or not to:
        return None
    return Mail(*server, sender, to, security, username, password)


def _mailbox(text: str) -> str:
    if not MAILBOX.fullmatch(text):
        raise ValueError("is not a mail address: write it as somebody@example.org")
    return text


def _gateway(entry: Section, sources: SecretSources) -> Gateway | None:
    if entry.wrote("url"):
        plain = entry.need("url", plain_text)
        url = None if plain is None else Secret(plain)
        if url is not None:
            _check_url(entry, "url", url)
    else:
        url = _url(entry, sources)
    encoding = entry.read("encoding", one_of(Encoding), Encoding.JSON)
    body = entry.read("body", str, "")
    if encoding is Encoding.JSON and body:
        _check_json(entry, body)
    for unknown in sorted({word for word in ANY_PLACEHOLDER.findall(body) if not PLACEHOLDER.fullmatch(word)}):
        what = "is no placeholder: it would be sent as it stands; there are {title} {text} {number} {severity} {phones}"
        entry.fault("body", f"{unknown} {what}")
    headers = {}
    with entry.section("headers") as written:
        for name in written.lines:
            if not HEADER.fullmatch(name) or name.lower() == "authorization":
                written.fault(name, "is not a header that can stand here; Authorization goes into authorization_env")
            value = written.read(name, plain_text, "")
            headers[name] = Secret(value)
    authorization = sources.maybe(entry, "authorization", "value of Authorization")
    if authorization is not None:
        headers["Authorization"] = authorization
    if url is None:
        entry.known += ["method", "expect", "phones"]
        return None
    phones = entry.read_all("phones", phone_number, ())
    if not entry.wrote("phones") and TO_PHONES in body + url.reveal():
        entry.fault("phones", "is missing: {phones} has to be somebody also where nobody is on duty: phones: [NUMBER]")
    return Gateway(
        url,
        entry.read("method", _method, "POST"),
        body,
        encoding,
        MappingProxyType(headers),
        entry.read("expect", plain_text, ""),
        phones,
    )


def _check_json(entry: Section, body: str) -> None:
    try:
        json.loads(PLACEHOLDER.sub("x", body))
    except ValueError:
        entry.fault("body", 'is not JSON once its placeholders are filled in; they stand inside quotes: "{text}"')


def _method(text: str) -> str:
    if text not in ("GET", "POST", "PUT"):
        raise ValueError(f"{shown(text)} is none of GET, POST, PUT")
    return text


def phone_number(text: str) -> str:
    """Digits, perhaps with + in front."""
    if not PHONE.fullmatch(text):
        raise ValueError("is not a telephone number: digits only, perhaps with + in front")
    return text

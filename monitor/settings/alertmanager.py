"""The keys ``alerts.alertmanager...``: where Alertmanager is asked what it holds, and what it wants to see for that."""

from __future__ import annotations

import base64
import ssl
from functools import partial
from urllib.parse import urlsplit

from monitor.alerting import Manager
from monitor.model import Secret
from monitor.parsing.scalars import plain_text
from monitor.parsing.section import Section
from monitor.reading import Unreadable, read_at_most
from monitor.settings.alert_values import AlertPath
from monitor.settings.secrets import SecretSources

KEY = "alertmanager"
MOST_CERTIFICATES = 1_000_000  # bytes: all that a system trusts are a quarter of it


def read_manager(alerts: Section, sources: SecretSources, path: AlertPath) -> Manager | None:
    """Where it is asked; ``None`` on the embedded path, and after a fault."""
    address = alerts.read(KEY, address_of, "")
    authorization = _authorization(alerts, sources)
    authorities = alerts.read(f"{KEY}_ca_file", partial(_certificates, sources), "")
    if path is AlertPath.EMBEDDED:
        for key in (key for key in alerts.lines if key == KEY or key.startswith(f"{KEY}_")):
            alerts.fault(key, "nobody asks it with path: embedded: leave it out, or write path: alertmanager")
        return None
    if not alerts.wrote(KEY):
        alerts.fault(KEY, "is missing: it is asked which alerts have ended. Write its address, http://host:9093")
    if alerts.wrote(f"{KEY}_ca_file") and address.startswith("http://"):
        alerts.fault(f"{KEY}_ca_file", "belongs to an https:// address: over others nothing is encrypted")
    return Manager(address, authorization, authorities) if address else None


def address_of(text: str) -> str:
    """Where its API begins, without a stroke at the end."""
    if not is_address(text):
        raise ValueError("is not an address of Alertmanager: write http://host:9093")
    return text.rstrip("/")


def is_address(text: str) -> bool:
    """Whether it is that of a service, and the beginning of others: nothing can follow a question."""
    parts = urlsplit(plain_text(text))
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not set("@?#") & set(text)


def _authorization(alerts: Section, sources: SecretSources) -> Secret | None:
    """A user's name and password, or a token; None: neither."""
    user = alerts.read(f"{KEY}_username", _user, "")
    token = sources.maybe(alerts, f"{KEY}_token", "token")
    if not alerts.wrote(f"{KEY}_username"):
        if sources.maybe(alerts, f"{KEY}_password", "password") is not None:
            alerts.fault(f"{KEY}_username", "is missing, and a password is there: write both, or none")
        return None if token is None else Secret(f"Bearer {token.reveal()}")
    password = sources.read(alerts, f"{KEY}_password", "password")
    if token is not None:
        alerts.fault(f"{KEY}_username", f"stands beside {KEY}_token: keep one of the two")
    if password is None:
        return None
    return Secret(f"Basic {base64.b64encode(f'{user}:{password.reveal()}'.encode()).decode()}")


def _user(text: str) -> str:
    """RFC 7617, section 2: a colon ends the name."""
    if ":" in plain_text(text):
        raise ValueError("has a colon in it, which no user name has: the password goes into a file or variable")
    return text


def _certificates(sources: SecretSources, text: str) -> str:
    """What stands in the file of that name."""
    if sources.environ is None:
        return ""
    try:
        found = read_at_most(sources.folder / text, MOST_CERTIFICATES).decode("ascii")
        ssl.create_default_context(cadata=found)
    except Unreadable as unreadable:
        raise ValueError(f"the file of certificates {unreadable}") from None
    except (UnicodeDecodeError, ssl.SSLError, ValueError):
        raise ValueError("does not hold certificates: it begins with -----BEGIN CERTIFICATE-----") from None
    return found

"""Credentials: user names from the settings file, passwords from the environment or from files beside it.

No text of this section ever goes into a fault: people write passwords where a variable or a path is meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from monitor.model import Credentials
from monitor.parsing.scalars import IDENTIFIER, invisible
from monitor.parsing.section import Section
from monitor.settings.secrets import SecretSources

LONGEST_USERNAME = 200


def read_credentials(top: Section, folder: Path, environ: Mapping[str, str] | None) -> Mapping[str, Credentials]:
    """All entries, by name; password files are relative to ``folder``. Without ``environ`` passwords stay empty."""
    found: dict[str, Credentials] = {}
    sources = SecretSources(folder, environ)
    with top.section("credentials") as entries:
        for name in entries.lines:
            node = entries.get(name)
            assert node is not None
            if not IDENTIFIER.fullmatch(name):
                entries.fault(name, "is not a name for credentials: 1 to 64 of A-Z a-z 0-9 . _ -")
            with entries.inside(name, node) as entry:
                username = entry.need("username", username_text)
                secret = sources.read(entry, "password", "password")
            if username is not None and secret is not None:
                found[name] = Credentials(username, secret)
    return MappingProxyType(found)


def username_text(text: str) -> str:
    """What a digest can carry: no quotes, no colon, nothing invisible."""
    if not text or len(text) > LONGEST_USERNAME or any(char in ':"\\' for char in text) or invisible(text):
        raise ValueError(f'must be 1 to {LONGEST_USERNAME} visible characters without : " and \\')
    return text

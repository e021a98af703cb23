"""Credentials: user names from the settings file, passwords from the environment or from files beside it.

No text of this section ever goes into a fault: people write passwords where a variable or a path is meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from monitor.model import Credentials, Secret
from monitor.parsing.scalars import IDENTIFIER, invisible
from monitor.parsing.section import Section
from monitor.reading import Unreadable, read_at_most

LARGEST_PASSWORD = 4000  # bytes
LONGEST_USERNAME = 200
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def read_credentials(top: Section, folder: Path, environ: Mapping[str, str] | None) -> Mapping[str, Credentials]:
    """All entries, by name; password files are relative to ``folder``. Without ``environ`` passwords stay empty."""
    found: dict[str, Credentials] = {}
    with top.section("credentials") as entries:
        for name in entries.lines:
            node = entries.get(name)
            assert node is not None
            if not IDENTIFIER.fullmatch(name):
                entries.fault(name, "is not a name for credentials: 1 to 64 of A-Z a-z 0-9 . _ -")
            with entries.inside(name, node) as entry:
                username = entry.need("username", username_text)
                secret = read_secret(entry, folder, environ)
            if username is not None and secret is not None:
                found[name] = Credentials(username, secret)
    return MappingProxyType(found)


def username_text(text: str) -> str:
    """What a digest can carry: no quotes, no colon, nothing invisible."""
    if not text or len(text) > LONGEST_USERNAME or any(char in ':"\\' for char in text) or invisible(text):
        raise ValueError(f'must be 1 to {LONGEST_USERNAME} visible characters without : " and \\')
    return text


def read_secret(entry: Section, folder: Path, environ: Mapping[str, str] | None) -> Secret | None:
    """The password from its one source; ``None`` after a fault."""

    def from_environment(text: str) -> Secret:
        if not VARIABLE.fullmatch(text):
            raise ValueError("must be the name of an environment variable (A-Z 0-9 _), not the password itself")
        if environ is None:
            return Secret("")
        if text not in environ:
            raise ValueError("names an environment variable that is not set")
        return password(environ[text], "the environment variable")

    def from_file(text: str) -> Secret:
        if environ is None:
            return Secret("")
        try:
            content = read_at_most(folder / text, LARGEST_PASSWORD).decode()
        except Unreadable as unreadable:
            raise ValueError(f"the password file {unreadable}") from None
        except UnicodeDecodeError:
            raise ValueError("the password file is not UTF-8 text") from None
        return password(content.removesuffix("\n").removesuffix("\r"), "the password file")

    sources: tuple[tuple[str, Callable[[str], Secret]], ...] = (
        ("password_env", from_environment),
        ("password_file", from_file),
    )
    written = [(key, read) for key, read in sources if entry.wrote(key)]
    for key, _ in sources:
        entry.get(key)
    if entry.get("password") is not None:
        entry.fault(
            "password",
            "a password does not belong in this file: put it into an environment variable and name that with "
            "password_env, or into a file and name that with password_file; then change the password",
        )
        return None
    if len(written) != 1:
        both = "stands beside password_file" if written else "is missing, and so is password_file"
        entry.fault("password_env", f"{both}: write one of them")
        return None
    return entry.need(*written[0])


def password(text: str, source: str) -> Secret:
    """One visible line."""
    if not text:
        raise ValueError(f"{source} is empty")
    if invisible(text):
        raise ValueError(f"{source} holds a line break or control character")
    return Secret(text)

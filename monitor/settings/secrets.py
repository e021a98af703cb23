"""One secret from its one source: an environment variable or a file beside the settings, never the settings themselves.

No text of it, nor of what stands where a variable or a path is meant, ever goes into a fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.model import Secret
from monitor.parsing.scalars import invisible
from monitor.parsing.section import Section
from monitor.reading import Unreadable, read_at_most

LARGEST = 4000  # bytes
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class SecretSources:
    """Where secrets may come from. Without an environment they stay empty, for those who only look."""

    folder: Path  # against which the paths of files are read
    environ: Mapping[str, str] | None

    def read(self, entry: Section, key: str, noun: str) -> Secret | None:
        """``<key>_env`` or ``<key>_file``, exactly one of them; ``None`` after a fault."""
        sources: tuple[tuple[str, Callable[[str], Secret]], ...] = (
            (f"{key}_env", lambda text: self._from_environment(text, noun)),
            (f"{key}_file", lambda text: self._from_file(text, noun)),
        )
        written = [(name, parse) for name, parse in sources if entry.wrote(name)]
        for name, _ in sources:
            entry.get(name)
        if entry.get(key) is not None:
            entry.fault(
                key,
                f"a {noun} does not belong in this file: put it into an environment variable and name that with "
                f"{key}_env, or into a file and name that with {key}_file; then change the {noun}",
            )
            return None
        if len(written) != 1:
            both = f"stands beside {key}_file" if written else f"is missing, and so is {key}_file"
            entry.fault(f"{key}_env", f"{both}: write one of them")
            return None
        return entry.need(*written[0])

    def maybe(self, entry: Section, key: str, noun: str) -> Secret | None:
        """The same where none need be given."""
        if any(entry.wrote(name) for name in (key, f"{key}_env", f"{key}_file")):
            return self.read(entry, key, noun)
        for name in (f"{key}_env", f"{key}_file"):
            entry.get(name)
        return None

    def _from_environment(self, text: str, noun: str) -> Secret:
        if not VARIABLE.fullmatch(text):
            raise ValueError(f"must be the name of an environment variable (A-Z 0-9 _), not the {noun} itself")
        if self.environ is None:
            return Secret("")
        if text not in self.environ:
            raise ValueError("names an environment variable that is not set")
        return one_line(self.environ[text], "the environment variable")

    def _from_file(self, text: str, noun: str) -> Secret:
        if self.environ is None:
            return Secret("")
        try:
            content = read_at_most(self.folder / text, LARGEST).decode()
        except Unreadable as unreadable:
            raise ValueError(f"the {noun} file {unreadable}") from None
        except UnicodeDecodeError:
            raise ValueError(f"the {noun} file is not UTF-8 text") from None
        return one_line(content.removesuffix("\n").removesuffix("\r"), f"the {noun} file")


def one_line(text: str, source: str) -> Secret:
    """One visible line."""
    if not text:
        raise ValueError(f"{source} is empty")
    if invisible(text):
        raise ValueError(f"{source} holds a line break or control character")
    return Secret(text)

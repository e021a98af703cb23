"""Writes a file whole or not at all: whoever looks sees the old one or the new one, never half of either."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write into, beside its place; it takes that place when everything is written.

    After an error, or when somebody interrupts, there is what was there before, and nothing beside it. OSError as with
    ``open``.
    """
    partial = path.with_name(path.name + ".part")
    try:
        with partial.open("wb") as file:
            yield file
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise

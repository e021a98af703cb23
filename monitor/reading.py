"""Reads a file a person wrote, whole but never more than was allowed: no file can fill the memory."""

from __future__ import annotations

from pathlib import Path

MEGABYTE = 1_000_000


class Unreadable(Exception):
    """Why a file cannot be read, in words fit for a fault; never its content or its path."""


def read_at_most(path: Path, limit: int) -> bytes:
    """The bytes of the file; raises ``Unreadable`` when it cannot be opened or has more than ``limit`` bytes."""
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or type(error).__name__}") from None
    except ValueError:  # a NUL in the path
        raise Unreadable("cannot be read: not a path") from None
    if len(content) > limit:
        raise Unreadable(f"is larger than {size_text(limit)}")
    return content


def size_text(size: int) -> str:
    """``64 MB``, ``4 kB``."""
    return f"{size // MEGABYTE} MB" if size >= MEGABYTE else f"{size // 1000} kB"

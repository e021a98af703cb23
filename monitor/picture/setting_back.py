"""A memory whose last picture was taken later than now: the clock was set back, or a town lives less in a hurry."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from .memory import Memory


def not_later(memory: Memory, at_us: int) -> Memory:
    """The memory with every instant after ``at_us`` moved there; all else it knows stays.

    The approval it followed stays, too: that instant says which one it was, and nothing is counted from it.
    """
    if memory.stillness.at_us <= at_us:
        return memory
    moved: Memory = replace(_capped(memory, at_us), approved_us=memory.approved_us)
    return moved


def _capped(value: Any, at_us: int) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{each.name: _field(each.name, getattr(value, each.name), at_us) for each in fields(value)}
        )
    return tuple(_capped(item, at_us) for item in value) if isinstance(value, tuple) else value


def _field(name: str, value: Any, at_us: int) -> Any:
    return min(value, at_us) if name.endswith("_us") else _capped(value, at_us)

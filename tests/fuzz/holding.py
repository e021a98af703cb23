"""How much memory a conversation holds: walks everything our own objects refer to."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from enum import Enum


def held(root: object) -> int:
    """Bytes of the object and all it refers to, each thing counted once; code, classes and enums count nothing."""
    total, seen, waiting = 0, set[int](), [root]
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or thing is None or isinstance(thing, type | Enum) or callable(thing):
            continue
        seen.add(id(thing))
        total += sys.getsizeof(thing)
        waiting += _parts(thing)
    return total


def _parts(thing: object) -> Iterable[object]:
    if isinstance(thing, dict):
        return [*thing.keys(), *thing.values()]
    if isinstance(thing, list | tuple | set | frozenset):
        return thing
    if not type(thing).__module__.startswith("monitor."):
        return ()
    names = {name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())}
    if is_dataclass(thing):
        names |= {field.name for field in fields(thing)}
    return [*(getattr(thing, name, None) for name in names), getattr(thing, "__dict__", None)]

"""Small inventories and exports for tests."""

from __future__ import annotations

from pathlib import Path

from monitor.inventory import load_inventory
from monitor.inventory.comparing import Differences, compared
from monitor.inventory.entries import Entry, entries_of
from monitor.inventory.export import Listed, read_export


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def inventory(folder: Path, text: str) -> tuple[Entry, ...]:
    path = written(folder / "cameras.csv", text)
    return entries_of([path], load_inventory([path], {"cam"}))


def export(folder: Path, text: str) -> tuple[Listed, ...]:
    return read_export(written(folder / "export.csv", text)).cameras


def both(folder: Path, ours: str, theirs: str) -> Differences:
    return compared(inventory(folder, ours), export(folder, theirs))

"""The law of the house: imports point down only, and rules stay pure."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "monitor"

# Modules of one floor do not import each other. A package is one module: its files may use each other.
FLOORS: tuple[frozenset[str], ...] = (
    frozenset({"__init__"}),
    frozenset({"model", "errors", "clock", "language", "reading", "writing", "heap", "dumps"}),
    frozenset(
        {"liveness", "outages", "calendar", "sla", "schedule", "tiers", "substreams", "capacity", "rtsp", "onvif"}
        | {"picture", "parsing", "canonical", "incidents", "findings"}
    ),
    frozenset({"contract"}),
    frozenset({"acts"}),
    frozenset({"report", "wording"}),
    frozenset({"alerting"}),
    frozenset({"memories"}),
    frozenset({"settings", "inventory", "probes", "devices", "ledger", "metrics", "render", "notify"}),
    frozenset({"engine", "jobs", "console", "simulator", "reporting", "workers", "relay"}),
    frozenset({"publishing", "bulletins"}),
    frozenset({"service"}),
    frozenset({"demo"}),
    frozenset({"cli"}),
    frozenset({"__main__"}),
)
PURE = frozenset(
    {"liveness", "outages", "calendar", "sla", "schedule", "tiers", "substreams", "capacity", "rtsp", "onvif"}
    | {"picture", "parsing", "canonical", "incidents", "findings"}
    | {"contract", "acts", "report", "wording", "alerting"}
)
IMPURE_IMPORTS = frozenset(
    {"asyncio", "socket", "logging", "time", "random", "sqlite3", "threading", "os", "subprocess"}
)

FILES = sorted(ROOT.rglob("*.py"))


def module_of(path: Path) -> str:
    relative = path.relative_to(ROOT)
    return relative.parts[0].removesuffix(".py")


def floor_of(module: str) -> int:
    for number, modules in enumerate(FLOORS):
        if module in modules:
            return number
    raise AssertionError(f"monitor.{module} has no floor: add it to FLOORS in {__file__}")


@cache
def imports_of(path: Path) -> set[str]:
    """Every dotted name the file imports, with relative imports resolved."""
    package = ("monitor", *path.relative_to(ROOT).parts[:-1])
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Import(names=names):
                found |= {alias.name for alias in names}
            case ast.ImportFrom(module=module, level=level, names=names):
                base = list(package[: len(package) - level + 1]) if level else []
                stem = ".".join([*base, *([module] if module else [])])
                found |= {f"{stem}.{alias.name}" for alias in names} | {stem}
            case _:
                pass
    return found


def our_modules(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imports_of(path) if name.startswith("monitor.")} - {"__version__"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down_only(path: Path) -> None:
    module = module_of(path)
    for imported in our_modules(path) - {module}:
        assert floor_of(imported) < floor_of(module), f"{path}: {module} must not import {imported}"


@pytest.mark.parametrize("path", [p for p in FILES if module_of(p) in PURE], ids=lambda p: str(p.relative_to(ROOT)))
def test_rules_have_no_clock_no_io_and_no_log(path: Path) -> None:
    roots = {name.split(".")[0] for name in imports_of(path)}
    assert not roots & IMPURE_IMPORTS
    assert "monitor.clock" not in imports_of(path)


def test_every_module_has_its_tests() -> None:
    tests = Path(__file__).parent
    without = [
        module
        for module in sorted({module_of(path) for path in FILES} - {"__init__", "__main__", "model", "errors", "clock"})
        if not (tests / f"test_{module}.py").exists() and not any((tests / module).glob("test_*.py"))
    ]
    assert not without, f"no tests for {without}"

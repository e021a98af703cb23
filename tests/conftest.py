"""For all tests: in which order files begin, what takes time and shows nothing, and that how long an example takes says
more of the machine's other work than of the code."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("unhurried", deadline=None, suppress_health_check=(HealthCheck.too_slow,))
settings.load_profile("unhurried")

# Prometheus and its tools spend a third of their time on giving memory back that they have enough of.
os.environ.setdefault("GOGC", "400")
# Thousands of tests that are all kept would be looked through again and again for what can be forgotten.
gc.disable()

ROOT = Path(__file__).parent
# A file runs in one process, which takes the next one when two of its tests or fewer are left; a long file that begins
# late would decide when all are done. So the three that wait longest begin first, and as each is a single test the next
# that wait are behind them; the other two processes have work for the cores meanwhile.
FIRST = (
    *("real/test_cut_links.py", "real/test_alert_chain.py", "real/test_own_line.py"),  # these wait
    *("months/test_every_figure.py", "real/test_libreoffice.py"),  # these compute
    *("demo/test_privacy.py", "demo/test_demo.py", "demo/test_kill.py", "real/test_slow_links.py"),
    *("real/test_storm_chain.py", "real/test_watching_gstreamer.py"),
    *("relay/test_kill.py", "real/test_alertmanager.py", "relay/test_storm.py", "ledger/test_durability.py"),
    *("test_bench_peers.py", "real/test_pdf.py", "test_prometheus_mutants.py", "real/test_chromium.py"),
    *("test_bench_picture_diagnosis.py", "relay/test_both_ways.py", "test_service.py", "real/test_unreachable.py"),
)
PLACES = {ROOT / name: place for place, name in enumerate(FIRST)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files first; what is left stays in the order of its names."""
    items.sort(key=lambda item: PLACES.get(item.path, len(FIRST)))


def pytest_collection_finish() -> None:
    """From here on garbage is looked for, and never among the tests."""
    gc.freeze()
    gc.enable()


def pytest_sessionstart() -> None:
    """A file that was renamed would silently begin when its name comes."""
    gone = [str(path) for path in PLACES if not path.is_file()]
    assert not gone, f"{Path(__file__)}: FIRST names files that are not there: {gone}"

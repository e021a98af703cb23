"""A record of 27 cameras over October and half of November: seeded once for a file of tests, copied for each."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from monitor.demo.seed import seed
from monitor.ledger import Ledger
from monitor.settings import Settings
from monitor.simulator.town import build_town

NOW = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
OCTOBER = (2026, 10)


def seeded_record(folder: Path) -> Path:
    """The ledger, in that folder."""
    path = folder / "l.db"
    with Ledger.open(path) as ledger:
        seed(ledger, build_town(27).cameras, NOW)
    return path


def settings_over(record: Path, folder: Path) -> Settings:
    """Settings in that folder, over a copy of the record."""
    settings = Settings(
        path=folder / "s.yml", inventory=(), ledger=folder / "l.db", reports=folder / "reports", town="青溪镇"
    )
    shutil.copy(record, settings.ledger)
    return settings

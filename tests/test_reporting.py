"""Report files: every format, the same bytes every time, and never half a file."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.demo.seed import seed
from monitor.errors import LedgerError
from monitor.ledger import Ledger
from monitor.reporting import Format, write_report
from monitor.settings import Settings
from monitor.simulator.town import build_town

NOW = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
OCTOBER = (2026, 10)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(
        path=tmp_path / "s.yml", inventory=(), ledger=tmp_path / "l.db", reports=tmp_path / "reports", town="青溪镇"
    )
    with Ledger.open(settings.ledger) as ledger:
        seed(ledger, build_town(27).cameras, NOW)
    return settings


def test_every_format_is_written_and_named_by_its_month(settings: Settings) -> None:
    written = write_report(settings, settings.contract, OCTOBER, NOW)
    assert [path.name for path in written] == ["sla-2026-10.txt", "sla-2026-10.csv", "sla-2026-10.json"]
    assert sorted(settings.reports.iterdir()) == sorted(written)
    assert "模拟数据" in written[0].read_text("utf-8")
    assert len(written[1].read_text("utf-8-sig").splitlines()) == 28
    assert json.loads(written[2].read_bytes())["report"]["simulated"] is True


def test_writing_it_again_gives_the_same_bytes(settings: Settings, tmp_path: Path) -> None:
    first = [path.read_bytes() for path in write_report(settings, settings.contract, OCTOBER, NOW)]
    again = write_report(settings, settings.contract, OCTOBER, NOW, folder=tmp_path / "again")
    assert [path.read_bytes() for path in again] == first


def test_only_the_wanted_formats_are_written(settings: Settings) -> None:
    assert [path.suffix for path in write_report(settings, settings.contract, OCTOBER, NOW, formats=[Format.CSV])] == [
        ".csv"
    ]


def test_without_a_ledger_the_error_says_so(tmp_path: Path) -> None:
    settings = Settings(path=tmp_path / "s.yml", inventory=(), ledger=tmp_path / "none.db", reports=tmp_path)
    with pytest.raises(LedgerError, match="there is no ledger"):
        write_report(settings, settings.contract, OCTOBER, NOW)

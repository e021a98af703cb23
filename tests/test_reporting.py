"""From the ledger to a report: months and quarters, and two processes that share the cameras."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.cli.sharing import beside
from monitor.contract import RepairLimits, SettlementPeriod
from monitor.errors import LedgerError
from monitor.reporting import month_report
from monitor.settings import Settings
from monitor.sla import online_ratio
from tests.seeded import NOW, OCTOBER, seeded_record, settings_over

NOVEMBER = (2026, 11)


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return seeded_record(tmp_path_factory.mktemp("seeded"))


@pytest.fixture
def settings(seeded: Path, tmp_path: Path) -> Settings:
    return settings_over(seeded, tmp_path)


def test_a_quarter_is_settled_from_all_its_months(settings: Settings) -> None:
    agreed = replace(settings.contract, repair=RepairLimits(timedelta(hours=1), timedelta(hours=2), 3))
    quarterly = replace(agreed, period=SettlementPeriod.QUARTER)
    october, november, both = (
        month_report(settings, contract, month, NOW)
        for contract, month in ((agreed, OCTOBER), (agreed, (2026, 11)), (quarterly, (2026, 11)))
    )
    assert both.settlement is not None
    assert october.settlement is not None
    assert november.settlement is not None
    assert not both.settlement.final
    seconds = october.total.seconds + november.total.seconds
    assert both.settlement.online.ratio == online_ratio(seconds, agreed.terms.blind_time)
    assert both.total == november.total
    repairs = [each.settlement.repairs for each in (october, november, both) if each.settlement is not None]
    late = [{(each.camera.id, each.repair.start) for each in found.late} for found in repairs if found is not None]
    assert late[2] == late[0] | late[1]
    assert not late[0] & late[1], "a limit is passed once"
    assert late[0]


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core: one process does it all")
@pytest.mark.parametrize("month", [OCTOBER, NOVEMBER], ids=["over", "running"])
@pytest.mark.parametrize("period", SettlementPeriod)
def test_two_processes_make_the_report_that_one_makes(
    settings: Settings, month: tuple[int, int], period: SettlementPeriod
) -> None:
    limits = RepairLimits(timedelta(hours=1), timedelta(hours=2), 3)
    for contract in (settings.contract, replace(settings.contract, repair=limits, period=period)):
        alone = month_report(settings, contract, month, NOW)
        assert month_report(settings, contract, month, NOW, beside=beside) == alone


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core: one process does it all")
def test_what_the_other_process_cannot_read_is_told(settings: Settings) -> None:
    settings.ledger.write_bytes(b"no ledger")
    with pytest.raises(LedgerError, match=r"l\.db"):
        month_report(settings, settings.contract, OCTOBER, NOW, beside=beside)


def test_without_a_ledger_there_is_no_report(tmp_path: Path) -> None:
    settings = Settings(path=tmp_path / "s.yml", inventory=(), ledger=tmp_path / "none.db", reports=tmp_path)
    with pytest.raises(LedgerError, match="there is no ledger"):
        month_report(settings, settings.contract, OCTOBER, NOW)

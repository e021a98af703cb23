"""Report files: every format, the same bytes every time, and never half a file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.contract import RepairLimits
from monitor.errors import LedgerError
from monitor.publishing import ALWAYS, Format, write_report
from monitor.settings import Settings
from tests.seeded import NOW, OCTOBER, seeded_record, settings_over


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return seeded_record(tmp_path_factory.mktemp("seeded"))


@pytest.fixture
def settings(seeded: Path, tmp_path: Path) -> Settings:
    return settings_over(seeded, tmp_path)


def test_every_format_is_written_and_named_by_its_month(settings: Settings) -> None:
    written = write_report(settings, settings.contract, OCTOBER, NOW)
    assert [path.name for path in written] == [
        "sla-2026-10.txt",
        "sla-2026-10.csv",
        "sla-2026-10-bases.csv",
        "sla-2026-10-groups.csv",
        "sla-2026-10-outages.csv",
        "sla-2026-10-exclusions.csv",
        "sla-2026-10-sources.csv",
        "sla-2026-10.json",
        "sla-2026-10.html",
        "sla-2026-10.xlsx",
    ]
    assert sorted(settings.reports.iterdir()) == sorted(written)
    assert "模拟数据" in written[0].read_text("utf-8")
    assert len(written[1].read_text("utf-8-sig").splitlines()) == 28
    assert json.loads(written[7].read_bytes())["report"]["simulated"] is True


def test_writing_it_again_gives_the_same_bytes(settings: Settings, tmp_path: Path) -> None:
    first = [path.read_bytes() for path in write_report(settings, settings.contract, OCTOBER, NOW)]
    again = write_report(settings, settings.contract, OCTOBER, NOW, folder=tmp_path / "again")
    assert [path.read_bytes() for path in again] == first


SCRIPT = """
import sys
from pathlib import Path
from monitor.publishing import write_report
from monitor.settings import Settings
from tests.seeded import NOW, OCTOBER
ledger, folder = map(Path, sys.argv[1:])
settings = Settings(path=ledger, inventory=(), ledger=ledger, reports=folder, town="青溪镇")
write_report(settings, settings.contract, OCTOBER, NOW)
"""


def test_another_process_of_another_place_and_language_writes_the_same_bytes(
    settings: Settings, tmp_path: Path
) -> None:
    def written(folder: str, **environment: str) -> list[bytes]:
        words = [sys.executable, "-c", SCRIPT, str(settings.ledger), str(tmp_path / folder)]
        subprocess.run(words, check=True, env={**os.environ, **environment})
        return [path.read_bytes() for path in sorted((tmp_path / folder).iterdir())]

    here = written("here", PYTHONHASHSEED="1", TZ="Asia/Shanghai", LANG="zh_CN.UTF-8", LC_ALL="zh_CN.UTF-8")
    there = written("there", PYTHONHASHSEED="2", TZ="America/St_Johns", LANG="C", LC_ALL="C")
    assert here == there
    assert len(here) == len(ALWAYS) + 5, "CSV has six tables"


def test_only_the_wanted_formats_are_written(settings: Settings) -> None:
    agreed = replace(settings.contract, repair=RepairLimits(timedelta(hours=1)))
    written = write_report(settings, agreed, OCTOBER, NOW, formats=[Format.CSV])
    assert [path.name.removeprefix("sla-2026-10") for path in written] == [
        ".csv",
        "-bases.csv",
        "-groups.csv",
        "-outages.csv",
        "-exclusions.csv",
        "-sources.csv",
        "-settlement.csv",
    ]


def test_without_a_ledger_the_error_says_so(tmp_path: Path) -> None:
    settings = Settings(path=tmp_path / "s.yml", inventory=(), ledger=tmp_path / "none.db", reports=tmp_path)
    with pytest.raises(LedgerError, match="there is no ledger"):
        write_report(settings, settings.contract, OCTOBER, NOW)

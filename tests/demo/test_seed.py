"""Last month's record is lifelike, marked as simulated, holds as a chain, and gives the same report every time."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.acts import ActTerms
from monitor.calendar import month_span
from monitor.contract import Contract
from monitor.demo.place import TOWN, ZONE, Place, Tempo, furnish
from monitor.demo.seed import seed
from monitor.inventory import load_inventory
from monitor.language import Language
from monitor.ledger import Ledger
from monitor.report import Report, build_report
from monitor.simulator.town import build_town

NOW = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)


def test_the_demos_inventory_has_the_sites_by_their_names(tmp_path: Path) -> None:
    town, place = build_town(54), Place(tmp_path)
    furnish(place, town.cameras, town.credentials, town.cameras[0].id, NOW, Tempo(), Language.ZH)
    read = load_inventory([place.inventory], town.credentials)
    assert {camera.id: camera.site.name for camera in read} == {camera.id: camera.site.name for camera in town.cameras}


def october(path: Path) -> Report:
    with Ledger.open(path) as ledger:
        seed(ledger, build_town(108).cameras, NOW)
        assert ledger.verify().ok
        assert ledger.last_recorded_at() == NOW
        record = ledger.record(month_span(2026, 10, ZoneInfo(ZONE)), ActTerms("default"))
    return build_report(record, Contract(), town=TOWN, month=(2026, 10), now=NOW, version="test")


def test_the_seeded_month_is_marked_and_watched_and_not_perfect(tmp_path: Path) -> None:
    report = october(tmp_path / "ledger.db")
    assert report.simulated
    assert len(report.cameras) == 108
    assert report.total.rates.coverage is not None
    assert 0.99 < report.total.rates.coverage < 1
    assert report.total.rates.online is not None
    assert 0.9 < report.total.rates.online < 0.99
    assert report.total.seconds.excluded > 0
    assert report.outages


def test_the_same_town_and_instant_give_the_same_record(tmp_path: Path) -> None:
    assert october(tmp_path / "one.db") == october(tmp_path / "two.db")

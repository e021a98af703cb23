"""``sharp-eyes forecast`` as a person types it, on a seeded record."""

from __future__ import annotations

import json
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.calendar import month_of
from monitor.cli import main
from monitor.cli.exits import Exit
from monitor.clock import SystemClock
from monitor.demo.place import Place, Tempo, furnish
from monitor.demo.seed import seed
from monitor.language import Language
from monitor.ledger import Heartbeat, Ledger, TransitionRecorded
from monitor.model import Cause, State, Transition
from monitor.simulator.town import build_town

TOWN = build_town(27, base="127.38")
ZONE = ZoneInfo("Asia/Shanghai")
DOWN = TOWN.cameras[3]


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Two months of a record; one camera is down since an hour before its end."""
    place, now = Place(tmp_path_factory.mktemp("furnished")), SystemClock().now()
    furnish(place, TOWN.cameras, TOWN.credentials, TOWN.cameras[0].id, now, Tempo(), Language.EN)
    with Ledger.open(place.ledger) as ledger:
        seed(ledger, TOWN.cameras, now - timedelta(hours=2))
        at = now - timedelta(hours=1)
        down = Transition(DOWN.id, at, at, State.UP, State.DOWN, Cause.TCP_TIMEOUT)
        ledger.append([TransitionRecorded(down)], at)
        ledger.append([Heartbeat()], now)
    return place


@pytest.fixture
def place(furnished: Place, tmp_path: Path) -> Place:
    shutil.copytree(furnished.settings.parent, tmp_path / "place")
    return Place(tmp_path / "place")


def this_month(offset: int = 0) -> str:
    year, month = month_of(SystemClock().now(), ZONE)
    months = year * 12 + month - 1 + offset
    return f"{months // 12}-{months % 12 + 1:02}"


def typed(
    place: Place, capfdbinary: pytest.CaptureFixture[bytes], *words: str, lang: str = "en"
) -> tuple[int, str, str]:
    capfdbinary.readouterr()
    code = main(["forecast", *words, "--lang", lang, "--config", str(place.settings)])
    out, err = capfdbinary.readouterr()
    return code, out.decode(), err.decode()


def test_the_running_month_is_forecast_in_both_languages(
    place: Place, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    code, english, _ = typed(place, capfdbinary)
    assert code == Exit.OK
    assert "Repair list (trips: 1, cameras down: 1" in english
    assert f"1. {DOWN.site.village}: 1 down" in english
    assert DOWN.id in english
    code, chinese, _ = typed(place, capfdbinary, "--month", this_month(), lang="zh")
    assert code == Exit.OK
    assert "修复清单（1 趟，1 台离线" in chinese
    assert "SIMULATED" in english


def test_json_says_what_the_report_s_json_says(place: Place, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    code, out, _ = typed(place, capfdbinary, "--format", "json")
    told = json.loads(out)["forecast"]
    capfdbinary.readouterr()
    words = ["report", this_month(), "--format", "json", "--config", str(place.settings)]
    assert main(words) == code == Exit.OK
    report = json.loads(capfdbinary.readouterr().out)["report"]
    for name in ("landing", "best"):
        mine, its = (float(one[name]["percent"]) for one in (told["total"]["forecast"], report["forecast"]))
        assert abs(mine - its) < 0.02, "the two were made within the same minute"
    assert told["head_hash"] == report["head_hash"]
    assert [trip["village"] for trip in told["trips"]] == [DOWN.site.village]
    ends = datetime.fromtimestamp(told["period"]["end"] / 1e6, ZONE) - SystemClock().now()
    assert abs(told["trips"][0]["gain_us"] / 1e6 - ends.total_seconds()) < 60


@pytest.mark.parametrize(
    ("offset", "english", "chinese"), [(-1, "is over", "已结束"), (1, "has not begun", "尚未开始")]
)
def test_a_month_that_does_not_run_is_refused_with_what_to_do(
    place: Place, capfdbinary: pytest.CaptureFixture[bytes], offset: int, english: str, chinese: str
) -> None:
    month = this_month(offset)
    for lang, words in (("en", english), ("zh", chinese)):
        code, out, err = typed(place, capfdbinary, "--month", month, lang=lang)
        assert (code, out) == (Exit.USAGE, "")
        assert f"{month} {words}" in err
        assert (f"sharp-eyes report {month}" in err) == (offset < 0)


@pytest.mark.parametrize(
    ("words", "possible"),
    [(["--month", "november"], "2026-10"), (["--format", "html"], "text, json"), (["--contract", "x"], "default")],
)
def test_an_impossible_forecast_says_what_is_possible(
    place: Place, capfdbinary: pytest.CaptureFixture[bytes], words: list[str], possible: str
) -> None:
    code, _, err = typed(place, capfdbinary, *words)
    assert code == Exit.USAGE
    assert possible in err


def test_no_trips_are_shown_where_none_are_wanted(place: Place, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    _, out, _ = typed(place, capfdbinary, "--top", "0")
    assert "... and more trips: 1; --top 1 shows them all" in out
    assert not re.search(r"^1\. ", out, re.MULTILINE)
    _, out, _ = typed(place, capfdbinary, "--top", "0", "--format", "json")
    assert json.loads(out)["forecast"]["trips"] == []


def test_without_a_ledger_nothing_is_forecast(place: Place, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    place.ledger.unlink()
    code, _, err = typed(place, capfdbinary)
    assert code == Exit.CANNOT
    assert "there is no ledger" in err

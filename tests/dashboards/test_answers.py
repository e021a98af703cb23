"""Every query of every board, asked of a real Prometheus with the demonstration's town: it gives what is drawn."""

from __future__ import annotations

import math
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from dashboards.preview.asking import Prometheus, Series
from dashboards.preview.reading import Chosen, Shown, Target, filled, read
from monitor.clock import SystemClock
from tests.addresses import free_port
from tests.console.fakes import FakeSource, console
from tests.dashboards.boards import ENGLISH, name_of
from tests.dashboards.history import Past, asked_by_boards, write_past
from tests.dashboards.town import past_town, probed
from tests.programs import program
from tests.prometheus import CONFIG, prometheus_watching, running, until

pytestmark = [pytest.mark.real, pytest.mark.timeout(240), pytest.mark.asyncio(loop_scope="module")]

PAST = timedelta(minutes=45)
STEP = timedelta(minutes=1)
CAMERAS = 36
ALERTED = " and on () ".join(f'ALERTS_FOR_STATE{{alertname="SharpEyes{one}"}}' for one in ("Incident", "CameraDown"))
CHOSEN = {"camera": ["QX-06-02"]}  # one that is down, so that the board of one camera has a fault to show
OF_ONE_UP, ONE_UP = "Device clock", {"camera": ["QX-01-01"]}  # what it tells is not shown of one that is down

# One of such a panel's queries answers, and that is what it says; of all others every query has to answer.
ALTERNATIVES = {"stat", "bargauge"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Prometheus, and the moment the boards are looked at."""

    prometheus: Prometheus
    now: float


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asked(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Asked]:
    """A Prometheus with most of an hour of the town behind it, which goes on scraping it, with the shipped rules."""
    folder = tmp_path_factory.mktemp("prometheus")
    now = datetime.now(UTC).replace(microsecond=0)
    town = past_town(now, CAMERAS)
    source = FakeSource(SystemClock())
    source.view = town.view(now)
    probed(source.metrics, source.view)
    async with console(source, SystemClock()) as monitor, aiohttp.ClientSession() as client:
        past = Past(town, now - PAST, STEP, monitor.removeprefix("http://"))
        await write_past(folder, past, asked_by_boards())
        with prometheus_watching(folder, monitor) as (api, log):
            await until(client, f"{api}/query?query={ALERTED}", lambda a: bool(a["data"]["result"]), log)
            yield Asked(Prometheus(client, api.removesuffix("/api/v1")), datetime.now(UTC).timestamp())


async def answer(asked: Asked, target: Target, chosen: Chosen) -> list[Series]:
    """What Prometheus gives for one query, over the past there is."""
    span, step = PAST.total_seconds(), STEP.total_seconds()
    expr = filled(target.expr, chosen, span, step)
    if target.instant:
        return await asked.prometheus.instant(expr, asked.now)
    return await asked.prometheus.course(expr, asked.now - span, asked.now, int(step))


@pytest.mark.parametrize("path", ENGLISH, ids=name_of)
async def test_every_panel_gets_the_series_it_draws(asked: Asked, path: Path) -> None:
    wall = read(path)
    chosen = await asked.prometheus.choices(wall, CHOSEN, asked.now)
    wrong = []
    for panel in wall.panels:
        if panel.title == OF_ONE_UP:
            assert not any([await answer(asked, target, chosen) for target in panel.targets])
        its = await asked.prometheus.choices(wall, ONE_UP, asked.now) if panel.title == OF_ONE_UP else chosen
        answers = {target.ref: await answer(asked, target, its) for target in panel.targets}
        silent = [target.expr for target in panel.targets if not answers[target.ref]]
        if silent and (panel.type not in ALTERNATIVES or len(silent) == len(panel.targets)):
            wrong += [f"{panel.title}: no answer to {expr}" for expr in silent]
        for target in panel.targets:
            wrong += [f"{panel.title}: {fault}" for fault in faults(target, answers[target.ref])]
        wrong += [f"{panel.title}: {value} has no word" for value in wordless(panel, answers)]
        wrong += [f"{panel.title}: no column {name}" for name in missing(panel, answers)]
    assert not wrong, "\n".join(wrong)


def faults(target: Target, series: list[Series]) -> Iterator[str]:
    """What a panel could not draw of an answer."""
    for each in series:
        for name in re.findall(r"\{\{(\w+)\}\}", target.legend):
            if not each.labels.get(name):
                yield f"no label {name} in {each.labels}"
        if not all(math.isfinite(value) for _, value in each.points):
            yield f"no number in {each.labels}"


def wordless(panel: Shown, answers: dict[str, list[Series]]) -> set[float]:
    """Values of a state panel that its words do not name."""
    words = {float(value) for words in panel.defaults.get("mappings", []) for value in words["options"]}
    if not words:
        return set()
    return {value for series in answers.values() for each in series for _, value in each.points} - words


def missing(panel: Shown, answers: dict[str, list[Series]]) -> set[str]:
    """Columns of a table that no answer has; a label may be empty, but not everywhere."""
    for change in panel.transformations:
        if change["id"] == "filterFieldsByName":
            there = {
                name for series in answers.values() for each in series for name, text in each.labels.items() if text
            }
            values = {"Value"} if len(answers) == 1 else {f"Value #{ref}" for ref in answers}
            return set(change["options"]["include"]["names"]) - there - values
    return set()


@pytest.mark.parametrize("uid", ["sharpeyes-overview-en", "sharpeyes-sla-en"])
async def test_a_rate_has_one_side_of_the_target(asked: Asked, uid: str) -> None:
    (wall,) = [read(path) for path in ENGLISH if path.stem == uid.removesuffix("-en")]
    for panel in wall.panels:
        names = [target.legend for target in panel.targets]
        if panel.type == "stat" and names == ["below target", "just below target", "on target"]:
            answers = [await answer(asked, target, {}) for target in panel.targets]
            assert [len(series) for series in answers if series] == [1], panel.title


async def test_a_camera_can_be_chosen_by_its_name_and_is_found_by_its_id(asked: Asked) -> None:
    (wall,) = [read(path) for path in ENGLISH if path.stem == "sharpeyes-camera"]
    everything = await asked.prometheus.choices(wall, {}, asked.now)
    (variable,) = [variable for variable in wall.variables if variable.name == "camera"]
    names = {}
    for series in await asked.prometheus.instant("sharpeyes_camera_info", asked.now):
        found = variable.taken_from(series.labels)
        assert found is not None
        names[found.value] = found.text
    assert len(names) == CAMERAS
    assert everything["camera"] == ["QX-01-01"]
    town = past_town(datetime.fromtimestamp(asked.now, UTC), CAMERAS)
    assert names == {life.camera.id: life.camera.name for life in town.lives}


async def test_alertmanager_with_the_shipped_configuration_shows_the_metric_the_boards_ask_of_it(
    tmp_path: Path,
) -> None:
    port, log = free_port(), tmp_path / "alertmanager.log"
    arguments = (
        f"--config.file={CONFIG / 'alertmanager' / 'alertmanager.yml'}",
        f"--storage.path={tmp_path / 'alertmanager'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    )
    wanted = re.compile(r'^alertmanager_notifications_failed_total\{.*integration="webhook".*\} 0$', re.MULTILINE)
    with running(program("prometheus-alertmanager"), *arguments, log=log):
        async with aiohttp.ClientSession() as client:
            await until(client, f"http://127.0.0.1:{port}/metrics", lambda text: bool(wanted.search(text)), log)


@pytest.mark.parametrize("board", ["sharpeyes-alerts", "sharpeyes-overview"])
async def test_a_list_of_alerts_begins_with_the_critical_ones_and_then_with_most_or_eldest(
    asked: Asked, board: str
) -> None:
    (wall,) = [read(path) for path in ENGLISH if path.stem == board]
    (panel,) = [panel for panel in wall.panels if panel.title == "Alerts"]
    (target,) = panel.targets
    assert not panel.options.get("sortBy")  # the order of the answer is that of the table
    found = [(each.labels["severity"], each.last) for each in await answer(asked, target, {})]
    assert {severity for severity, _ in found} == {"critical", "warning"}
    assert found == sorted(found, key=lambda each: (each[0], -each[1]))

"""A storm by the whole chain: the monitor's own exposition over HTTP, a real Prometheus, the shipped rules, a real
Alertmanager with the shipped routes, the relay behind its own door, robots that mute whoever is too loud.

Whatever waits in rules and routes is shortened to a sixtieth; ``tests/test_alert_timing.py`` adds up what is shipped.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.clock import SystemClock, at_once
from monitor.console import make_app, serve
from monitor.model import Camera
from monitor.parsing.scalars import duration
from monitor.settings import AlertPath, AlertSettings
from tests.addresses import free_port
from tests.console.fakes import FakeSource
from tests.incidents.town import a_camera
from tests.metrics.town import result, status, town
from tests.programs import program
from tests.prometheus import CONFIG, end_of, running
from tests.real.alertmanagers import FASTER, Heard, alertmanager
from tests.relay.test_storm import opened, over
from tests.relay.world import Office, World, office, settings
from tests.robots import Robots

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(420)]

CLOCK = SystemClock()
EVERY = "8s"  # between two scrapes and two evaluations: thousands of series cost a busy machine something
PATIENCE = 190  # seconds for a busy machine
SMALL, DOWN = 10, 9  # towns with a few cameras down in each, too few to be a storm
STRUCK = 2910  # cameras of the town that is struck as a whole
TOKEN = "t0ken"  # as in ``settings``
PEOPLE = {"vendor-on-call": ("ding",), "office": ("ding",), "tickets": ("wecom", "feishu")}


def alone(camera_id: str, place: str) -> Camera:
    """A camera that shares no line with another one."""
    return a_camera(camera_id, f"u-{camera_id}", carrier=f"k-{camera_id}", town=place)


CAMERAS = [
    *(alone(f"c{nth:04}", "大镇") for nth in range(STRUCK)),
    *(alone(f"t{nth:02}-{number}", f"{nth}镇") for nth in range(SMALL) for number in range(DOWN + 1)),
]
FALLEN = [camera.id for camera in CAMERAS if not camera.id.endswith(f"-{DOWN}")]


def ended(pages: list[str]) -> bool:
    """Whether one of them says that something is over."""
    return any("已恢复" in page.partition("\n")[0] for page in pages)


def by_alertmanager(vendors: Robots) -> AlertSettings:
    return settings(vendors, AlertPath.ALERTMANAGER, receivers=PEOPLE)


class Monitor(FakeSource):
    """Shows what the record says."""

    def __init__(self, world: World) -> None:
        super().__init__(CLOCK)
        self._world = world
        self.metrics.selfcheck_finished("canaries", ok=True)
        self.look()

    def look(self) -> None:
        """Everything was probed a moment ago."""
        shown = []
        for camera in CAMERAS:
            state, cause = self._world.believed(camera.id)
            last = replace(result(camera.id, cause), at=CLOCK.now())
            shown.append(status(state, cause, camera, last_result=last))
        incidents = tuple(facts.figures for facts in at_once(self._world.facts()))
        self.view = replace(town(*shown, groups=()), incidents=incidents)


@asynccontextmanager
async def watched(of: Office) -> AsyncIterator[tuple[Monitor, str]]:
    """The monitor's pages, and the relay behind them; gives their address."""
    monitor = Monitor(of.world)
    runner, port = await serve(make_app(monitor, clock=CLOCK, alerts=of.relay), "127.0.0.1", 0)
    try:
        yield monitor, f"127.0.0.1:{port}"
    finally:
        await runner.cleanup()


def to_the_relay(address: str, bearer: Path) -> Callable[[dict[str, Any]], None]:
    """Receivers as shipped, at this address, all but those that go past the relay.

    Thousands of alerts come in batches: groups wait for the last of them, and repeating for the end.
    """

    def change(routes: dict[str, Any]) -> None:
        shipped = yaml.safe_load((CONFIG / "alertmanager" / "alertmanager.yml").read_text("utf-8"))["receivers"]
        through = {one["name"] for one in shipped if "webhook_configs" in one}
        authorization = {"authorization": {"credentials_file": str(bearer)}}
        for receiver in routes["receivers"]:
            if receiver["name"] in through:
                hook = {"url": f"http://{address}/api/alertmanager", "http_config": authorization}
                receiver["webhook_configs"] = [hook]
        routes["route"] |= {"group_wait": "5s", "group_interval": "10s"}
        for route in routes["route"]["routes"]:
            route.update({"repeat_interval": "30s"} if "repeat_interval" in route else {})

    return change


@contextmanager
def prometheus(folder: Path, monitor: str, manager: str) -> Iterator[Path]:
    """The shipped rules, those about cameras a sixtieth as slow, over this monitor; gives the log.

    Those about the contract's seconds, which cost most of all, have no part in a storm.
    """
    for name in ("areas.rules.yml", "cameras.rules.yml", "monitor.rules.yml"):
        text = (CONFIG / "prometheus" / name).read_text("utf-8")
        if name == "cameras.rules.yml":
            text = re.sub(r"\b(for|keep_firing_for): (\d\w*)", _shorter, text)
        (folder / name).write_text(re.sub(r"^    interval: \w+\n", "", text, flags=re.MULTILINE), "utf-8")
    shipped = yaml.safe_load((CONFIG / "prometheus" / "prometheus.yml").read_text("utf-8"))
    shipped["global"] |= {"scrape_interval": EVERY, "scrape_timeout": EVERY, "evaluation_interval": EVERY}
    del shipped["scrape_configs"][1:]
    shipped["scrape_configs"][0]["static_configs"] = [{"targets": [monitor]}]
    shipped["alerting"]["alertmanagers"] = [{"static_configs": [{"targets": [manager]}]}]
    config, log = folder / "prometheus.yml", folder / "prometheus.log"
    config.write_text(yaml.safe_dump(shipped), "utf-8")
    arguments = (
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{free_port()}",
        "--log.level=warn",
    )
    with running(program("prometheus"), *arguments, log=log):
        yield log


def _shorter(found: re.Match[str]) -> str:
    return f"{found[1]}: {duration(found[2]) // timedelta(milliseconds=FASTER)}ms"


async def until(of: Office, wanted: Callable[[], bool], log: Path) -> None:
    """Let the relay's time pass as the chain's does, until it is as wanted."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not wanted():
                await of.clock.advance(timedelta(seconds=1))
                await asyncio.sleep(1)
    except TimeoutError:
        pytest.fail(f"{of.vendors.texts}\n{await of.relay.listed()}\n{end_of(log)}")


async def test_a_storm_of_three_thousand_outages_by_the_whole_chain_loses_nothing_blocks_nobody_and_counts_right(
    tmp_path: Path,
) -> None:
    heard, bearer, few = Heard(), tmp_path / "bearer", SMALL * DOWN
    assert len(FALLEN) == 3000
    async with office(tmp_path, CAMERAS, by_alertmanager) as of, watched(of) as (monitor, address):
        bearer.write_text(TOKEN, "utf-8")
        change = to_the_relay(address, bearer)
        async with alertmanager(tmp_path / "am", heard.hear, change) as manager:
            with prometheus(tmp_path, address, manager.address.removeprefix("http://")) as log:
                of.world.cut(FALLEN)
                await of.later(timedelta(seconds=90))
                monitor.look()
                pages, tickets = of.vendors.texts["dingtalk"], (of.vendors.texts["wecom"], of.vendors.texts["feishu"])
                await until(of, lambda: len(pages) == 1 and all(opened(texts) == (few, few) for texts in tickets), log)
                assert f"现有 {STRUCK} 台摄像机同时离线" in pages[0]
                of.world.mend(FALLEN)
                await of.later(timedelta(seconds=20))
                monitor.look()
                # On a busy machine Prometheus' batches are seconds apart, which are minutes here: the end of the town's
                # storm may come before that of a village, and a village is called for in between.
                await until(of, lambda: ended(pages) and all(over(texts) == few for texts in tickets), log)
                await of.quiet()
        waiting, listed = await of.relay.listed()
        assert waiting.notices == 0
        assert Counter(one.state for one in listed) == {"sent": len(listed)}
        assert not [one for one in listed if one.message.doubtful]
        assert max(len(texts) for texts in tickets) <= 30
        assert of.vendors.refused == []
        assert heard.calls == []  # past the relay

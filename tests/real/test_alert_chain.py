"""Cameras, the real monitor, a real Prometheus, a real Alertmanager, the relay, robots: a cut line reaches people once.

Rules, routes and their waiting are the shipped ones; only addresses, the token, channels, how often cameras are asked
and the monitor is scraped are the test's. Most of this test is waiting: 75 seconds until an incident has settled, and
then long enough for whatever would say it a second time.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from monitor.clock import SystemClock
from monitor.demo.child import Child
from monitor.demo.place import Place, Tempo, furnish
from monitor.language import Language
from monitor.settings import BulletinKind
from monitor.simulator.faults import Fault
from monitor.simulator.town import build_town
from tests.addresses import BASE, free_port
from tests.programs import program
from tests.prometheus import CONFIG, end_of, running, until
from tests.robots import SECRET, Mailbox, Robots, mail_server, robots

pytestmark = pytest.mark.real

TOKEN = "alertmanager-token-1"
ROUTES = CONFIG / "alertmanager" / "alertmanager.yml"
WOKEN = ("vendor-on-call", "on-call")  # the receiver of critical alerts
VENDORS = ("dingtalk", "wecom", "feishu")
REPEATED = 60  # seconds between two calls about incidents that are open, as shipped


def receivers() -> list[str]:
    return [receiver["name"] for receiver in yaml.safe_load(ROUTES.read_text("utf-8"))["receivers"]]


def alert_settings(vendors: Robots, box: Mailbox, alertmanager: str) -> str:
    channels = {
        "ding": {"kind": "dingtalk", "url_file": "dingtalk", "sign_file": "sign"},
        "wecom": {"kind": "wecom", "url_file": "wecom"},
        "feishu": {"kind": "feishu", "url_file": "feishu", "sign_file": "sign"},
        "mail": {
            "kind": "mail",
            "server": f"127.0.0.1:{box.port}",
            "security": "none",
            "from": "monitor@example.org",
            "to": ["office@example.org"],
        },
        "log": {"kind": "gateway", "url": vendors.url("sms"), "body": '{"text": "{text}"}'},
    }
    people = {name: {"channels": list(channels)[:4] if name in WOKEN else ["log"]} for name in receivers()}
    silent = {kind.value: None for kind in BulletinKind}  # one that was due a while ago would be made up for
    alerts = {"path": "alertmanager", "token_file": "token", "receivers": people, "channels": channels}
    alerts |= {"bulletins": silent, "alertmanager": f"http://{alertmanager}"}
    return yaml.safe_dump({"alerts": alerts}, allow_unicode=True)


def furnish_alerts(place: Place, vendors: Robots, box: Mailbox, alertmanager: str) -> None:
    for name, secret in {"token": TOKEN, "sign": SECRET, **{name: vendors.url(name) for name in VENDORS}}.items():
        (place.folder / name).write_text(secret, "utf-8")
    place.settings.write_text(place.settings.read_text("utf-8") + alert_settings(vendors, box, alertmanager), "utf-8")


def prometheus_settings(folder: Path, monitor: str, alertmanager: str) -> Path:
    """The shipped rules as they are, aimed at these addresses."""
    for rules in (CONFIG / "prometheus").glob("*.rules.yml"):
        shutil.copy(rules, folder / rules.name)
    settings = yaml.safe_load((CONFIG / "prometheus" / "prometheus.yml").read_text("utf-8"))
    settings["global"] = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    del settings["scrape_configs"][1:]
    settings["scrape_configs"][0]["static_configs"] = [{"targets": [monitor]}]
    settings["alerting"] = {"alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}]}
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(settings), "utf-8")
    return path


def alertmanager_settings(folder: Path, monitor: str) -> Path:
    """The shipped routes, inhibitions and waiting; every receiver is the relay."""
    settings = yaml.safe_load(ROUTES.read_text("utf-8"))
    (folder / "bearer").write_text(TOKEN, "utf-8")
    webhook: dict[str, Any] = {
        "url": f"http://{monitor}/api/alertmanager",
        "http_config": {"authorization": {"credentials_file": str(folder / "bearer")}},
    }
    settings["receivers"] = [{"name": name, "webhook_configs": [webhook]} for name in receivers()]
    path = folder / "alertmanager.yml"
    path.write_text(yaml.safe_dump(settings, allow_unicode=True), "utf-8")
    return path


@contextmanager
def chain(folder: Path, monitor: str, alertmanager: str) -> Iterator[Path]:
    """Prometheus and, at this address, Alertmanager over the monitor; gives Alertmanager's log."""
    log = folder / "alertmanager.log"
    config = prometheus_settings(folder, monitor, alertmanager)
    arguments = (
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{free_port()}",
        "--log.level=warn",
    )
    more = (
        f"--config.file={alertmanager_settings(folder, monitor)}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address={alertmanager}",
        "--cluster.listen-address=",
    )
    with (
        running(program("prometheus-alertmanager"), *more, log=log),
        running(program("prometheus"), *arguments, log=folder / "prometheus.log"),
    ):
        yield log


@pytest.mark.slow
@pytest.mark.timeout(420)
async def test_a_cut_line_of_forty_cameras_wakes_each_channel_once_within_three_minutes_and_once_for_the_end(
    tmp_path: Path,
) -> None:
    clock, place = SystemClock(), Place(tmp_path)
    town = build_town(80, 2, base=BASE, clock=clock)
    furnish(place, town.cameras, town.credentials, town.cameras[0].id, clock.now(), Tempo(), Language.ZH)
    line = [camera for camera in town.cameras if camera.uplink != town.cameras[0].uplink]
    assert len(line) == 40
    await town.start()
    async with robots() as vendors, mail_server() as box, aiohttp.ClientSession() as session:
        alertmanager = f"127.0.0.1:{free_port()}"
        furnish_alerts(place, vendors, box, alertmanager)
        child = await Child.start(place)
        monitor = child.address.removeprefix("http://")

        def arrived() -> list[list[str]]:
            """The first line of everything that reached somebody, by channel: whatever it is about."""
            letters = [letter.get_content() for letter in box.letters]
            return [
                [text.splitlines()[0] for text in texts]
                for texts in (*(vendors.texts[one] for one in VENDORS), letters)
            ]

        async def until_each_has(texts: list[str], within: float, log: Path) -> None:
            """These and no other, in this order, on each of the four channels."""
            end = clock.monotonic() + within
            while arrived() != [texts] * 4:
                assert clock.monotonic() < end, f"{arrived()}\n{end_of(log)}\n{end_of(place.log)}"
                await asyncio.sleep(0.2)

        try:
            await child.watching(session, clock, timedelta(seconds=60))
            with chain(tmp_path, monitor, alertmanager) as log:
                await until(session, f"{child.address}/api/v1/incidents", lambda a: a["incidents"] == [], log)
                town.inject([line[0].id], Fault.LINE_CUT)
                about = f"{line[0].site.village}：上联线路 {line[0].uplink} 中断，40 台摄像机离线"
                page, end = f"【严重·故障】{about}", f"【已恢复】{about}"
                await until_each_has([page], 180, log)
                await asyncio.sleep(REPEATED + 10)  # Alertmanager calls again: it adds nothing
                assert arrived() == [[page]] * 4
                town.clear([line[0].id])
                await until_each_has([page, end], 60, log)
                await asyncio.sleep(20)  # Alertmanager has its say, too
                assert arrived() == [[page, end]] * 4
            assert {json.loads(text)["text"].splitlines()[0] for text in vendors.texts["sms"]} == {"监测程序运行正常"}
            assert vendors.refused == []
            async with session.get(f"{child.address}/notifications?lang=zh") as listed:
                assert "已送达" in await listed.text()
        finally:
            await child.end()
            await town.stop()
    written = place.log.read_text("utf-8")
    assert not [secret for secret in (SECRET, TOKEN, "tok-9f8e7d6c") if secret in written]

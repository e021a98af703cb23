"""The whole process: starts, shows itself, reloads by signal, keeps the old configuration if the new one is bad."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
import pytest

from monitor.calendar import month_before
from monitor.clock import SystemClock
from monitor.demo.place import Place, Tempo, furnish
from monitor.demo.seed import seed
from monitor.errors import SettingsError
from monitor.language import Language
from monitor.ledger import CameraRemoved, Ledger, Stopped
from monitor.publishing import Format, report_path
from monitor.service import Service, load_plan, only_error_of, refuse_fixed_changes
from monitor.simulator.town import SimulatedTown, build_town
from tests.addresses import BASE
from tests.robots import robots

QUICK = Tempo(interval=timedelta(seconds=1), patience=timedelta(milliseconds=500), heartbeat=timedelta(seconds=1))


@pytest.fixture
async def town() -> AsyncIterator[SimulatedTown]:
    town = build_town(6, 6, base=BASE)
    await town.start()
    yield town
    await town.stop()


@pytest.fixture
def place(tmp_path: Path, town: SimulatedTown) -> Place:
    place = Place(tmp_path)
    now = SystemClock().now()
    furnish(place, town.cameras, town.credentials, town.cameras[0].id, now, QUICK, Language.EN)
    return place


class Console:
    """The running service as its users see it."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self._session = session
        self._address = address

    async def get(self, path: str) -> tuple[int, str]:
        async with self._session.get(self._address + path) as answer:
            return answer.status, await answer.text()

    async def post(self, path: str) -> tuple[int, str]:
        async with self._session.post(self._address + path) as answer:
            return answer.status, await answer.text()

    async def until_metric(self, line: str) -> str:
        async with asyncio.timeout(15):
            while True:
                _, text = await self.get("/metrics")
                if line in text.splitlines():
                    return text
                await asyncio.sleep(0.1)


@asynccontextmanager
async def served(place: Place, patience: float = 15) -> AsyncIterator[Console]:
    listening: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    service = Service(place.settings, SystemClock())
    task = asyncio.create_task(service.run(listening.set_result))
    try:
        async with asyncio.timeout(patience), aiohttp.ClientSession() as session:
            yield Console(session, await listening)
    finally:
        service.stop()
        async with asyncio.timeout(15):
            await task


async def test_the_service_watches_and_shows_itself_and_ends_in_order(place: Place, town: SimulatedTown) -> None:
    async with served(place) as console:
        text = await console.until_metric(f'sharpeyes_camera_up{{camera_id="{town.cameras[3].id}"}} 1')
        assert "sharpeyes_config_last_reload_successful 1.0" in text
        assert (await console.get("/-/healthy"))[0] == 200
        assert (await console.get("/-/ready"))[0] == 200
        status = json.loads((await console.get("/api/v1/status"))[1])
        assert len(status["cameras"]) == 6
        for secret in (login.password.reveal() for login in town.credentials.values()):
            assert secret not in text
    with Ledger.open_read_only(place.ledger) as ledger:
        assert isinstance(list(ledger.entries())[-1].event, Stopped)


async def test_sighup_with_a_faulty_file_keeps_the_old_configuration_and_says_so(
    place: Place, town: SimulatedTown, caplog: pytest.LogCaptureFixture
) -> None:
    good = place.settings.read_text("utf-8")
    async with served(place) as console:
        await console.until_metric("sharpeyes_config_last_reload_successful 1.0")
        place.settings.write_text(good + "intervall: 5s\n", "utf-8")
        os.kill(os.getpid(), signal.SIGHUP)
        await console.until_metric("sharpeyes_config_last_reload_successful 0.0")
        assert "intervall" in caplog.text
        place.settings.write_text(good, "utf-8")
        os.kill(os.getpid(), signal.SIGHUP)
        text = await console.until_metric("sharpeyes_config_last_reload_successful 1.0")
        assert text.count("sharpeyes_camera_info{") == 6


async def test_a_reload_over_http_takes_a_smaller_inventory_and_records_the_removal(
    place: Place, town: SimulatedTown
) -> None:
    async with served(place) as console:
        lines = place.inventory.read_text("utf-8").splitlines(keepends=True)
        place.inventory.write_text("".join(lines[:-1]), "utf-8")
        status, text = await console.post("/-/reload")
        assert (status, "5 cameras" in text) == (200, True)
        await console.until_metric(
            f'sharpeyes_camera_fault{{camera_id="{town.cameras[-1].id}",reason="removed_unconfirmed"}} 1'
        )
    with Ledger.open_read_only(place.ledger) as ledger:
        assert [entry.event for entry in ledger.entries(kind=CameraRemoved)] == [CameraRemoved(town.cameras[-1].id)]


async def test_last_months_report_is_made_up_for_when_the_monitor_was_off_at_the_month_s_end(
    place: Place, town: SimulatedTown
) -> None:
    now = SystemClock().now()
    with Ledger.open(place.ledger) as ledger:
        seed(ledger, town.cameras, now)
    async with served(place) as console:
        await console.until_metric("sharpeyes_config_last_reload_successful 1.0")
        async with asyncio.timeout(15):
            while len(list(place.reports.glob("sla-*"))) < 3:  # noqa: ASYNC110  # files tell nobody
                await asyncio.sleep(0.05)


async def test_each_contract_has_its_missing_report_and_one_that_is_there_stays(
    place: Place, town: SimulatedTown
) -> None:
    now = SystemClock().now()
    with Ledger.open(place.ledger) as ledger:
        seed(ledger, town.cameras, now)
    half = [camera.id for camera in town.cameras[:3]], [camera.id for camera in town.cameras[3:]]
    for name, cameras in zip("ab", half, strict=True):
        text = f"id: {name}\ntitle: {name}\nscope: {{cameras: [{', '.join(cameras)}]}}\n"
        (place.folder / f"{name}.yml").write_text(text, "utf-8")
    place.settings.write_text(place.settings.read_text("utf-8") + "contracts: [a.yml, b.yml]\n", "utf-8")
    settings = load_plan(place.settings).settings
    month = month_before(now, ZoneInfo(settings.contract.terms.zone))
    there, missing = (report_path(settings, contract, month, Format.JSON) for contract in settings.contracts)
    there.parent.mkdir(parents=True, exist_ok=True)
    there.write_bytes(b"as it was")
    async with served(place) as console:
        await console.until_metric("sharpeyes_config_last_reload_successful 1.0")
        async with asyncio.timeout(15):
            while not missing.exists():  # noqa: ASYNC110  # files tell nobody
                await asyncio.sleep(0.05)
    assert there.read_bytes() == b"as it was"
    report = json.loads(missing.read_bytes())["report"]
    assert {figure["camera"]["id"] for figure in report["cameras"]} == set(half[1])


async def test_a_first_start_writes_no_report_of_a_month_nobody_watched(place: Place, town: SimulatedTown) -> None:
    async with served(place) as console:
        await console.until_metric(f'sharpeyes_camera_up{{camera_id="{town.cameras[3].id}"}} 1')
    assert not list(place.reports.glob("*"))


async def test_a_second_monitor_on_the_same_ledger_is_refused(place: Place) -> None:
    async with served(place):
        with pytest.raises(Exception, match="ledger"):
            Service(place.settings, SystemClock())


def test_what_only_a_restart_can_change_is_refused_by_name(place: Place) -> None:
    settings = load_plan(place.settings).settings
    with pytest.raises(SettingsError, match="ledger: cannot change while the monitor runs"):
        refuse_fixed_changes(settings, replace(settings, ledger=Path("/elsewhere.db")))


def test_planned_work_for_a_village_nobody_has_is_a_fault_with_its_line(place: Place) -> None:
    text = place.settings.read_text("utf-8")
    lines = [line if "cameras: [" not in line else "    villages: [石桥]" for line in text.splitlines()]
    place.settings.write_text("\n".join(lines), "utf-8")
    with pytest.raises(SettingsError) as refused:
        load_plan(place.settings)
    line = next(number for number, line in enumerate(lines, 1) if "石桥" in line)
    assert str(refused.value).startswith(
        f"{place.settings}:{line}: maintenance pole-works: villages: no camera has '石桥'"
    )
    assert "石桥村" in str(refused.value)


async def test_a_storm_of_sighups_and_an_end_in_the_middle_are_taken_calmly(place: Place, town: SimulatedTown) -> None:
    async with served(place) as console:
        await console.until_metric("sharpeyes_config_last_reload_successful 1.0")
        for _ in range(100):
            os.kill(os.getpid(), signal.SIGHUP)
            await asyncio.sleep(0)
    with Ledger.open_read_only(place.ledger) as ledger:
        assert isinstance(list(ledger.entries())[-1].event, Stopped)


def test_an_error_wrapped_by_task_groups_is_told_as_itself() -> None:
    error = ValueError("plain")
    assert only_error_of(ExceptionGroup("outer", [ExceptionGroup("inner", [error])])) is error
    two = ExceptionGroup("two", [error, error])
    assert only_error_of(two) is two


async def test_a_bulletin_that_fell_into_a_time_without_the_monitor_is_made_up_for_once(place: Place) -> None:
    due = SystemClock().now().astimezone(ZoneInfo(load_plan(place.settings).settings.zone)) - timedelta(minutes=10)
    async with robots() as vendors:
        told = f"{{kind: gateway, url: '{vendors.url('sms')}', body: '{{\"text\": \"{{text}}\"}}'}}"
        alerts = (
            "alerts:\n"
            "  receivers: {vendor-on-call: {channels: [b]}, office: {channels: [b]}, tickets: {channels: [a]}}\n"
            f"  channels: {{a: {told}, b: {told}}}\n"
            f"  bulletins: {{daily: {{at: '{due:%H:%M}', receivers: tickets}}, patrol: null, pictures: null}}\n"
        )
        place.settings.write_text(place.settings.read_text("utf-8") + alerts, "utf-8")

        def reports() -> list[str]:
            return [text for text in vendors.texts["sms"] if "daily report" in text]

        async with served(place, patience=60):
            while True:
                await asyncio.sleep(0.1)
                if reports():
                    break
        async with served(place, patience=60):
            await asyncio.sleep(8)  # longer than the first rounds, after which it would be told once more
        assert len(reports()) == 1

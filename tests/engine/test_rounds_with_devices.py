"""The real engine asks simulated devices over ONVIF: what is found is in the record, on the page and in the metrics."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from monitor.clock import SystemClock
from monitor.engine.rounds import LOOK
from monitor.ledger import DeviceRecorded, FindingAppeared, FindingGone, Ledger
from monitor.model import Camera, Credentials, DeviceFinding, FindingKind, Secret
from monitor.settings import OnvifSettings
from monitor.simulator.onvif_answers import MAIN, MEDIA2, PLATE
from monitor.simulator.onvif_device import PASSWORD, USER, OnvifDevice, Wants
from monitor.simulator.onvif_device import running as device_running
from tests.engine.harness import Running, running
from tests.metrics.town import camera

LOGINS = {"good": Credentials(USER, Secret(PASSWORD)), "bad": Credentials(USER, Secret("guess"))}
ALWAYS = OnvifSettings(interval=timedelta(milliseconds=1))


class Hasty(SystemClock):
    """The machine's clocks; who waits for the next look at who is due waits less."""

    async def sleep(self, duration: timedelta) -> None:
        await super().sleep(timedelta(milliseconds=50) if duration == LOOK else duration)


def standing(town: Running) -> dict[str, set[FindingKind]]:
    """What the pages show."""
    return {device.camera_id: {each.finding.kind for each in device.findings} for device in town.view().devices}


async def watched(stack: AsyncExitStack, camera_id: str, device: OnvifDevice, credentials: str = "good") -> Camera:
    await stack.enter_async_context(device_running(device))
    url = f"rtsp://127.0.0.1:{device.port}/1"
    return camera(camera_id, onvif=device.address, url=url, credentials=credentials)


def told(folder: Path, kind: type[DeviceRecorded] | type[FindingAppeared] | type[FindingGone]) -> list[object]:
    with Ledger.open_read_only(folder / "ledger.db") as ledger:
        return [entry.event for entry in ledger.entries_of(kind)]


async def test_each_device_is_found_out_and_a_swap_is_noticed_by_the_next_process(tmp_path: Path) -> None:
    fine, late = OnvifDevice(), OnvifDevice(wants=Wants.SHA256, skew=timedelta(hours=-8))
    single = OnvifDevice(services=(MEDIA2,), offers=(MAIN,), wants=Wants.MD5)
    broken = OnvifDevice(mangle=lambda answer: answer.replace(b"</s:Body>", b""), skew=timedelta(seconds=30))
    devices = {"fine": fine, "late": late, "single": single, "broken": broken}
    async with AsyncExitStack() as stack:
        cameras = [await watched(stack, name, device) for name, device in devices.items()]
        async with running(tmp_path, cameras, credentials=LOGINS) as town:
            await town.until(lambda: len(standing(town)) == 4 and all(device.asked for device in devices.values()))
            await town.until(lambda: all(device.asked_at for device in town.view().devices))
            assert standing(town) == {
                "fine": set(),
                "late": {FindingKind.CLOCK_DRIFT},
                "single": {FindingKind.NO_SUB_STREAM},
                "broken": {FindingKind.CLOCK_DRIFT},
            }
            text = b"".join(town.metrics.exposition(town.view())).decode()
            assert 'sharpeyes_camera_finding{camera_id="late",finding="clock_drift"} 1' in text
            assert 'sharpeyes_camera_clock_offset_seconds{camera_id="late"} -28' in text
            await town.until(lambda: {town.state(name).value for name in devices} == {"up"})
        assert len(told(tmp_path, DeviceRecorded)) == 4
        late.skew, fine.plate = timedelta(0), replace(PLATE, serial="4712")
        async with running(tmp_path, cameras, clock=Hasty(), credentials=LOGINS, onvif=ALWAYS) as town:
            await town.until(lambda: "fine" in standing(town) and bool(standing(town)["fine"]))
            await town.until(lambda: not standing(town)["late"])
    before, after = (f"{PLATE.maker} {PLATE.model} {serial}" for serial in (PLATE.serial, "4712"))
    assert FindingAppeared("fine", DeviceFinding(FindingKind.DEVICE_SWAPPED, before, after)) in told(
        tmp_path, FindingAppeared
    )
    assert FindingGone("late", FindingKind.CLOCK_DRIFT) in told(tmp_path, FindingGone)


async def test_a_password_refused_over_onvif_is_not_offered_over_rtsp_either(tmp_path: Path) -> None:
    device = OnvifDevice(locks_after=3, skew=timedelta(minutes=1))
    async with AsyncExitStack() as stack:
        one = await watched(stack, "c1", device, "bad")
        async with running(tmp_path, [one], credentials=LOGINS) as town:
            await town.until(lambda: device.wrong > 0 and bool(standing(town)))
            shown = town.prober.authenticated["c1"]
            asked = town.prober.asked["c1"]
            await town.until(lambda: town.prober.asked["c1"] > asked + 5)
            assert town.prober.authenticated["c1"] <= shown + 1  # one may have been under way
            assert standing(town) == {"c1": {FindingKind.CLOCK_DRIFT}}
    assert device.wrong == 1

"""Who is asked over ONVIF for a smaller stream, when, and what becomes of the answer."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.clock import SystemClock
from monitor.devices import Devices, Stream
from monitor.engine.permits import LAST_ATTEMPT_PAUSE, Permits
from monitor.engine.slots import Slots
from monitor.engine.streams import AGAIN_AFTER, AT_ONCE, NEW_AFTER, SmallStreams, over_onvif
from monitor.model import Camera, Cause, Credentials, Secret
from monitor.probes.dialling import VERIFY
from monitor.probes.onvif import StreamFound
from monitor.settings import LimitSettings, ProbeSettings, Settings, StreamChoice
from monitor.simulator.onvif_device import PASSWORD, USER, OnvifDevice, running
from tests.metrics.town import camera
from tests.probes.conftest import SelfSigned

LOGIN = Credentials("admin", Secret("sesame"))
SMALL = "rtsp://127.0.0.1/small"
MINUTE = timedelta(minutes=1)


@dataclass
class Days:
    """Time passes when somebody sleeps; after ``left`` of it the sleeper is cancelled."""

    left: timedelta
    at: datetime = datetime(2026, 3, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - datetime(2026, 1, 1, tzinfo=UTC)).total_seconds()

    async def sleep(self, duration: timedelta) -> None:
        if self.left <= timedelta(0):
            raise asyncio.CancelledError
        self.left -= duration
        self.at += duration


@dataclass
class Watched:
    """What the finder sees of the board."""

    cameras: dict[str, Camera]

    def watched_ids(self) -> frozenset[str]:
        return frozenset(self.cameras)

    def watched(self, camera_id: str) -> Camera | None:
        return self.cameras.get(camera_id)


@dataclass
class Device:
    """Answers over ONVIF."""

    found: StreamFound = field(default_factory=lambda: StreamFound(SMALL, 640, 360))
    asked: Counter[str] = field(default_factory=Counter)
    shown: list[bool] = field(default_factory=list)
    broken: frozenset[str] = frozenset()  # cameras for which asking raises, as a bug of ours would
    together: asyncio.Barrier | None = None  # so many must be asked at once

    async def find(self, camera: Camera, credentials: Credentials | None, may_authenticate: bool) -> StreamFound:
        self.asked[camera.id] += 1
        self.shown.append(may_authenticate)
        assert credentials == LOGIN
        if self.together is not None:
            async with asyncio.timeout(5):
                await self.together.wait()
        if camera.id in self.broken:
            raise RuntimeError("a bug of ours")
        return self.found


KNOWN = camera("c1", onvif="127.0.0.1:80", credentials="hik")


async def watch(
    tmp_path: Path,
    device: Device,
    lasts: timedelta = MINUTE,
    watched: Camera = KNOWN,
    choice: StreamChoice = StreamChoice.SUB,
    before: Callable[[Devices], None] = lambda _: None,
    beside: tuple[Camera, ...] = (),
    board: Watched | None = None,
) -> Stream:
    """Let the finder run that long; what is known afterwards."""
    devices, clock = Devices(tmp_path / "devices.db"), Days(lasts)
    before(devices)
    settings = Settings(
        tmp_path / "s.yml",
        inventory=(),
        ledger=tmp_path / "ledger.db",
        reports=tmp_path,
        credentials={"hik": LOGIN},
        probe=ProbeSettings(stream=choice),
    )
    finder = SmallStreams(
        lambda: settings,
        board or Watched({one.id: one for one in (watched, *beside)}),
        Slots(LimitSettings()),
        Permits(devices, clock, timedelta(minutes=30)),
        devices,
        clock,
        device.find,
    )
    with pytest.raises(asyncio.CancelledError):
        await finder.run()
    devices.flush()
    return devices.stream(watched.id, watched.url)


async def test_a_small_stream_is_asked_for_once_and_kept(tmp_path: Path) -> None:
    device = Device()
    known = await watch(tmp_path, device, lasts=20 * NEW_AFTER)
    assert known.found == SMALL
    assert device.asked == {"c1": 1}
    assert Devices(tmp_path / "devices.db").stream("c1", KNOWN.url).found == SMALL


async def test_every_day_it_is_asked_for_again(tmp_path: Path) -> None:
    device = Device()
    await watch(tmp_path, device, lasts=2 * AGAIN_AFTER + MINUTE)
    assert device.asked["c1"] == 3


async def test_after_a_restart_a_known_stream_waits_a_day(tmp_path: Path) -> None:
    await watch(tmp_path, Device())
    device = Device()
    await watch(tmp_path, device, lasts=AGAIN_AFTER - MINUTE)
    assert not device.asked
    await watch(tmp_path, device, lasts=AGAIN_AFTER + MINUTE)
    assert device.asked["c1"] == 1


@pytest.mark.parametrize(
    ("watched", "choice"),
    [(replace(KNOWN, onvif=""), StreamChoice.SUB), (KNOWN, StreamChoice.AS_WRITTEN)],
    ids=["no address", "as written"],
)
async def test_nobody_is_asked_who_need_not_be(tmp_path: Path, watched: Camera, choice: StreamChoice) -> None:
    device = Device()
    await watch(tmp_path, device, watched=watched, choice=choice)
    assert not device.asked


@pytest.mark.parametrize("other", ["127.0.0.1:80", "127.0.0.1", "http://127.0.0.1/onvif/x"])
async def test_a_device_with_several_cameras_is_not_asked_for_it_may_name_another_one_s_stream(
    tmp_path: Path, other: str
) -> None:
    device, second = Device(), camera("c2", onvif=other, url="rtsp://127.0.0.1/2", credentials="hik")
    await watch(tmp_path, device, beside=(second,))
    assert not device.asked
    await watch(tmp_path, device, watched=replace(KNOWN, recorder="nvr-1"))
    assert not device.asked


async def test_what_was_found_is_forgotten_once_the_device_turns_out_to_have_several_cameras(tmp_path: Path) -> None:
    await watch(tmp_path, Device())
    assert (await watch(tmp_path, Device(), watched=replace(KNOWN, recorder="nvr-1"))).found == ""


async def test_a_refused_password_is_paused_for_everybody_who_asks_that_device(tmp_path: Path) -> None:
    device = Device(StreamFound(cause=Cause.CREDENTIALS_REFUSED, credentials_refused=True))
    known = await watch(tmp_path, device)
    assert known.found == ""
    devices = Devices(tmp_path / "devices.db")
    clock = Days(MINUTE)
    assert not Permits(devices, clock, timedelta(minutes=30)).granted(KNOWN, LOGIN)
    await watch(tmp_path, device)
    assert device.shown == [True, False]


@pytest.mark.parametrize(
    ("found", "pause"),
    [
        (StreamFound(cause=Cause.CREDENTIALS_REFUSED, credentials_refused=True, attempts_left=1), LAST_ATTEMPT_PAUSE),
        (StreamFound(cause=Cause.ACCOUNT_LOCKED), timedelta(minutes=30)),
    ],
    ids=["one attempt left", "locked before anything was shown"],
)
async def test_the_pause_is_as_long_as_the_answer_demands(tmp_path: Path, found: StreamFound, pause: timedelta) -> None:
    await watch(tmp_path, Device(found))
    clock = Days(pause)
    permits = Permits(Devices(tmp_path / "devices.db"), clock, timedelta(minutes=30))
    await clock.sleep(pause - MINUTE)
    assert not permits.granted(KNOWN, LOGIN)
    await clock.sleep(MINUTE)
    assert permits.granted(KNOWN, LOGIN)


def cameras(count: int) -> list[Camera]:
    return [
        camera(f"c{n}", onvif=f"127.0.0.{n}", url=f"rtsp://127.0.0.{n}/1", uplink="", credentials="hik")
        for n in range(1, count + 1)
    ]


async def test_a_bug_of_ours_costs_one_camera_its_answer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    device, (first, *others) = Device(broken=frozenset({"c1"})), cameras(2 * AT_ONCE)
    await watch(tmp_path, device, watched=first, beside=tuple(others), lasts=3 * MINUTE)
    assert all(device.asked[one.id] == 1 for one in (first, *others))
    assert "asking c1 for its small stream failed on our side" in caplog.text


async def test_several_devices_are_asked_at_once(tmp_path: Path) -> None:
    device, (first, *others) = Device(together=asyncio.Barrier(4)), cameras(AT_ONCE)
    known = await watch(tmp_path, device, watched=first, beside=tuple(others))
    assert known.found == SMALL


async def test_another_url_in_the_inventory_is_asked_for_anew(tmp_path: Path) -> None:
    board = Watched({"c1": KNOWN})

    class Moving(Device):
        async def find(self, camera: Camera, credentials: Credentials | None, may_authenticate: bool) -> StreamFound:
            board.cameras["c1"] = replace(KNOWN, url="rtsp://127.0.0.1/another")
            return await super().find(camera, credentials, may_authenticate)

    device = Moving()
    await watch(tmp_path, device, lasts=3 * MINUTE, board=board)
    assert device.asked["c1"] == 2


@pytest.mark.parametrize("held", ["password=sesame_", "password=another_", "x=1?pwd=another&", "sesame"])
async def test_a_url_that_holds_a_password_is_not_kept(tmp_path: Path, held: str) -> None:
    device = Device(StreamFound(f"rtsp://127.0.0.1/user=admin_{held}channel=1_stream=1.sdp"))
    assert (await watch(tmp_path, device)).found == ""
    content = (tmp_path / "devices.db").read_bytes()
    assert b"sesame" not in content
    assert b"another" not in content


async def test_the_certificate_of_the_inventory_is_insisted_on(self_signed: SelfSigned) -> None:
    find, secret = over_onvif(SystemClock()), Credentials(USER, Secret(PASSWORD))
    for certificate, cause in ((self_signed.pin, Cause.OK), (VERIFY, Cause.CERTIFICATE_REFUSED)):
        async with running(OnvifDevice(xaddr="https://{host}:{port}"), self_signed.context) as device:
            asked = camera(onvif=f"https://{device.address}", certificate=certificate)
            assert (await find(asked, secret, True)).cause is cause

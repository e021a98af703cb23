"""Who is asked over ONVIF, when, and what becomes of the answer."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.clock import SystemClock
from monitor.devices import Devices, Stream
from monitor.engine.permits import LAST_ATTEMPT_PAUSE, Permits
from monitor.engine.register import Register
from monitor.engine.rounds import AFTER_RETURN, AT_ONCE, LOOK, Rounds, over_onvif
from monitor.engine.slots import Slots
from monitor.ledger import DeviceRecorded, Event, FindingAppeared, FindingGone, Ledger
from monitor.liveness import Track, new_track
from monitor.model import Camera, Cause, Credentials, DeviceFinding, FindingKind, Identity, Secret, State
from monitor.probes.dialling import VERIFY
from monitor.probes.inspection import Inspection, StreamFound
from monitor.settings import LimitSettings, OnvifSettings, ProbeSettings, Settings, StreamChoice
from monitor.simulator.onvif_device import PASSWORD, USER, OnvifDevice, Wants, running
from tests.metrics.town import camera
from tests.probes.conftest import SelfSigned

LOGIN = Credentials("admin", Secret("sesame"))
SMALL, MAIN = "rtsp://127.0.0.1/small", "rtsp://127.0.0.1/main"
MINUTE = timedelta(minutes=1)
INTERVAL = OnvifSettings().interval
PLATE = Identity("Hikvision", "DS-2CD3T47", "V5.7.3", "4711")


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
    """What the rounds see of the board."""

    cameras: dict[str, Camera]
    states: Callable[[], tuple[State, Cause]] = lambda: (State.UP, Cause.OK)

    def watched_ids(self) -> frozenset[str]:
        return frozenset(self.cameras)

    def watched(self, camera_id: str) -> Camera | None:
        return self.cameras.get(camera_id)

    def track(self, camera_id: str) -> Track:
        return new_track(camera_id, datetime(2026, 3, 1, tzinfo=UTC), *self.states())


@dataclass
class Device:
    """Answers over ONVIF."""

    found: StreamFound = field(default_factory=lambda: StreamFound(SMALL, 640, 360))
    told: Inspection = field(default_factory=lambda: Inspection(StreamFound(), True, PLATE, MAIN, smaller=True))
    asked: Counter[str] = field(default_factory=Counter)
    shown: list[bool] = field(default_factory=list)
    broken: frozenset[str] = frozenset()  # cameras for which asking raises, as a bug of ours would
    together: asyncio.Barrier | None = None  # so many must be asked at once

    async def ask(self, camera: Camera, credentials: Credentials | None, may_authenticate: bool) -> Inspection:
        self.asked[camera.id] += 1
        self.shown.append(may_authenticate)
        assert credentials == LOGIN
        if self.together is not None:
            async with asyncio.timeout(5):
                await self.together.wait()
        if camera.id in self.broken:
            raise RuntimeError("a bug of ours")
        if self.found.cause is not Cause.OK:
            return Inspection(self.found, answered=True)
        return replace(self.told, found=self.found)


@dataclass
class Chain:
    """Writes into a real ledger at once, as the recorder does in its thread."""

    ledger: Ledger
    register: Register
    clock: Days

    async def append(self, events: Sequence[Event]) -> datetime:
        self.register.heard(self.ledger.append(events, self.clock.now()))
        return self.clock.now()


KNOWN = camera("c1", onvif="127.0.0.1:80", credentials="hik")


async def watch(
    tmp_path: Path,
    device: Device,
    lasts: timedelta = MINUTE,
    *,
    watched: Camera = KNOWN,
    choice: StreamChoice = StreamChoice.SUB,
    before: Callable[[Devices], None] = lambda _: None,
    beside: tuple[Camera, ...] = (),
    board: Watched | None = None,
    clock: Days | None = None,
    doubted: bool = False,
    offered: Callable[[Camera, str], None] = lambda *_: None,
) -> Stream:
    """Let the rounds run that long; what is known afterwards."""
    devices, clock, register = Devices(tmp_path / "devices.db"), clock or Days(lasts), Register()
    before(devices)
    settings = Settings(
        tmp_path / "s.yml",
        inventory=(),
        ledger=tmp_path / "ledger.db",
        reports=tmp_path,
        credentials={"hik": LOGIN},
        probe=ProbeSettings(stream=choice),
    )
    with Ledger.open(settings.ledger) as ledger:
        register.restore(ledger)
        rounds = Rounds(
            lambda: settings,
            board or Watched({one.id: one for one in (watched, *beside)}),
            Chain(ledger, register, clock),
            register=register,
            slots=Slots(LimitSettings()),
            permits=Permits(devices, clock, timedelta(minutes=30)),
            devices=devices,
            clock=clock,
            ask=device.ask,
            doubted=lambda: doubted,
            offered=offered,
        )
        with pytest.raises(asyncio.CancelledError):
            await rounds.run()
    devices.flush()
    return devices.stream(watched.id, watched.url)


def recorded(tmp_path: Path) -> list[Event]:
    with Ledger.open_read_only(tmp_path / "ledger.db") as ledger:
        return [entry.event for entry in ledger.entries_of(DeviceRecorded, FindingAppeared, FindingGone)]


async def test_a_small_stream_is_asked_for_once_and_kept(tmp_path: Path) -> None:
    device = Device()
    known = await watch(tmp_path, device, lasts=20 * LOOK)
    assert known.found == SMALL
    assert device.asked == {"c1": 1}
    assert Devices(tmp_path / "devices.db").stream("c1", KNOWN.url).found == SMALL


async def test_every_interval_it_is_asked_again(tmp_path: Path) -> None:
    device = Device()
    await watch(tmp_path, device, lasts=10 * INTERVAL)
    assert 10 <= device.asked["c1"] <= 11


async def test_a_town_that_is_new_is_not_asked_all_at_once_an_hour_later(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    first, *others = cameras(60)
    counts = []
    for lasts in (2 * INTERVAL, 2 * INTERVAL + 6 * MINUTE):
        device = Device()
        await watch(tmp_path_factory.mktemp("town"), device, lasts=lasts, watched=first, beside=tuple(others))
        counts.append(device.asked.total())
    assert 0 < counts[1] - counts[0] < 20


async def test_after_a_restart_those_that_are_known_are_asked_spread_over_the_interval(tmp_path: Path) -> None:
    first, *others = cameras(60)
    await watch(tmp_path, Device(), watched=first, beside=tuple(others))
    device = Device()
    await watch(tmp_path, device, lasts=timedelta(0), watched=first, beside=tuple(others))
    assert len(device.asked) < 10
    await watch(tmp_path, device, lasts=INTERVAL + MINUTE, watched=first, beside=tuple(others))
    assert len(device.asked) == 60
    assert max(device.asked.values()) <= 2


@pytest.mark.parametrize(
    ("told", "offered"),
    [("http://127.0.0.1/snap", ["http://127.0.0.1/snap"]), ("http://127.0.0.1/snap?pwd=sesame", []), ("", [])],
)
async def test_where_single_pictures_are_is_passed_on_unless_a_secret_stands_in_it(
    tmp_path: Path, told: str, offered: list[str]
) -> None:
    device, heard = Device(), list[str]()
    device.told = replace(device.told, snapshot_url=told)
    await watch(tmp_path, device, offered=lambda _, url: heard.append(url))
    assert heard == offered


async def test_a_device_with_several_cameras_is_not_believed_about_single_pictures(tmp_path: Path) -> None:
    device, heard = Device(), list[str]()
    device.told = replace(device.told, snapshot_url="http://127.0.0.1/snap")
    await watch(tmp_path, device, beside=(replace(KNOWN, id="c2"),), offered=lambda _, url: heard.append(url))
    assert not heard


async def test_nobody_is_asked_without_an_address(tmp_path: Path) -> None:
    device = Device()
    await watch(tmp_path, device, watched=replace(KNOWN, onvif=""))
    assert not device.asked


async def test_the_stream_as_written_stays_the_one_that_is_asked_for(tmp_path: Path) -> None:
    await watch(tmp_path, Device())
    assert (await watch(tmp_path, Device(), choice=StreamChoice.AS_WRITTEN)).found == ""


@pytest.mark.parametrize("other", ["127.0.0.1:80", "127.0.0.1", "http://127.0.0.1/onvif/x"])
async def test_a_device_with_several_cameras_is_asked_once_and_not_believed_about_streams(
    tmp_path: Path, other: str
) -> None:
    device, second = Device(), camera("c2", onvif=other, url="rtsp://127.0.0.1/2", credentials="hik")
    device.told = replace(device.told, smaller=False)
    assert (await watch(tmp_path, device, beside=(second,))).found == ""
    assert device.asked == {"c1": 1}
    assert recorded(tmp_path) == [DeviceRecorded("c1", PLATE, ""), DeviceRecorded("c2", PLATE, "")]
    assert (await watch(tmp_path, device, watched=replace(KNOWN, recorder="nvr-1"))).found == ""


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
    assert "asking c1 over ONVIF failed on our side" in caplog.text


async def test_several_devices_are_asked_at_once(tmp_path: Path) -> None:
    device, (first, *others) = Device(together=asyncio.Barrier(4)), cameras(AT_ONCE)
    known = await watch(tmp_path, device, watched=first, beside=tuple(others))
    assert known.found == SMALL


async def test_another_url_in_the_inventory_is_asked_for_anew(tmp_path: Path) -> None:
    board = Watched({"c1": KNOWN})

    class Moving(Device):
        async def ask(self, camera: Camera, credentials: Credentials | None, may_authenticate: bool) -> Inspection:
            board.cameras["c1"] = replace(KNOWN, url="rtsp://127.0.0.1/another")
            return await super().ask(camera, credentials, may_authenticate)

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
    ask, secret = over_onvif(SystemClock()), Credentials(USER, Secret(PASSWORD))
    for certificate, cause in ((self_signed.pin, Cause.OK), (VERIFY, Cause.CERTIFICATE_REFUSED)):
        async with running(OnvifDevice(xaddr="https://{host}:{port}"), self_signed.context) as device:
            asked = camera(onvif=f"https://{device.address}", certificate=certificate)
            assert (await ask(asked, secret, True)).cause is cause


async def test_a_token_is_shown_unasked_as_long_as_the_last_round_showed_that_it_is_taken() -> None:
    ask, secret = over_onvif(SystemClock()), Credentials(USER, Secret(PASSWORD))
    async with running(OnvifDevice()) as device:
        unsigned: list[int] = []
        for wants in (Wants.TOKEN, Wants.TOKEN, Wants.MD5, Wants.MD5, Wants.TOKEN):
            device.wants = wants
            device.asked.clear()
            await ask(camera(onvif=device.address), secret, True)
            unsigned.append(sum(not asked.signed for asked in device.asked if asked.operation == "GetProfiles"))
    assert unsigned == [1, 0, 0, 1, 1]  # the third round ends, since one form is all it may show


# ---------------------------------------------------------------- findings


async def test_a_finding_is_recorded_when_it_appears_and_when_it_goes(tmp_path: Path) -> None:
    device, clock = Device(), Days(timedelta(0))
    await watch(tmp_path, device, clock=clock)
    off = DeviceFinding(FindingKind.CLOCK_DRIFT, offset_us=-90_000_000, limit_us=5_000_000)
    for seconds, told in ((-90, [FindingAppeared("c1", off)]), (-90, []), (1, [FindingGone("c1", off.kind)])):
        before = len(recorded(tmp_path))
        device.found = replace(device.found, clock_offset=timedelta(seconds=seconds))
        clock.left = INTERVAL + MINUTE
        await watch(tmp_path, device, clock=clock)
        assert recorded(tmp_path)[before:] == told


async def test_while_our_own_clock_is_doubted_nobody_s_is_measured_by_it(tmp_path: Path) -> None:
    device = Device(found=StreamFound(SMALL, clock_offset=timedelta(days=2)))
    await watch(tmp_path, device, doubted=True)
    assert recorded(tmp_path) == [DeviceRecorded("c1", PLATE, "/main")]


async def test_a_swapped_device_is_found_across_a_restart(tmp_path: Path) -> None:
    await watch(tmp_path, Device())
    device = Device()
    device.told = replace(device.told, identity=replace(PLATE, serial="4712"))
    await watch(tmp_path, device, lasts=INTERVAL + MINUTE)
    kind = FindingKind.DEVICE_SWAPPED
    swapped = DeviceFinding(kind, "Hikvision DS-2CD3T47 4711", "Hikvision DS-2CD3T47 4712")
    assert recorded(tmp_path)[1:] == [FindingAppeared("c1", swapped)]


async def test_a_stream_is_recorded_without_the_password_in_its_path(tmp_path: Path) -> None:
    device = Device()
    device.told = replace(device.told, main="rtsp://127.0.0.1/user=admin_password=sesame_channel=1.sdp?x=sesame")
    await watch(tmp_path, device)
    (told,) = recorded(tmp_path)
    assert isinstance(told, DeviceRecorded)
    assert told.stream.startswith("/user=admin_password=***")
    assert "sesame" not in told.stream


async def test_what_is_asked_no_more_has_no_findings(tmp_path: Path) -> None:
    device = Device(found=StreamFound(SMALL, clock_offset=timedelta(hours=1)))
    device.told = replace(device.told, smaller=False)
    await watch(tmp_path, device)
    await watch(tmp_path, device, watched=replace(KNOWN, recorder="nvr-1"))
    assert recorded(tmp_path)[3:] == [FindingGone("c1", FindingKind.NO_SUB_STREAM)]
    await watch(tmp_path, device, watched=replace(KNOWN, onvif=""))
    assert recorded(tmp_path)[4:] == [FindingGone("c1", FindingKind.CLOCK_DRIFT)]


async def test_who_cannot_be_reached_is_asked_once_it_is_back(tmp_path: Path) -> None:
    device, clock = Device(), Days(INTERVAL / 2 - MINUTE)
    lost = clock.at + 2 * MINUTE, clock.at + AFTER_RETURN + 3 * MINUTE

    def states() -> tuple[State, Cause]:
        return (State.DOWN, Cause.TCP_TIMEOUT) if lost[0] <= clock.at < lost[1] else (State.UP, Cause.OK)

    await watch(tmp_path, device, board=Watched({"c1": KNOWN}, states), clock=clock)
    assert device.asked["c1"] == 2
    down = Watched({"c1": replace(KNOWN, url="rtsp://127.0.0.1/x")}, lambda: (State.DOWN, Cause.TCP_TIMEOUT))
    await watch(tmp_path, device, board=down, lasts=2 * INTERVAL)
    assert device.asked["c1"] == 2
    refused = Watched({"c1": KNOWN}, lambda: (State.DOWN, Cause.PATH_NOT_FOUND))
    await watch(tmp_path, device, board=refused, lasts=2 * INTERVAL)
    assert device.asked["c1"] >= 3

"""The story: what happens to the town, when, and what to look at. The simulator's own log is the answer key.

What looks like a fault and is none is there all the time: ponds, one of them without a ripple, and infra-red light; and
fog, while it lasts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from monitor.clock import Clock
from monitor.language import Phrase
from monitor.model import Camera, Codec
from monitor.simulator.faults import Fault
from monitor.simulator.onvif_device import USER
from monitor.simulator.scenes import Scene
from monitor.simulator.town import SimulatedTown

FLAWS = (
    *(Fault.DARK, Fault.BRIGHT, Fault.BLURRED, Fault.COVERED, Fault.MOVED, Fault.NOISY, Fault.STRIPED, Fault.CAST),
    *(Fault.BLUE, Fault.CORRUPT, Fault.VEILED),
)


SHARP = frozenset({Scene.LANE, Scene.JUNCTION})  # with colours and outlines that can be lost
LOOKALIKES: Mapping[Scene, Phrase] = MappingProxyType(
    {
        Scene.STILL: Phrase("静止如镜的水塘（像冻结）", "a pond as still as a mirror (looks frozen)"),
        Scene.POND: Phrase("有涟漪的水塘", "a pond with ripples"),
        Scene.NIGHT: Phrase("红外夜视（像过暗、偏色）", "a lane by infra-red light (looks dark and drained of colour)"),
    }
)
FOG = Phrase("起雾（只报告对比度低）", "fog (low contrast is told, no more)")


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays: one camera for each trouble; where a line or a device fails, in villages of their own."""

    power: Camera
    password: Camera
    line: Camera  # any camera of the village whose line is cut
    maintenance: Camera
    stuck: Camera  # of a constant bit rate; its device hands out single pictures
    frozen: Camera
    looped: Camera
    black: Camera
    fog: Camera
    flawed: Mapping[Fault, Camera]  # pictures that a person at the wall would complain about
    lookalikes: Mapping[Scene, tuple[Camera, ...]]  # what looks like a fault all the time

    @property
    def filmed(self) -> Mapping[str, Fault]:
        """By camera id, the flaws of pictures whose films must be made before the story begins."""
        flaws = {camera.id: fault for fault, camera in self.flawed.items()}
        return flaws | {self.stuck.id: Fault.STUCK, self.fog.id: Fault.FOG}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens, ``after`` the story began, and what a person should look at."""

    after: timedelta
    camera: Camera
    fault: Fault | None  # None: what was wrong is over
    told: Phrase


def cast(town: SimulatedTown) -> Cast:
    """The players. ValueError when the town is too small for them."""
    films = town.films()
    scene = {camera_id: film.key.scene for camera_id, film in films.items()}
    able = [camera for camera in town.cameras if camera.credentials and scene[camera.id] in SHARP]
    by_line: dict[str, Camera] = {}
    for camera in able:
        by_line.setdefault(camera.uplink, camera)
    power, password, line, maintenance, *_ = by_line.values()
    taken = {power, password, maintenance}
    rest = [camera for camera in able if camera.uplink != line.uplink and camera not in taken]
    stuck = next((camera for camera in rest if _can_be_stuck(town, camera)), None)
    if stuck is None:
        raise ValueError("no camera can be stuck under a ticking clock")
    frozen, looped, black, fog, *others = (camera for camera in rest if camera is not stuck)
    calm = [camera for camera in town.cameras if camera.uplink != line.uplink]
    return Cast(
        power,
        password,
        line,
        maintenance,
        stuck,
        frozen,
        looped,
        black,
        fog,
        dict(zip(FLAWS, others, strict=False)),
        {which: tuple(camera for camera in calm if scene[camera.id] is which) for which in LOOKALIKES},
    )


def _can_be_stuck(town: SimulatedTown, camera: Camera) -> bool:
    """So that it is suspected, and settled: H.264, for of H.265 too little stays equal; and an account over ONVIF."""
    film = town.films()[camera.id]
    return film.key.codec is Codec.H264 and town.credentials[camera.credentials].username == USER


def story(cast: Cast, pace: float = 1.0) -> tuple[Step, ...]:
    """The steps in order; about two and a quarter minutes at pace 1. What remains is over with ``mending``."""

    def step(seconds: float, camera: Camera, fault: Fault | None, zh: str, en: str) -> Step:
        return Step(timedelta(seconds=seconds * pace), camera, fault, _told(camera, zh, en))

    return (
        step(2, cast.stuck, Fault.STUCK,
             "{0} 传感器卡死,但时钟仍走、码率恒定。看:约一分钟后“疑似冻结”,向设备取两张快照后才定为 picture_frozen。",
             "{0} hangs, but its clock ticks on at a constant bit rate. Look: suspected after about a minute, and "
             "picture_frozen once two snapshots of the device have settled it."),
        step(8, cast.power, Fault.POWER_LOST,
             "{0} 断电。看:约 10 秒后转为离线,原因 tcp_timeout,起点是第一次失败。",
             "{0} loses power. Look: DOWN after about 10 s, cause tcp_timeout, dated at the first failure."),
        step(18, cast.password, Fault.WRONG_PASSWORD,
             "{0} 的密码被改。看:转为未监测,而不是离线——不是摄像机的错。",
             "{0} has its password changed. Look: UNKNOWN, not DOWN: it is not the camera's fault."),
        step(24, cast.looped, Fault.LOOP,
             "{0} 录像机循环重放旧画面,一切似在动。看:重放数轮后画面异常 picture_frozen。",
             "{0} plays an old recording again and again, and all seems to move. Look: DEGRADED with picture_frozen "
             "after some rounds."),
        step(28, cast.frozen, Fault.FROZEN,
             "{0} 编码器卡死,画面静止。看:仍在线,但画面异常 picture_frozen。",
             "{0} has a stuck encoder. Look: still online, but DEGRADED with picture_frozen."),
        step(38, cast.black, Fault.BLACK,
             "{0} 黑屏。看:画面异常 picture_black;在线率不受影响,完好率下降。",
             "{0} goes black. Look: DEGRADED with picture_black; the online rate stays, the intact rate falls."),
        *(step(44, camera, fault, f"{{0}} 画面异常：{fault.cause.value}。", f"{{0}}: {fault.cause.value}.")
          for fault, camera in cast.flawed.items()),
        step(46, cast.fog, Fault.FOG,
             "{0} 起雾。看:只报告对比度低,仍为在线——不是故障。",
             "{0} is in fog. Look: low contrast is told, and the camera stays up: it is no fault."),
        step(56, cast.line, Fault.LINE_CUT,
             "{1} 的线路被挖断。看:全村同时离线。",
             "the line of {1} is cut. Look: the whole village goes DOWN together."),
        step(70, cast.maintenance, Fault.PORT_CLOSED,
             "{0} 按计划维护,设备关机。看:记录为离线,但时间计入免责,不影响在线率。",
             "{0} is switched off for planned maintenance. Look: recorded DOWN, but excluded from the rate."),
        step(88, cast.line, None,
             "{1} 的线路修复。看:全村恢复,每台一条离线记录。",
             "the line of {1} is mended. Look: the village returns, one outage per camera."),
        step(98, cast.power, None, "{0} 恢复供电。", "{0} has power again."),
        step(106, cast.password, None, "{0} 的密码改回。", "{0} has its old password again."),
        step(114, cast.frozen, None, "{0} 的编码器重启。", "{0}'s encoder restarts."),
        step(122, cast.black, None, "{0} 的画面恢复。", "{0} shows a picture again."),
        *(step(126, camera, None, "{0} 的画面恢复。", "{0} shows its usual picture again.")
          for camera in cast.flawed.values()),
        step(128, cast.fog, None, "{0} 雾散。", "the fog before {0} lifts."),
        step(130, cast.maintenance, None, "{0} 维护结束,设备开机。", "{0} is switched on after maintenance."),
    )  # fmt: skip


def mending(cast: Cast) -> tuple[Step, ...]:
    """What people do once they are told of it: it is known late."""
    stuck = _told(
        cast.stuck, "{0} 已报画面冻结,重启摄像机。", "{0} is restarted by the vendor, who was told that it is frozen."
    )
    looped = _told(
        cast.looped,
        "{0} 已报画面冻结,重启录像机。",
        "the recorder of {0} is restarted by the vendor, who was told that it is frozen.",
    )
    return (Step(timedelta(0), cast.stuck, None, stuck), Step(timedelta(0), cast.looped, None, looped))


def _told(camera: Camera, zh: str, en: str) -> Phrase:
    place, village = f"{camera.site.village} {camera.name} ({camera.id})", camera.site.village
    return Phrase(zh.format(place, village), en.format(place, village))


def closing(pace: float = 1.0) -> timedelta:
    """How long after its beginning the story is over and everything has been recorded."""
    return timedelta(seconds=150 * pace)


async def play(steps: Sequence[Step], town: SimulatedTown, clock: Clock, tell: Callable[[Phrase], None]) -> None:
    """Let it happen, in time; ``tell`` hears each step as it happens."""
    began = clock.monotonic()
    for step in steps:
        await clock.sleep(step.after - timedelta(seconds=clock.monotonic() - began))
        if step.fault is None:
            town.clear([step.camera.id])
        else:
            town.inject([step.camera.id], step.fault)
        tell(step.told)

"""The story: what happens to the town, when, and what to look at. The simulator's own log is the answer key.

Ponds with ripples and a camera by infra-red light are there all the time, and are not faults.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from monitor.clock import Clock
from monitor.language import Phrase
from monitor.model import Camera
from monitor.simulator.faults import Fault
from monitor.simulator.scenes import Scene
from monitor.simulator.town import SimulatedTown

FLAWS = (
    *(Fault.DARK, Fault.BRIGHT, Fault.BLURRED, Fault.COVERED, Fault.MOVED, Fault.NOISY, Fault.STRIPED, Fault.CAST),
    *(Fault.BLUE, Fault.CORRUPT, Fault.VEILED),
)


SHARP = frozenset({Scene.LANE, Scene.JUNCTION})  # with colours and outlines that can be lost


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays: one camera for each trouble, all in different villages."""

    power: Camera
    password: Camera
    frozen: Camera
    black: Camera
    line: Camera  # any camera of the village whose line is cut
    maintenance: Camera
    flawed: Mapping[Fault, Camera]  # pictures that a person at the wall would complain about


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens, ``after`` the story began, and what a person should look at."""

    after: timedelta
    camera: Camera
    fault: Fault | None  # None: what was wrong is over
    told: Phrase


def cast(town: SimulatedTown) -> Cast:
    """Cameras on different lines, one each. ValueError when the town is too small for that."""
    by_line: dict[str, Camera] = {}
    films = town.films()
    for camera in town.cameras:
        if camera.credentials and films[camera.id].scene in SHARP:
            by_line.setdefault(camera.uplink, camera)
    power, password, frozen, black, line, maintenance, *others = by_line.values()
    return Cast(power, password, frozen, black, line, maintenance, dict(zip(FLAWS, others, strict=False)))


def story(cast: Cast, pace: float = 1.0) -> tuple[Step, ...]:
    """The steps in order; about two and a half minutes at pace 1."""

    def step(seconds: float, camera: Camera, fault: Fault | None, zh: str, en: str) -> Step:
        place = f"{camera.site.village} {camera.name} ({camera.id})"
        told = Phrase(zh.format(place, camera.site.village), en.format(place, camera.site.village))
        return Step(timedelta(seconds=seconds * pace), camera, fault, told)

    return (
        step(8, cast.power, Fault.POWER_LOST,
             "{0} 断电。看:约 10 秒后转为离线,原因 tcp_timeout,起点是第一次失败。",
             "{0} loses power. Look: DOWN after about 10 s, cause tcp_timeout, dated at the first failure."),
        step(18, cast.password, Fault.WRONG_PASSWORD,
             "{0} 的密码被改。看:转为未监测,而不是离线——不是摄像机的错。",
             "{0} has its password changed. Look: UNKNOWN, not DOWN: it is not the camera's fault."),
        step(28, cast.frozen, Fault.FROZEN,
             "{0} 编码器卡死,画面静止。看:仍在线,但画面异常 picture_frozen。",
             "{0} has a stuck encoder. Look: still online, but DEGRADED with picture_frozen."),
        step(38, cast.black, Fault.BLACK,
             "{0} 黑屏。看:画面异常 picture_black;在线率不受影响,完好率下降。",
             "{0} goes black. Look: DEGRADED with picture_black; the online rate stays, the intact rate falls."),
        *(step(44, camera, fault, f"{{0}} 画面异常：{fault.cause.value}。", f"{{0}}: {fault.cause.value}.")
          for fault, camera in cast.flawed.items()),
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
        step(130, cast.maintenance, None, "{0} 维护结束,设备开机。", "{0} is switched on after maintenance."),
    )  # fmt: skip


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

"""A whole town of fake cameras with its inventory, its credentials, its faults and the record of what was truly wrong.

The same arguments always give the same town. It listens on loopback addresses only, and listing the inventory needs
neither network nor video.
"""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from monitor.clock import Clock, SystemClock
from monitor.errors import SharpEyesError
from monitor.model import Camera, Codec, KeyFrame
from monitor.simulator.auth import Scheme
from monitor.simulator.clips import (
    ClipKey,
    ClipSize,
    Film,
    Grade,
    Library,
    default_cache,
    frames_of,
    load_clips,
    load_films,
)
from monitor.simulator.faults import FAULT_SCENES, HEALTHY, Fault, FaultRecord
from monitor.simulator.flaws import Flaw
from monitor.simulator.hostile import HostileServer
from monitor.simulator.layout import CREDENTIALS, Makeup, Planned, lay_out
from monitor.simulator.server import CameraPlan, CameraServer, Served

WHOLE = (1, 1)
SPARE_FILES = 2048  # descriptors beside the listening sockets: sessions, films, the process itself


class SimulatedTown:
    """Made by ``build_town``. Everything but the inventory needs ``start`` first, in a running loop."""

    def __init__(
        self,
        inventory: tuple[Planned, ...],
        clock: Clock,
        clip_size: ClipSize,
        cache: Path,
        part: tuple[int, int] = WHOLE,
    ) -> None:
        self.cameras = tuple(planned.camera for planned in inventory)
        nth, of = part
        self.credentials = dict(CREDENTIALS)
        self.served = Served()
        self._plans = {planned.camera.id: planned.plan for planned in inventory[nth - 1 :: of]}  # of those played here
        self._by_id = {camera.id: camera for camera in self.cameras}
        self._clock = clock
        self._clip_size = clip_size
        self._cache = cache
        self._constant: frozenset[str] = frozenset()  # cameras of a constant bit rate
        self._servers: dict[str, CameraServer] = {}
        self._hostile: list[HostileServer] = []
        self._records: list[FaultRecord] = []
        self._open: dict[str, int] = {}  # camera id -> place in the records

    @property
    def played(self) -> tuple[tuple[Camera, CameraPlan], ...]:
        """The cameras played here, with what each of them is."""
        return tuple((self._by_id[camera_id], plan) for camera_id, plan in self._plans.items())

    @property
    def log(self) -> tuple[FaultRecord, ...]:
        """Every fault so far, in the order of injection."""
        return tuple(self._records)

    async def start(self, flawed: Mapping[str, Fault] | None = None) -> None:
        """Load the films and listen on every address. Raises ``SharpEyesError`` and leaves nothing open.

        ``flawed``: the cameras that will have a flaw of their picture, and which. Those that will be stuck under a
        ticking clock have a constant bit rate all the time, and nothing but key frames: with any other it would show.
        """
        flawed = flawed or {}
        if unknown := next((camera_id for camera_id in flawed if camera_id not in self._plans), ""):
            raise SharpEyesError(f"{unknown}: there is no such camera here")
        _raise_file_limit(2 * len(self._plans) + SPARE_FILES)
        self._constant = frozenset(camera_id for camera_id, fault in flawed.items() if fault is Fault.STUCK)
        clips = await asyncio.to_thread(self._films_of, flawed)
        own = {camera_id: await asyncio.to_thread(self._own_films, camera_id) for camera_id in self._constant}
        try:
            for camera_id, plan in self._plans.items():
                if plan.hostility is None:
                    self._servers[camera_id] = CameraServer(plan, own.get(camera_id, clips), self.served)
                else:
                    self._hostile.append(HostileServer(plan, plan.hostility, self.served))
        except SharpEyesError:
            await self.stop()
            raise

    def films(self) -> dict[str, Film]:
        """What each camera played here shows while nothing is wrong with it; made as ``start`` says."""
        return {
            camera_id: Film(ClipKey(plan.scene, plan.codec), self._size_of(camera_id))
            for camera_id, plan in self._plans.items()
        }

    def key_frames(self, film: Film) -> list[KeyFrame]:
        """A film's key frames, in their order."""
        frames = frames_of(film.key, film.size, self._cache)
        return [KeyFrame(film.key.codec, frame) for frame in frames[:: film.size.length]]

    def flaw_of(self, camera_id: str) -> Flaw | None:
        """What is wrong with the camera's picture now."""
        server = self._servers.get(camera_id)
        return None if server is None else server.behaviour.flaw

    async def stop(self) -> None:
        """End every session and fault and stop listening. Harmless when not started."""
        for camera_id in tuple(self._open):
            self._end_record(camera_id)
        for server in self._servers.values():
            server.close()
        for device in self._hostile:
            device.close()
        self._servers.clear()
        self._hostile.clear()

    def inject(self, camera_ids: Iterable[str], fault: Fault) -> None:
        """From now on these cameras have this fault and no other; ``LINE_CUT`` takes their whole uplinks with them.

        Raises ``SharpEyesError``, and changes nothing, for an unknown camera or one that cannot have the fault.
        """
        chosen = self._chosen(camera_ids)
        if fault is Fault.LINE_CUT:
            uplinks = {self._by_id[camera_id].uplink for camera_id in chosen}
            chosen = [camera_id for camera_id in self._servers if self._by_id[camera_id].uplink in uplinks]
        for camera_id in chosen:
            _refuse_the_impossible(camera_id, self._plans[camera_id], fault)
            if not self._servers[camera_id].can(fault.behaviour):
                raise SharpEyesError(f"{camera_id}: no film of {fault.value} was loaded; name it when the town starts")
        for camera_id in chosen:
            self._end_record(camera_id)
            self._servers[camera_id].behave(fault.behaviour)
            self._open[camera_id] = len(self._records)
            self._records.append(FaultRecord(camera_id, fault, fault.cause, self._clock.now()))

    def clear(self, camera_ids: Iterable[str]) -> None:
        """These cameras are healthy again; a cut line is mended for all of its uplink. Raises like ``inject``."""
        chosen = self._chosen(camera_ids)
        mended = {self._by_id[camera_id].uplink for camera_id in chosen if self._fault_of(camera_id) is Fault.LINE_CUT}
        chosen += [
            camera.id
            for camera in self.cameras
            if camera.uplink in mended and camera.id not in chosen and self._fault_of(camera.id) is Fault.LINE_CUT
        ]
        for camera_id in chosen:
            self._servers[camera_id].behave(HEALTHY)
            self._end_record(camera_id)

    def _size_of(self, camera_id: str) -> ClipSize:
        if camera_id in self._constant:
            return replace(self._clip_size, fps=1, gop=1, grade=Grade.CONSTANT)
        return self._clip_size

    def _films_of(self, flawed: Mapping[str, Fault]) -> Library:
        """All films but those of cameras that have their own."""
        codecs = frozenset(plan.codec for plan in self._plans.values())
        scenes = frozenset(plan.scene for plan in self._plans.values()) | FAULT_SCENES
        plans = [(self._plans[camera_id], fault) for camera_id, fault in flawed.items() if fault is not Fault.STUCK]
        keys = [ClipKey(plan.scene, plan.codec, fault.behaviour.flaw) for plan, fault in plans]
        clips = load_clips(self._clip_size, self._cache, codecs, scenes)
        return clips | load_films(keys, self._clip_size, self._cache)

    def _own_films(self, camera_id: str) -> Library:
        plan = self._plans[camera_id]
        keys = [ClipKey(plan.scene, plan.codec, flaw) for flaw in (None, Flaw.STUCK)]
        return load_films(keys, self._size_of(camera_id), self._cache)

    def _chosen(self, camera_ids: Iterable[str]) -> list[str]:
        chosen = list(dict.fromkeys(camera_ids))
        for camera_id in chosen:
            if camera_id not in self._servers:
                started = "there is no such camera here" if self._servers else "the town has not been started"
                raise SharpEyesError(f"{camera_id}: {started}")
        return chosen

    def _fault_of(self, camera_id: str) -> Fault | None:
        place = self._open.get(camera_id)
        return None if place is None else self._records[place].fault

    def _end_record(self, camera_id: str) -> None:
        place = self._open.pop(camera_id, None)
        if place is not None:
            self._records[place] = replace(self._records[place], end_at=self._clock.now())


def build_town(
    cameras: int = 108,
    villages: int = 27,
    *,
    base: str = "127.20",
    port: int = 8554,
    seed: int = 20260101,
    clock: Clock | None = None,
    clip_size: ClipSize | None = None,
    cache: Path | None = None,
    makeup: Makeup | None = None,
    part: tuple[int, int] = WHOLE,
) -> SimulatedTown:
    """A town of that size. ``base``: the first two octets of every camera's address, within 127.0.0.0/8.

    ``part``: the inventory tells the whole town, but only every so many-th camera is played here: (1, 3), (2, 3) and
    (3, 3) in three processes make a town.
    """
    inventory = lay_out(cameras, villages, base, port, seed, makeup)
    nth, of = part
    if not 1 <= nth <= of:
        raise SharpEyesError(f"part {nth} of {of}: there is no such part")
    return SimulatedTown(inventory, clock or SystemClock(), clip_size or ClipSize(), cache or default_cache(), part)


def _refuse_the_impossible(camera_id: str, plan: CameraPlan, fault: Fault) -> None:
    if fault is Fault.NO_KEYFRAME and plan.codec is Codec.MJPEG:
        raise SharpEyesError(f"{camera_id} sends MJPEG: every picture is a key frame, {fault.value} cannot befall it")
    if fault is Fault.WRONG_PASSWORD and plan.scheme is Scheme.NONE:
        raise SharpEyesError(f"{camera_id} asks for no password: {fault.value} cannot befall it")


def _raise_file_limit(needed: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise SharpEyesError(f"this town needs {needed} open files and only {hard} are allowed: raise ulimit -Hn")
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))

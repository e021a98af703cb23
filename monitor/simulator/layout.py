"""Decides what stands where: the town's cameras as the monitor knows them, with the fake device behind each. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from monitor.errors import SharpEyesError
from monitor.model import Camera, Codec, Credentials, Secret, Site
from monitor.simulator.auth import Scheme
from monitor.simulator.hostility import Hostility
from monitor.simulator.names import CARRIERS, COUNTY, DAHUA, HIKVISION, PLACES, TOWN, UNIVIEW, Vendor, village_name
from monitor.simulator.scenes import LIVE_SCENES, Scene
from monitor.simulator.server import CameraPlan, Join

# Passwords of devices that exist only here, with the characters that trip clients up in URLs and headers.
CREDENTIALS = {
    HIKVISION.credentials: Credentials("admin", Secret("Qingxi@2026")),
    DAHUA.credentials: Credentials("admin", Secret("dh:8/cam%23 #1")),
    UNIVIEW.credentials: Credentials("viewer", Secret("uniview+2026")),
}
VENDORS = (HIKVISION,) * 5 + (DAHUA,) * 4 + (UNIVIEW,)
CODECS = (Codec.H264,) * 5 + (Codec.H265,) * 4 + (Codec.MJPEG,)
HOSTILE_PREFIX = "HX-"  # of the camera ids of hostile devices
LARGEST = 254  # villages, and cameras of one village: each is one octet of an address


@dataclass(frozen=True, slots=True)
class Makeup:
    """Which kinds of cameras a town has."""

    codecs: tuple[Codec, ...] = CODECS
    scenes: tuple[Scene, ...] = LIVE_SCENES
    scheme: Scheme | None = None  # of all cameras; None: as their vendors do
    join: Join = Join.AT_ONCE
    hostile: int = 0  # how many of the cameras are hostile devices, each kind as often as the others


@dataclass(frozen=True, slots=True)
class Planned:
    """One camera as the monitor knows it, and the fake device that plays it."""

    camera: Camera
    plan: CameraPlan


def lay_out(
    cameras: int, villages: int, base: str, port: int, seed: int, makeup: Makeup | None = None
) -> tuple[Planned, ...]:
    """The same town for the same arguments. Raises ``SharpEyesError`` when they make no town."""
    octets = base.split(".")
    if len(octets) != 2 or octets[0] != "127" or not octets[1].isdecimal() or int(octets[1]) > 255:
        raise SharpEyesError(f"base {base!r}: simulated cameras live on loopback only, for example 127.20")
    if not 1 <= villages <= LARGEST or not villages <= cameras <= villages * LARGEST:
        raise SharpEyesError(f"{cameras} cameras in {villages} villages: take 1 to {LARGEST} cameras for each village")
    makeup = makeup or Makeup()
    if not 0 <= makeup.hostile <= cameras:
        raise SharpEyesError(f"{makeup.hostile} hostile devices among {cameras} cameras: take fewer")
    dice = random.Random(seed)  # noqa: S311  nothing here is secret, and the town must come out the same again
    town = (
        planned
        for village in range(villages)
        for planned in _village(village, cameras // villages + (village < cameras % villages), base, port, dice)
    )
    return tuple(_made_up(planned, nth, cameras, makeup) for nth, planned in enumerate(town))


def _made_up(planned: Planned, nth: int, cameras: int, makeup: Makeup) -> Planned:
    """The hostile ones lie evenly among the others, and each kind evenly among the hostile ones."""
    camera, plan = planned.camera, replace(planned.plan, join=makeup.join)
    if makeup.codecs != CODECS:
        plan = replace(plan, codec=makeup.codecs[nth % len(makeup.codecs)])
    if makeup.scenes != LIVE_SCENES:
        plan = replace(plan, scene=makeup.scenes[nth % len(makeup.scenes)])
    if makeup.scheme is not None:
        plan = replace(plan, scheme=makeup.scheme)
        key = next(name for name, kept in CREDENTIALS.items() if kept is plan.credentials)
        camera = replace(camera, credentials="" if makeup.scheme is Scheme.NONE else key)
    before, after = nth * makeup.hostile // cameras, (nth + 1) * makeup.hostile // cameras
    if after > before:
        plan = replace(plan, hostility=tuple(Hostility)[before % len(Hostility)])
        camera = replace(camera, id=f"{HOSTILE_PREFIX}{camera.id.partition('-')[2]}")
    return Planned(camera, plan)


def _village(village: int, cameras: int, base: str, port: int, dice: random.Random) -> Iterator[Planned]:
    """Every fourth camera hangs at a place that has one already."""
    name, carrier = village_name(village), CARRIERS[village % len(CARRIERS)]
    places = cameras - cameras // 4
    for number in range(cameras):
        vendor = dice.choice(VENDORS)
        plan = _device(f"{base}.{village + 1}.{number + 1}", port, vendor, dice)
        site = _site(village, number % places)
        place = PLACES[(village + number % places) % len(PLACES)]
        camera = Camera(
            id=f"QX-{village + 1:02d}-{number + 1:02d}",
            name=site.name + place.views[number // places],
            site=site,
            carrier=carrier,
            url=plan.url,
            uplink=f"{carrier}-{name}",
            credentials="" if plan.scheme is Scheme.NONE else vendor.credentials,
            vendor=vendor.name,
            model=vendor.model,
        )
        yield Planned(camera, plan)


def _site(village: int, number: int) -> Site:
    """Villages begin at different places of the list, so that a small town has every category."""
    place = PLACES[(village + number) % len(PLACES)]
    ordinal = number // len(PLACES) + 1
    name = village_name(village)
    return Site(
        id=f"QX-{village + 1:02d}-S{number + 1:02d}",
        name=f"{name}{place.name}{ordinal if ordinal > 1 else ''}",
        category=place.category,
        village=name,
        town=TOWN,
        county=COUNTY,
    )


def _device(host: str, port: int, vendor: Vendor, dice: random.Random) -> CameraPlan:
    return CameraPlan(
        host=host,
        port=port,
        path=vendor.path,
        control=vendor.control,
        server=vendor.server,
        scheme=dice.choice(vendor.schemes),
        credentials=CREDENTIALS[vendor.credentials],
        codec=dice.choice(CODECS),
        scene=dice.choice(LIVE_SCENES),
        first_group=dice.randrange(100),
    )

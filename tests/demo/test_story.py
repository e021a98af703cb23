"""Who plays in the story: cameras that can have their part, and nobody in two of them."""

from __future__ import annotations

import pytest

from monitor.clock import SystemClock
from monitor.demo.demo import demo_town
from monitor.demo.story import FLAWS, LOOKALIKES, cast, mending, story
from monitor.model import Codec
from monitor.simulator.faults import Fault
from monitor.simulator.onvif_device import USER
from monitor.simulator.scenes import Scene
from monitor.simulator.town import build_town
from tests.demo.test_demo import CAMERAS


@pytest.mark.parametrize("cameras", [CAMERAS, 108])
def test_every_trouble_has_a_camera_of_its_own_off_the_line_that_is_cut(cameras: int) -> None:
    players = cast(demo_town(cameras, SystemClock()))
    alone = (players.power, players.password, players.maintenance, players.stuck, players.frozen, players.looped)
    broken = [*alone, players.black, players.fog, *players.flawed.values()]
    calm = [camera for of in players.lookalikes.values() for camera in of]
    assert tuple(players.flawed) == FLAWS
    assert len({camera.id for camera in (players.line, *broken, *calm)}) == 1 + len(broken) + len(calm)
    assert all(camera.uplink != players.line.uplink for camera in (*broken, *calm))
    assert len({camera.uplink for camera in (players.power, players.password, players.maintenance)}) == 3


@pytest.mark.parametrize("cameras", [CAMERAS, 108])
def test_each_thing_that_only_looks_like_a_fault_is_in_the_town(cameras: int) -> None:
    town = demo_town(cameras, SystemClock())
    lookalikes = cast(town).lookalikes
    assert set(lookalikes) == set(LOOKALIKES) == {Scene.STILL, Scene.POND, Scene.NIGHT}
    assert all(town.films()[camera.id].key.scene is scene for scene, of in lookalikes.items() for camera in of)
    assert all(lookalikes.values())


def test_what_hangs_under_a_ticking_clock_is_a_camera_where_that_can_be_settled() -> None:
    town = demo_town(CAMERAS, SystemClock())
    stuck = cast(town).stuck
    assert town.films()[stuck.id].key.codec is Codec.H264
    assert town.credentials[stuck.credentials].username == USER


def test_what_begins_ends_too() -> None:
    players = cast(demo_town(CAMERAS, SystemClock()))
    open_: dict[str, Fault] = {}
    for step in (*story(players), *mending(players)):
        if step.fault is None:
            open_.pop(step.camera.id)
        else:
            open_[step.camera.id] = step.fault
    assert not open_


def test_a_town_too_small_for_the_story_is_refused() -> None:
    with pytest.raises(ValueError, match="not enough values"):
        cast(build_town(3, 3))

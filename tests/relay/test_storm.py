"""A storm: three thousand outages of their own, told by robots that mute whoever is too loud.

The same by way of a real Prometheus and a real Alertmanager: ``tests/real/test_storm_chain.py``.
"""

from __future__ import annotations

import re
import time
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.settings import AlertSettings
from tests.incidents.town import a_camera
from tests.relay.world import office, settings
from tests.robots import Robots

FELL, HAS = 9, 10  # cameras of each town: too few that fall for one to be a storm of its own, and one that stays
TOWN = [
    a_camera(f"c{number:04}", f"u{number:04}", carrier=f"k{number:04}", town=f"{number // HAS}镇")
    for number in range(3000 * HAS // FELL + 1)
]
IDS = [camera.id for number, camera in enumerate(TOWN) if number % HAS < FELL][:3000]
EVERYBODY = {"vendor-on-call": ("ding",), "office": ("ding",), "tickets": ("ding", "wecom", "feishu")}
OPENED = re.compile(r"】(\d+) 个事件，(\d+) 台摄像机离线")
OVER = re.compile(r"(?:另有 (\d+) 个已恢复)|(?:【已恢复】(\d+) 个事件)")


def embedded(vendors: Robots) -> AlertSettings:
    return settings(vendors, receivers=EVERYBODY)


def opened(texts: list[str]) -> tuple[int, int]:
    """Incidents and cameras said to be down, over all messages."""
    found = [OPENED.search(text) for text in texts]
    single = sum(text.startswith("【一般·故障】") for text in texts)
    return sum(int(one[1]) for one in found if one) + single, sum(int(one[2]) for one in found if one) + single


def over(texts: list[str]) -> int:
    found = [OVER.search(text) for text in texts]
    single = sum(text.startswith("【已恢复】东村") for text in texts)
    return sum(int(one[1] or one[2]) for one in found if one) + single


@pytest.mark.timeout(400)  # on a busy machine; what it computes is limited below
async def test_three_thousand_outages_block_no_robot_lose_nothing_and_are_counted_right(tmp_path: Path) -> None:
    began, count, batch = time.process_time(), len(IDS), len(IDS) // 6
    async with office(tmp_path, TOWN, embedded) as of:
        for start in range(0, count, batch):
            of.world.cut(IDS[start : start + batch])
            await of.later(timedelta(seconds=10))
        await of.later(timedelta(minutes=9))
        texts = of.vendors.texts
        for vendor in ("dingtalk", "wecom", "feishu"):
            await of.until(lambda: opened(texts[vendor]) == (count, count))  # noqa: B023
            assert len(texts[vendor]) <= 12
            assert f"离线：{count} 台摄像机" in texts[vendor][-1]
        of.world.mend(IDS)
        for vendor in ("dingtalk", "wecom", "feishu"):
            await of.until(lambda: over(texts[vendor]) == count)  # noqa: B023
            assert "离线：0 台摄像机" in texts[vendor][-1]
        assert of.vendors.refused == []
        await of.quiet()
        waiting, listed = await of.relay.listed()
        assert waiting.notices == 0
        assert {one.state for one in listed} == {"sent"}
        assert {one.message.doubtful for one in listed} == {False}
    assert time.process_time() - began < 60  # a quadratic step anywhere would cost minutes

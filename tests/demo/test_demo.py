"""The demonstration, for real and faster: what the simulator did is what the ledger says, and nothing else."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.clock import Clock, SystemClock
from monitor.demo.demo import FILM, Demo, demo_town
from monitor.demo.place import Place, Tempo
from monitor.demo.story import FLAWS, FOG, LOOKALIKES
from monitor.errors import SharpEyesError
from monitor.language import Language
from monitor.ledger import Ledger
from monitor.model import Cause, Codec
from monitor.simulator.auth import Scheme
from monitor.simulator.layout import Makeup
from monitor.simulator.scenes import Scene
from monitor.simulator.town import SimulatedTown, build_town
from tests.addresses import BASE

CAMERAS = 35  # the fewest with one on a line of its own for each part, and a village of two
FAST = Tempo(  # as fast as a busy machine can follow
    interval=timedelta(seconds=4),
    patience=timedelta(seconds=1),
    picture_spread=timedelta(seconds=1),
    heartbeat=timedelta(seconds=1),
    pace=0.4,
    hurry=15,
)


def small_town(clock: Clock) -> SimulatedTown:
    """Hardly more cameras than have a part of their own, all of one kind: little is to be learnt before it begins."""
    makeup = Makeup((Codec.H264,), (Scene.LANE,), Scheme.DIGEST_MD5)
    return build_town(10, 10, base=BASE, clock=clock, clip_size=FILM, makeup=makeup)


async def heard(capsys: pytest.CaptureFixture[str], words: str) -> str:
    """All that the demo has said when it has said this."""
    said = ""
    while not re.search(words, said):
        await asyncio.sleep(0.1)
        said += capsys.readouterr().out
    return said


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_the_accelerated_story_is_recorded_exactly_as_it_happened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = SystemClock()
    town = demo_town(CAMERAS, clock, BASE)
    demo = Demo(Place(tmp_path), town, clock, Language.EN, FAST)

    async def end_it() -> str:
        so_far = await heard(capsys, "the story is over")
        os.kill(os.getpid(), signal.SIGINT)
        return so_far

    ending = asyncio.create_task(end_it())
    comparison = await demo.run(None, live=False)
    said = await ending + capsys.readouterr().out

    assert comparison is not None
    assert not comparison.missing
    assert not comparison.extra
    assert Counter(true.cause for true, _ in comparison.found) == {
        Cause.TCP_TIMEOUT: 3,  # one camera without power, a village of two behind a cut line
        Cause.CREDENTIALS_REFUSED: 1,
        Cause.PICTURE_FROZEN: 3,  # a stuck encoder, a loop, and what hangs under a ticking clock, settled by snapshots
        Cause.PICTURE_BLACK: 1,
        Cause.TCP_REFUSED: 1,  # switched off during planned maintenance
        **{fault.cause: 1 for fault in FLAWS},
    }
    assert all(alike.recognised and alike.looks > 3 for alike in comparison.lookalikes)
    assert [alike.what for alike in comparison.lookalikes] == [*LOOKALIKES.values(), FOG]
    with Ledger.open_read_only(tmp_path / "ledger.db") as ledger:
        assert ledger.verify().ok
        assert ledger.simulated()

    assert "loses power" in said
    assert "all 20 faults were recorded with the right cause, start and end, and nothing else" in said
    assert "a pond as still as a mirror (looks frozen): " in said
    assert re.search(r"suspected to be frozen \(no fault yet\).*is restarted by the vendor", said, re.DOTALL)
    assert sorted({path.suffix for path in (tmp_path / "reports").iterdir()}) == [
        ".csv",
        ".html",
        ".json",
        ".txt",
        ".xlsx",
    ]
    log = (tmp_path / "monitor.log").read_text("utf-8")
    assert "Traceback" not in log
    passwords = [login.password.reveal() for login in town.credentials.values()]
    assert not any(password in said + log for password in passwords)


async def test_a_short_run_ends_cleanly_before_the_story_does(tmp_path: Path) -> None:
    clock = SystemClock()
    demo = Demo(Place(tmp_path), small_town(clock), clock, Language.ZH, FAST)
    assert await demo.run(timedelta(seconds=2), live=False) is None
    leftovers = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert not leftovers


async def test_a_folder_with_other_files_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "sharp-eyes.yml").write_text("mine", "utf-8")
    clock = SystemClock()
    demo = Demo(Place(tmp_path), small_town(clock), clock, Language.EN, FAST)
    with pytest.raises(SharpEyesError, match="holds other files"):
        await demo.run(timedelta(seconds=5), live=False)
    assert os.listdir(tmp_path) == ["sharp-eyes.yml"]  # noqa: PTH208


async def test_a_monitor_that_dies_ends_the_demo_with_a_plain_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = SystemClock()
    demo = Demo(Place(tmp_path), small_town(clock), clock, Language.EN, FAST)

    async def kill_it() -> None:
        said = await heard(capsys, r"the monitor runs \(process \d+\)")
        os.kill(int(re.findall(r"process (\d+)", said)[0]), signal.SIGKILL)

    killer = asyncio.create_task(kill_it())
    with pytest.raises(SharpEyesError, match="the monitor ended unexpectedly"):
        await demo.run(timedelta(seconds=30), live=False)
    await killer

"""The promise: a picture lives in memory for the milliseconds of its diagnosis, and only numbers are kept."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path

import aiohttp
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from monitor.clock import SystemClock
from monitor.demo.child import Child
from monitor.demo.place import Place, Tempo, furnish
from monitor.language import Language
from monitor.memories import memories_path
from monitor.model import Codec
from monitor.picture import Memory
from monitor.simulator.clips import ClipKey, ClipSize, default_cache, frames_of
from monitor.simulator.faults import Fault
from monitor.simulator.scenes import LIVE_SCENES, Scene, draw
from monitor.simulator.town import SimulatedTown, build_town
from tests.addresses import BASE

FILM = ClipSize(width=320, height=192, fps=1, groups=67)  # as that of tests/engine/test_watching_in_tiers.py
TEMPO = Tempo(
    interval=timedelta(seconds=1),
    patience=timedelta(milliseconds=750),
    heartbeat=timedelta(seconds=1),
    hurry=60,
)
SETTLED, LONG, LATEST = 50.0, 130.0, 400.0  # seconds: what a process needs once it has then; and the end
LOOKED_AT = 3_000  # pictures at least, however long a busy machine takes for them
MAGIC = (
    *(b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"BM6", b"RIFF", b"II*\0", b"MM\0*"),
    *(
        b"ftypavif",
        b"ftypheic",
        b"ftypisom",
        b"ftypmp4",
        b"\x1aE\xdf\xa3",
        b"\0\0\1\xb3",
        b"\xff\x0a",
        b"P5\n",
        b"P6\n",
    ),
)
BEGINNINGS = 16  # bytes: a file's or a value's kind is told by then
MOST = 32 * 1024  # bytes of one camera's numbers; the smallest plane of these films has 61,440
PLANES = ((160, 90), (160, 96), (80, 45), (80, 48), (64, 36), (40, 23), (40, 24), (32, 18))  # width, height
SMALLEST = 500  # bytes: of fewer no picture is worth the name
# Correlation from which a piece of a value is a picture of a scene. What is remembered of these scenes reaches 0.75 by
# chance, for a horizon is a step and so is the edge between two arrays; a picture in 16 levels has 0.99.
ALIKE = 0.85
SHARED = ("/tmp/", "/var/tmp/", "/dev/shm/", "/memfd:")
LONG_BLOB = re.compile(rb"[A-Za-z0-9+/=_-]{200,}")  # nothing we write in text is as long without a break


def bytes_in_memory(pid: int) -> int:
    pages = re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text("ascii"), re.MULTILINE)
    assert pages is not None
    return int(pages[1]) * 1024


def values(database: Path) -> Iterator[tuple[str, bytes]]:
    """Every text and blob in every table of an SQLite file, with the table's name."""
    file = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        tables = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in file.execute(f'SELECT * FROM "{table}"'):
                for value in row:
                    if isinstance(value, str | bytes):
                        yield table, value.encode() if isinstance(value, str) else value
    finally:
        file.close()


def looks_like_a_picture(data: bytes) -> bool:
    """The smallest PNG there is has 67 bytes; a key of 32 holds two bytes of some beginning now and then."""
    return len(data) > 64 and any(magic in data[:BEGINNINGS] for magic in MAGIC)


def runs_of(frames: list[bytes]) -> set[bytes]:
    """What would betray a key frame wherever it lay: 24 bytes from its middle, taken from many places."""
    return {frame[at : at + 24] for frame in frames for at in range(len(frame) // 2, len(frame) - 24, 997)}


@cache
def shown(scene: Scene, width: int, height: int) -> NDArray[np.float64]:
    """A picture of the scene at that size, its luma row by row, of mean 0 and length 1."""
    grey = cv2.cvtColor(draw(scene, 0.0, FILM.width, FILM.height, 0.0), cv2.COLOR_BGR2GRAY)
    plane = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA).astype(np.float64).ravel()
    plane -= plane.mean()
    return plane / np.linalg.norm(plane)


def most_alike(data: bytes, scenes: Sequence[Scene] = LIVE_SCENES) -> float:
    """The largest correlation of any piece of the data, as bytes with a sign or without, and any scene at any size."""
    most = 0.0
    for kind in (np.uint8, np.int8):
        values = np.frombuffer(data, kind).astype(np.float64)
        padded = 1 << (2 * values.size - 1).bit_length()
        spectrum = np.fft.rfft(values, padded)
        sums, squares = (np.concatenate(([0.0], np.cumsum(values**power))) for power in (1, 2))
        for size in PLANES:
            length = size[0] * size[1]
            if length > values.size:
                continue
            mean = (sums[length:] - sums[:-length]) / length
            deviation = np.sqrt(np.maximum((squares[length:] - squares[:-length]) - length * mean**2, 1.0))
            for scene in scenes:
                fit = np.fft.irfft(spectrum * np.conj(np.fft.rfft(shown(scene, *size), padded)), padded)
                most = max(most, float(np.abs(fit[: deviation.size] / deviation).max()))
    return most


def leaves_no_dump(pid: int) -> bool:
    return (
        re.search(r"^Max core file size +0 +0 ", Path(f"/proc/{pid}/limits").read_text("ascii"), re.MULTILINE)
        is not None
    )


def shared_files(pid: int, own: Path) -> set[str]:
    """What it has open or mapped where others keep what is passing, outside of its folder and the program's."""
    opened = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]
    mapped = re.findall(r"^\S+ rw\S* .* (/\S+)", Path(f"/proc/{pid}/maps").read_text("utf-8"), re.MULTILINE)
    theirs = tuple(f"{folder}/" for folder in (own, sys.prefix, sys.base_prefix, Path(__file__).parents[2]))
    return {name for name in (*opened, *mapped) if name.startswith(SHARED) and not f"{name}/".startswith(theirs)}


def total(metric: str, page: str) -> float:
    """Of all its series."""
    return sum(float(line.split()[-1]) for line in page.splitlines() if re.match(rf"{metric}[ {{]", line))


async def metrics_while(child: Child, town: SimulatedTown, own: Path) -> tuple[str, list[int]]:
    """Faults of pictures come and go; the last page of metrics, and the process's memory when settled and later."""
    clock, sizes, page = SystemClock(), list[int](), ""
    faulty = [camera.id for camera in town.cameras[:6]]
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        began = clock.monotonic()
        while (passed := clock.monotonic() - began) < LONG or (
            passed < LATEST and total("sharpeyes_decodes_total", page) < LOOKED_AT
        ):
            if int(passed) % 8 == 4:
                town.inject(faulty[:3], Fault.FROZEN)
                town.inject(faulty[3:], Fault.BLACK)
            elif int(passed) % 8 == 0:
                town.clear(faulty)
            assert not shared_files(child.pid, own)
            if passed >= SETTLED:
                sizes.append(bytes_in_memory(child.pid))
            await clock.sleep(timedelta(seconds=1))
            if passed >= LONG - 5:
                async with session.get(f"{child.address}/metrics") as answer:
                    page = await answer.text()
    return page, sizes


@pytest.mark.slow
@pytest.mark.timeout(LATEST + 120)
async def test_of_thousands_of_pictures_the_whole_monitor_keeps_numbers_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, place = SystemClock(), Place(tmp_path)
    passing = place.folder / "passing"
    passing.mkdir()
    monkeypatch.setenv("TMPDIR", str(passing))  # so that what it leaves there is looked through as well
    town = build_town(27, base=BASE, clock=clock, clip_size=FILM)
    await town.start()
    try:
        furnish(place, town.cameras, town.credentials, town.cameras[-1].id, clock.now(), TEMPO, Language.EN)
        child = await Child.start(place)
        try:
            assert leaves_no_dump(child.pid)
            metrics, sizes = await metrics_while(child, town, place.folder)
        finally:
            await child.end()
    finally:
        await town.stop()

    looked_at = total("sharpeyes_decodes_total", metrics)
    assert looked_at >= LOOKED_AT
    # A 320 x 192 picture takes 92 kB: were one in twenty kept, those between the two thirds alone would be 5 MB. What a
    # process still grows by in its first minutes is 1 to 2 MB, in another five no more.
    third = len(sizes) // 3
    assert min(sizes[-third:]) - min(sizes[:third]) < 5_000_000, [looked_at, *sizes]

    numbers_only(place, metrics)


def numbers_only(place: Place, metrics: str) -> None:
    """Look through every file of the monitor, every value in its databases, its log and its page of metrics."""
    memories = memories_path(place.ledger)
    stored = [value for table, value in values(memories) if table == "memory" and value.startswith(b"sharp-eyes")]
    assert len(stored) > 10, "a machine that is late looks at few"
    assert any(Memory.from_bytes(value).stillness.marks for value in stored), "something was remembered indeed"

    films = [frames_of(ClipKey(scene, codec), FILM, default_cache()) for scene in LIVE_SCENES for codec in Codec]
    betraying = runs_of([frame for film in films for frame in film])
    files = [path for path in place.folder.rglob("*") if path.is_file()]
    assert {place.ledger, place.log, memories} <= set(files)
    for path in files:
        content = path.read_bytes()
        assert not looks_like_a_picture(content), path
        assert not any(run in content for run in betraying), f"{path}: holds a piece of a key frame"
    for database in place.folder.glob("*.db"):
        for table, value in values(database):
            assert len(value) <= MOST, f"{database.name}: {table}"
            assert not looks_like_a_picture(value), f"{database.name}: {table}"
            assert LONG_BLOB.search(value) is None or not value.isascii(), f"{database.name}: {table}"
            if len(value) >= SMALLEST and not value.isascii():
                assert most_alike(value) < ALIKE, f"{database.name}: {table}"
    for text in (place.log.read_bytes(), metrics.encode()):
        assert (blob := LONG_BLOB.search(text)) is None, blob


async def test_the_search_finds_a_picture_where_there_is_one(tmp_path: Path) -> None:
    await asyncio.to_thread(_plant_and_find, tmp_path)


def _plant_and_find(folder: Path) -> None:
    jpeg, h264 = (
        frames_of(ClipKey(LIVE_SCENES[0], codec), ClipSize(fps=1, groups=2, width=320, height=192), folder)
        for codec in (Codec.MJPEG, Codec.H264)
    )
    assert looks_like_a_picture(jpeg[0])
    assert any(run in b"log line\n" + h264[1] + b"\n" for run in runs_of(h264))
    assert LONG_BLOB.search(b"x" * 300)
    plane = shown(LIVE_SCENES[1], 80, 45)
    steps = np.rint(7.5 + 7.5 * plane / np.abs(plane).max()).astype(np.uint8)
    noise = np.random.default_rng(1).integers(0, 256, 9_001, np.uint8).tobytes()
    assert most_alike(noise + steps.tobytes() + noise) > ALIKE
    assert most_alike(noise) < ALIKE
    with sqlite3.connect(folder / "a.db") as file:
        file.execute("CREATE TABLE t (a BLOB)")
        file.execute("INSERT INTO t VALUES (?)", (jpeg[0],))
    file.close()
    assert [table for table, value in values(folder / "a.db") if looks_like_a_picture(value)] == ["t"]

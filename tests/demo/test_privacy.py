"""The promise: a picture lives in memory for the milliseconds of its diagnosis, and only numbers are kept."""

from __future__ import annotations

import asyncio
import base64
import bz2
import gzip
import io
import json
import lzma
import os
import pickle
import re
import sqlite3
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import cache
from itertools import cycle
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
from monitor.model import Codec, KeyFrame
from monitor.picture import Memory
from monitor.picture.frame import reduced
from monitor.simulator.clips import ClipKey, ClipSize, default_cache, frames_of
from monitor.simulator.faults import Fault
from monitor.simulator.scenes import LIVE_SCENES, Scene, draw
from monitor.simulator.town import SimulatedTown, build_town
from tests.addresses import BASE
from tests.bench.picture_diagnosis.streams import Decoder
from tests.demo.finding_pictures import (
    ALIKE,
    LONGEST_LINE,
    SMALLEST,
    is_text,
    longest_line,
    looks_like_a_picture,
    most_alike,
    pictures_held,
    runs_of,
    shown,
    unpacked,
    written_out,
)

FILM = ClipSize(width=320, height=192, fps=1, groups=67)  # as that of tests/engine/test_watching_in_tiers.py
TEMPO = Tempo(
    interval=timedelta(seconds=1),
    patience=timedelta(milliseconds=750),
    heartbeat=timedelta(seconds=1),
    hurry=60,
)
SETTLED, LONG, LATEST = 50.0, 130.0, 400.0  # seconds: what a process needs once it has then; and the end
LOOKED_AT = 3_000  # pictures at least, however long a busy machine takes for them
MOST = 32 * 1024  # bytes of one camera's numbers; the smallest plane of these films has 61,440
SHARED = ("/tmp/", "/var/tmp/", "/dev/shm/", "/memfd:")
CAMERAS = 27
DATABASES = (".db", ".db-wal", ".db-shm")
MOST_HELD = CAMERAS // 3  # pictures in the monitor's memory, of which the decoders have some in hand


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


def leaves_no_dump(pid: int) -> bool:
    return (
        re.search(r"^Max core file size +0 +0 ", Path(f"/proc/{pid}/limits").read_text("ascii"), re.MULTILINE)
        is not None
    )


def shared_files(pid: int, own: Path) -> set[str]:
    """What it has open or mapped where others keep what is passing, outside of its folder and the program's."""
    opened = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # it was closed meanwhile
            opened.append(str(link.readlink()))
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
    town = build_town(CAMERAS, base=BASE, clock=clock, clip_size=FILM)
    await town.start()
    try:
        furnish(place, town.cameras, town.credentials, town.cameras[-1].id, clock.now(), TEMPO, Language.EN)
        child = await Child.start(place)
        try:
            assert leaves_no_dump(child.pid)
            metrics, sizes = await metrics_while(child, town, place.folder)
            held = await asyncio.to_thread(pictures_held, child.pid, forms_of(films()))
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

    # Held for each camera they would be 2.5 MB from the first minute on, and the same ever after; reduced ones less.
    assert max(held) < MOST_HELD, held
    numbers_only(place, metrics)


def films() -> list[tuple[Codec, list[bytes]]]:
    """The key frames of every film of the town's."""
    keys = [ClipKey(scene, codec) for scene in LIVE_SCENES for codec in Codec]
    return [(key.codec, frames_of(key, FILM, default_cache())) for key in keys]


def forms_of(films: list[tuple[Codec, list[bytes]]]) -> list[list[NDArray[np.generic]]]:
    """Their luma as the monitor decodes it, and in three sizes to which it reduces it."""
    decoder, forms = Decoder(), [list[NDArray[np.generic]]() for _ in range(4)]
    for codec, film in films:
        for frame in film:
            decoded = decoder.decode(KeyFrame(codec, frame))
            assert decoded is not None
            small = reduced(decoded[0])
            for form, picture in zip(forms, (decoded[0].y, small.levels, small.middle, small.coarse), strict=True):
                form.append(np.array(picture))
    return forms


def numbers_only(place: Place, metrics: str) -> None:
    """Look through every file of the monitor, every value in its databases, its log and its page of metrics."""
    memories = memories_path(place.ledger)
    stored = [value for table, value in values(memories) if table == "memory" and value.startswith(b"sharp-eyes")]
    assert len(stored) > 10, "a machine that is late looks at few"
    assert any(Memory.from_bytes(value).stillness.marks for value in stored), "something was remembered indeed"

    betraying = runs_of([frame for _, film in films() for frame in film])
    files = [path for path in place.folder.rglob("*") if path.is_file()]
    assert {place.ledger, place.log, memories} <= set(files)
    for path in files:
        content = path.read_bytes()
        assert not any(run in content for run in betraying), f"{path}: holds a piece of a key frame"
        assert not looks_like_a_picture(content), path
        if path.suffix not in DATABASES:
            assert (found := picture_in(content)) is None, f"{path}: {found}"
    for database in place.folder.glob("*.db"):
        for table, value in values(database):
            assert len(value) <= MOST, f"{database.name}: {table}"
            assert (found := picture_in(value)) is None, f"{database.name}: {table}: {found}"
    for text in (place.log.read_bytes(), metrics.encode()):
        assert (found := picture_in(text)) is None, found
        assert longest_line(text) < LONGEST_LINE


def picture_in(data: bytes) -> str | None:
    """What about a value, a file or a text is a picture, or may be one."""
    for part in unpacked(data):
        if looks_like_a_picture(part):
            return "it begins as a picture"
        if is_text(part):
            if (begins := written_out(part)) is not None:
                return f"it is written out: {begins!r}"
        elif len(part) >= SMALLEST and (alike := most_alike(part)) >= ALIKE:
            return f"it is as a scene: {alike:.2f}"
    return None


# ---------------------------------------------------------------- the search itself

POND = LIVE_SCENES[1]
SIZES = [(32, 18), (40, 23), (48, 27), (50, 28), (64, 36), (64, 48), (72, 40), (80, 45), (96, 54), (100, 56), (120, 68)]
NOISE = np.random.default_rng(1).integers(0, 256, 3_001, np.uint8).tobytes()


@cache
def luma(width: int = 80, height: int = 45, scene: Scene = POND) -> NDArray[np.uint8]:
    return np.rint(shown(scene, width, height)).astype(np.uint8)


def key_frame(codec: Codec = Codec.H264) -> bytes:
    return frames_of(ClipKey(POND, codec), FILM, default_cache())[0]


def coloured(width: int = 80, height: int = 45) -> NDArray[np.uint8]:
    """As cv2 and numpy hold it: blue, green and red of each pixel side by side."""
    whole = draw(POND, 0.0, 320, 192, 0.0)
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def image(kind: str) -> bytes:
    """A picture of 160 x 90 in a file of that kind."""
    done, file = cv2.imencode(kind, coloured(160, 90))
    assert done
    return file.tobytes()


def archive() -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, luma())
    return file.getvalue()


def in_a_line(data: bytes) -> bytes:
    return b"2026-11-02 08:00:00 WARNING monitor.engine: what came: " + data + b"\n2026-11-02 08:00:01 INFO\n"


@pytest.mark.parametrize(("size", "scene"), list(zip(SIZES, cycle(LIVE_SCENES), strict=False)))
def test_luma_of_any_size_is_found_among_other_bytes(size: tuple[int, int], scene: Scene) -> None:
    assert picture_in(NOISE + luma(*size, scene).tobytes() + NOISE) is not None


LINES = b"2026-11-02 08:00:00 INFO monitor.engine: all is well\n" * 50
AMONG: dict[str, Callable[[bytes], bytes]] = {
    "behind a header": lambda file: b"camera 33010200001310000001" + file,
    "in a pickle": lambda file: pickle.dumps({"camera": "33010200001310000001", "thumb": file}),
    "in a binary": lambda file: NOISE + file + NOISE,
    "at the end of a log": lambda file: LINES + file,
}


@pytest.mark.parametrize("kind", [".jpg", ".png", ".webp", ".bmp", ".tiff", ".ppm"])
@pytest.mark.parametrize("place", AMONG)
def test_an_image_is_found_wherever_it_begins(kind: str, place: str) -> None:
    assert looks_like_a_picture(AMONG[place](image(kind)))


def test_what_only_begins_as_an_image_is_none() -> None:
    for beginning in (b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"BM", b"P5\n"):
        assert not looks_like_a_picture(AMONG["in a binary"](beginning + NOISE))


AS_VALUES: dict[str, Callable[[], bytes]] = {
    "column by column": luma().T.tobytes,
    "in sixteen levels": (luma() >> 4).tobytes,
    "with a sign": lambda: (luma().astype(int) - 128).astype(np.int8).tobytes(),
    "16 bits": lambda: luma().astype("<u2").tobytes(),
    "16 bits, the upper byte first": lambda: luma().astype(">u2").tobytes(),
    "32 bits": lambda: luma().astype("<i4").tobytes(),
    "float16": lambda: luma().astype("<f2").tobytes(),
    "float32, 0 to 1": lambda: (luma() / 255).astype("<f4").tobytes(),
    "float64": lambda: luma().astype("<f8").tobytes(),
    "float32, column by column": lambda: luma().T.astype("<f4").tobytes(),
    "zlib": lambda: zlib.compress(luma(120, 68).tobytes(), 9),
    "zlib of floats": lambda: zlib.compress(luma().astype("<f4").tobytes(), 1),
    "gzip": lambda: gzip.compress(luma().tobytes()),
    "npz": archive,
    "lzma": lambda: lzma.compress(luma().tobytes()),
    "bz2": lambda: bz2.compress(luma().tobytes()),
    "blue, green, red": lambda: coloured().tobytes(),
    "blue, green, red, small": lambda: coloured(32, 18).tobytes(),
    "red, green, blue, alpha": lambda: cv2.cvtColor(coloured(48, 27), cv2.COLOR_BGR2RGBA).tobytes(),
    "float32, blue, green, red": lambda: (coloured(64, 36) / 255).astype("<f4").tobytes(),
    "float32, the upper byte first": lambda: luma(40, 23).astype(">f4").tobytes(),
}  # fmt: skip


@pytest.mark.parametrize("way", AS_VALUES)
def test_a_picture_in_a_value_is_found_however_it_is_stored(way: str) -> None:
    assert picture_in(NOISE + AS_VALUES[way]() + NOISE) is not None


AS_TEXT: dict[str, Callable[[], bytes]] = {
    "JSON": lambda: json.dumps(luma().tolist()).encode(),
    "JSON of floats, in a text": lambda: json.dumps(json.dumps((luma() / 255).round(4).tolist())).encode(),
    "an array as it is printed": lambda: np.array2string(luma(), threshold=10**9).encode(),
    "an array as it is shown": lambda: repr(luma()[:, :20].astype(np.float32)).encode(),
    "the bytes of a frame in an exception": lambda: repr(ValueError(key_frame())).encode(),
    "the bytes of a plane": lambda: repr(luma().tobytes()).encode(),
    "bytes as JSON": lambda: json.dumps(key_frame().decode("latin-1")).encode(),
    "hexadecimal": lambda: key_frame().hex().encode(),
    "hexadecimal, with spaces": lambda: key_frame().hex(" ").encode(),
    "hexadecimal, in groups": lambda: key_frame().hex("-", 4).encode(),
    "base64": lambda: base64.b64encode(key_frame()),
    "base64 in lines": lambda: base64.encodebytes(key_frame()),
    "base64 in lines, as JSON": lambda: json.dumps(base64.encodebytes(key_frame()).decode()).encode(),
    "base85, packed": lambda: base64.b85encode(zlib.compress(luma(160, 90).tobytes())),
}  # fmt: skip


@pytest.mark.parametrize("way", AS_TEXT)
def test_a_picture_in_a_text_is_found_however_it_is_written(way: str) -> None:
    text = AS_TEXT[way]()
    assert picture_in(text) is not None
    line = in_a_line(text)
    assert picture_in(line) is not None or longest_line(line) >= LONGEST_LINE


def test_what_the_monitor_writes_is_no_picture() -> None:
    assert picture_in(np.random.default_rng(2).bytes(9_000)) is None
    line = b'sharpeyes_camera_state{camera="33010200001310000001",village="\xe6\x9f\xb3\xe6\xba\xaa\xe6\x9d\x91"} 1\n'
    assert picture_in(line * 500) is None
    assert picture_in(json.dumps({"at": 1, "cause": "ok", "took_us": 20312, "numbers": [1.5] * 40}).encode()) is None


def test_files_and_databases_are_looked_through(tmp_path: Path) -> None:
    jpeg, h264 = key_frame(Codec.MJPEG), key_frame()
    assert picture_in(jpeg) is not None
    assert any(run in b"log line\n" + h264 + b"\n" for run in runs_of([h264]))
    with sqlite3.connect(tmp_path / "a.db") as file:
        file.execute("CREATE TABLE t (a BLOB, b TEXT)")
        file.execute("INSERT INTO t VALUES (?, ?)", (jpeg, json.dumps(luma().tolist())))
    file.close()
    assert [table for table, value in values(tmp_path / "a.db") if picture_in(value)] == ["t", "t"]


def test_a_file_that_is_open_where_others_keep_what_is_passing_is_found_whatever_closes_meanwhile(
    tmp_path: Path,
) -> None:
    with tempfile.NamedTemporaryFile(dir="/tmp") as file:
        # The listing is itself a descriptor, closed before it is read.
        assert file.name in shared_files(os.getpid(), tmp_path)


HOLDER = """
import sys
import numpy as np
held = []
with open(sys.argv[1], "rb") as file:
    for size in map(int, sys.argv[4:]):
        for _ in range(int(sys.argv[3])):
            picture = np.frombuffer(file.read(size), np.uint8).copy()
            if sys.argv[2] == "holds":
                held.append(picture)
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("way", ["holds", "lets go"])
def test_a_picture_held_for_each_camera_is_found_in_the_memory_of_a_process(tmp_path: Path, way: str) -> None:
    forms = forms_of([(Codec.H264, frames_of(ClipKey(POND, Codec.H264), FILM, default_cache())[:CAMERAS])])
    path = tmp_path / "pictures"
    path.write_bytes(b"".join(picture.tobytes() for pictures in forms for picture in pictures))
    sizes = [str(pictures[0].nbytes) for pictures in forms]
    command = [sys.executable, "-c", HOLDER, str(path), way, str(CAMERAS), *sizes]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"ready\n"
        held = pictures_held(holder.pid, forms)
    assert min(held) > 2 * MOST_HELD if way == "holds" else max(held) < MOST_HELD, held

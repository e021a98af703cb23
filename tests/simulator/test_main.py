from __future__ import annotations

import asyncio
import csv
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from monitor.model import Credentials, Secret
from monitor.simulator.__main__ import INVENTORY_COLUMNS, main
from tests.addresses import BASE, free_port

from .raw import RawClient

SMALL_TOWN = ("--cameras", "4", "--villages", "2", "--base", BASE, "--width", "160", "--height", "96")


@asynccontextmanager
async def running(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    command = (sys.executable, "-m", "monitor.simulator", *SMALL_TOWN, "--port", str(free_port(f"{BASE}.1.1")))
    process = await asyncio.create_subprocess_exec(*command, *arguments, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def line_of(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(60):
        return (await process.stdout.readline()).decode().strip()


async def say(process: asyncio.subprocess.Process, line: str) -> str:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n".encode())
    return await line_of(process)


def rows_of(table: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(table.read_text("utf-8").splitlines()))


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("films")


async def test_a_town_of_its_own_lists_itself_obeys_and_says_what_it_cost(tmp_path: Path, films: Path) -> None:
    inventory, passwords = tmp_path / "out.csv", tmp_path / "passwords.csv"
    async with running("--inventory", str(inventory), "--passwords", str(passwords), "--cache", str(films)) as process:
        assert await line_of(process) == "ready"
        cameras = rows_of(inventory)
        keys = {row["name"]: Credentials(row["username"], Secret(row["password"])) for row in rows_of(passwords)}
        assert passwords.stat().st_mode & 0o077 == 0
        assert tuple(cameras[0]) == INVENTORY_COLUMNS
        assert len(cameras) == 4
        first = cameras[0]
        async with RawClient(first["url"], keys.get(first["credentials"])) as client:
            assert (await client.play()).status == 200
        name = first["camera_id"]
        assert await say(process, f"inject PORT_CLOSED {name}") == f"done: inject PORT_CLOSED {name}"
        with pytest.raises(ConnectionRefusedError):
            await RawClient(first["url"]).__aenter__()
        assert (await say(process, f"inject earthquake {name}")).startswith("error: no fault is called")
        assert (await say(process, "clear")).startswith("error: ")
        assert (await say(process, "clear QX-77-77")).startswith("error: QX-77-77")
        assert await say(process, f"clear {name}") == f"done: clear {name}"
        async with RawClient(first["url"]) as client:
            assert (await client.ask("OPTIONS")).status == 200
        process.send_signal(signal.SIGTERM)
        farewell = await line_of(process)
        assert farewell.startswith("cpu_seconds=")
        assert farewell.endswith("connections=2 sessions=1")
        assert await process.wait() == 0


async def test_a_flaw_of_a_picture_that_was_named_at_the_start_can_be_injected(films: Path) -> None:
    async with running("--flawed", "QX-01-01=stuck", "QX-01-02=fog", "--cache", str(films)) as process:
        assert await line_of(process) == "ready"
        for command in ("inject stuck QX-01-01", "inject fog QX-01-02", "clear QX-01-01"):
            assert await say(process, command) == f"done: {command}"
        assert "name it when the town starts" in await say(process, "inject stuck QX-01-02")


async def test_it_ends_by_itself_when_its_time_is_over(films: Path) -> None:
    async with running("--duration", "0.1", "--cache", str(films)) as process:
        async with asyncio.timeout(60):
            out, complaints = await process.communicate()
        assert (process.returncode, complaints) == (0, b"")
        assert out.startswith(b"ready\ncpu_seconds=")


def test_a_town_that_cannot_be_ends_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--cameras", "3", "--villages", "9"]) == 2
    assert capsys.readouterr().err == "3 cameras in 9 villages: take 1 to 254 cameras for each village\n"


def test_a_place_that_cannot_be_written_ends_with_a_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main([*SMALL_TOWN, "--inventory", str(tmp_path / "no" / "such.csv")]) == 2
    assert "cannot write" in capsys.readouterr().err


async def test_a_part_of_a_town_tells_of_the_whole_and_plays_its_own_cameras(tmp_path: Path, films: Path) -> None:
    inventory = tmp_path / "out.csv"
    makeup = ("--part", "2/2", "--hostile", "1", "--join", "live", "--codecs", "h265", "--scheme", "none")
    film = ("--fps", "10", "--gop", "2", "--groups", "2", "--scenes", "pond", "--cache", str(films))
    async with running(*makeup, *film, "--inventory", str(inventory)) as process:
        assert await line_of(process) == "ready"
        cameras = rows_of(inventory)
        assert [row["camera_id"][:3] for row in cameras] == ["QX-", "QX-", "QX-", "HX-"]
        assert {row["credentials"] for row in cameras} == {""}
        async with RawClient(cameras[1]["url"]) as client:
            assert "H265" in (await client.ask("DESCRIBE")).body
            assert (await client.play()).status == 200
        with pytest.raises(ConnectionRefusedError):
            await RawClient(cameras[0]["url"]).__aenter__()


def test_a_part_that_cannot_be_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--part", "3/2"]) == 2
    assert "no such part" in capsys.readouterr().err

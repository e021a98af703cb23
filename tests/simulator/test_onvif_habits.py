"""Every bad habit a device can be given on the command line, asked as a person asks: each is named as what it is."""

from __future__ import annotations

import asyncio
import csv
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.cli.exits import Exit
from monitor.model import Cause
from monitor.simulator.__main__ import main as simulate
from monitor.simulator.onvif_device import USER
from monitor.simulator.onvif_habits import Habit
from tests.addresses import BASE, free_port

SIZE = ("--width", "320", "--height", "192", "--codecs", "h264", "--scenes", "pond", "--scheme", "digest_md5")


def cameras_by_habit(inventory: Path, passwords: Path) -> dict[Habit, str]:
    """The first camera of each habit: they are dealt in turn to those that have a device service."""
    owners = {row["name"]: row["username"] for row in csv.DictReader(passwords.read_text("utf-8").splitlines())}
    rows = csv.DictReader(inventory.read_text("utf-8").splitlines())
    served = (row["camera_id"] for row in rows if owners[row["credentials"]] == USER)
    return dict(zip(Habit, served, strict=False))


def settings(folder: Path, passwords: Path, password: str) -> list[str]:
    """The town's accounts with their own passwords, or all with this one."""
    lines, path = [], folder / (f"{password}.yml" if password else "right.yml")
    for row in csv.DictReader(passwords.read_text("utf-8").splitlines()):
        secret = f"{path.name}.{row['name']}"
        (folder / secret).write_text(password or row["password"], "utf-8")
        lines.append(f"  {row['name']}: {{username: {row['username']}, password_file: {secret}}}")
    path.write_text("\n".join(["inventory: town.csv", "credentials:", *lines, ""]), "utf-8")
    return ["--config", str(path), "--lang", "en"]


async def test_each_habit_gives_the_cause_it_has(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inventory, passwords = tmp_path / "town.csv", tmp_path / "passwords.csv"
    files = ("--inventory", str(inventory), "--passwords", str(passwords), "--cache", str(tmp_path / "films"))
    port = str(free_port(f"{BASE}.1.1"))
    words = ("--cameras", "24", "--villages", "1", "--base", BASE, "--port", port, *SIZE, *files)
    town = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "monitor.simulator", *words, "--onvif", "--habits", *Habit), stdout=PIPE
    )

    async def asked(habit: Habit, password: str = "", *more: str) -> tuple[int, str]:
        camera = cameras_by_habit(inventory, passwords)[habit]
        code = await asyncio.to_thread(main, ["substream", camera, *more, *settings(tmp_path, passwords, password)])
        return code, capsys.readouterr().out

    try:
        assert town.stdout is not None
        assert await town.stdout.readline() == b"ready\n"
        for habit in (Habit.NONE, Habit.SKEWED_CLOCK, Habit.DIGEST_ONLY, Habit.LOCKS_OUT, Habit.BROKEN_XML):
            code, said = await asked(habit)
            assert (code, "320×192 h264" in said) == (Exit.OK, True), f"{habit}: {said}"
            assert ("clock is +36" in said or "clock is +359" in said) is (habit is Habit.SKEWED_CLOCK), (
                f"{habit}: {said}"
            )
        code, said = await asked(Habit.NO_XML)
        assert (code, f"({Cause.BAD_REPLY.value})" in said) == (Exit.NO, True), said
        for habit in (Habit.SKEWED_CLOCK, Habit.DIGEST_ONLY, Habit.BROKEN_XML):
            code, said = await asked(habit, "wrong")
            assert (code, f"({Cause.CREDENTIALS_REFUSED.value})" in said) == (Exit.NO, True), f"{habit}: {said}"
        code, said = await asked(Habit.LOCKS_OUT, "wrong")
        assert f"({Cause.CREDENTIALS_REFUSED.value})" in said
        code, said = await asked(Habit.LOCKS_OUT, "wrong", "--insist")
        assert f"({Cause.ACCOUNT_LOCKED.value})" in said
    finally:
        town.terminate()
        await town.communicate()


def test_habits_belong_to_devices_that_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate(["--habits", "locks_out"]) == 2
    assert capsys.readouterr().err == "--habits are those of ONVIF devices: add --onvif\n"

"""What outlives a restart, and that no file, however broken, and no disk, however full, costs more than a warning."""

from __future__ import annotations

import logging
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.devices import Devices, Stream, devices_path
from monitor.model import Credentials, Secret, Transport
from tests.driven import START

LOGIN = Credentials("admin", Secret("pass-4711"))
HOUR = timedelta(hours=1)
WRITTEN = "rtsp://192.0.2.1/Streaming/Channels/101"
LEARNT = Stream(Transport.UDP, START + HOUR, "rtsp://192.0.2.1/small", 70_000, timedelta(seconds=1.25))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return devices_path(tmp_path / "ledger.db")


def filled(path: Path) -> Devices:
    devices = Devices(path)
    devices.pause(devices.account("nvr", LOGIN), START + HOUR)
    devices.learn("c1", WRITTEN, LEARNT)
    devices.flush()
    return devices


def test_what_was_learnt_is_known_after_a_restart(path: Path) -> None:
    before, after = filled(path), Devices(path)
    assert not before.changed
    assert (after.pauses, after.streams) == (before.pauses, before.streams)
    assert after.stream("c1", WRITTEN) == LEARNT
    assert after.account("nvr", LOGIN) in after.pauses


def test_accounts_are_told_apart_by_device_user_and_password(path: Path) -> None:
    devices = Devices(path)
    accounts = [
        devices.account("nvr", LOGIN),
        devices.account("nvr2", LOGIN),
        devices.account("nvr", replace(LOGIN, username="admin2")),
        devices.account("nvr", replace(LOGIN, password=Secret("other"))),
    ]
    assert len({*accounts}) == 4
    assert devices.account("nvr", LOGIN) == accounts[0]
    assert Devices(path.with_name("another")).account("nvr", LOGIN) != accounts[0]


def test_two_that_open_the_same_file_tell_accounts_apart_alike_before_there_is_any(path: Path) -> None:
    monitor = Devices(path)
    monitor.flush()
    assert Devices(path).account("nvr", LOGIN) == monitor.account("nvr", LOGIN)


def test_another_url_in_the_inventory_voids_what_was_learnt(path: Path) -> None:
    devices = filled(path)
    assert devices.stream("c1", WRITTEN) == LEARNT
    assert devices.stream("c1", "rtsp://192.0.2.1/other") == Stream()
    assert devices.stream("c2", WRITTEN) == Stream()


def test_pauses_that_are_over_and_cameras_that_left_are_forgotten(path: Path) -> None:
    devices = filled(path)
    devices.forget({"c2"}, START + HOUR)
    devices.flush()
    again = Devices(path)
    assert (again.pauses, again.streams) == ({}, {})
    devices = filled(path)
    devices.forget({"c1"}, START)
    assert not devices.changed


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0" + b"x" * 200])
def test_a_broken_file_is_set_aside_by_the_monitor_and_left_alone_by_others(
    path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_bytes(content)
    command = filled(path)
    assert command.stream("c1", WRITTEN) == LEARNT
    assert path.read_bytes() == content
    monitor = Devices(path)
    monitor.set_damaged_aside()
    assert (monitor.pauses, monitor.streams) == ({}, {})
    assert "learnt again" in caplog.text
    assert path.with_name(f"{path.name}.damaged").read_bytes() == content
    filled(path)
    assert Devices(path).stream("c1", WRITTEN) == LEARNT


def test_an_empty_file_is_as_good_as_none(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.touch()
    filled(path)
    assert Devices(path).stream("c1", WRITTEN) == LEARNT
    assert not caplog.text


def test_a_file_another_process_holds_keeps_its_pauses(
    path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = filled(path).account("nvr", LOGIN)
    monkeypatch.setattr("monitor.devices.WAIT", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        reader = Devices(path)
        reader.set_damaged_aside()
        reader.pause(b"an account under another key", START + HOUR)
    assert "locked" in caplog.text
    reader.flush()
    again = Devices(path)
    assert again.account("nvr", LOGIN) == account
    assert {*again.pauses} == {account}
    assert {*reader.pauses} == {b"an account under another key"}


def test_a_file_that_is_free_in_time_is_read(path: Path) -> None:
    filled(path)
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN EXCLUSIVE")
        release = threading.Timer(1.5, other.rollback)  # longer than a busy disk takes to write
        release.start()
        assert Devices(path).stream("c1", WRITTEN) == LEARNT
        release.join()


@given(st.integers(0, 12_000), st.binary(min_size=1, max_size=40))
def test_no_damage_to_the_file_stops_the_monitor(
    tmp_path_factory: pytest.TempPathFactory, at: int, junk: bytes
) -> None:
    path = tmp_path_factory.mktemp("damage") / "d"
    filled(path)
    content = bytearray(path.read_bytes())
    content[at % len(content) : at % len(content) + len(junk)] = junk
    path.write_bytes(content)
    devices = Devices(path)
    devices.set_damaged_aside()
    devices.learn("c9", WRITTEN, LEARNT)
    devices.flush()


@pytest.mark.parametrize(
    ("column", "value"),
    [("transport", "'pigeon'"), ("no_sub_until_us", "9e30"), ("received", "'x'"), ("took_us", "'x'")],
)
def test_a_value_that_makes_no_sense_is_like_a_broken_file(path: Path, column: str, value: str) -> None:
    filled(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE stream SET {column} = {value}")
    devices = Devices(path)
    assert devices.streams == {}
    devices.set_damaged_aside()
    assert not path.exists()


def test_what_the_disk_refuses_is_kept_and_written_later(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.parent.joinpath("in-the-way").mkdir()
    devices = Devices(path.parent / "in-the-way")
    devices.learn("c1", WRITTEN, LEARNT)
    for _ in range(3):
        devices.flush()
    assert devices.stream("c1", WRITTEN) == LEARNT
    assert not Devices(path).streams
    assert len([record for record in caplog.records if record.levelno == logging.WARNING]) == 1
    path.parent.joinpath("in-the-way").rmdir()
    devices.flush()
    assert not devices.changed
    assert Devices(path.parent / "in-the-way").stream("c1", WRITTEN) == LEARNT


def test_a_full_disk_does_not_fill_the_memory(tmp_path: Path) -> None:
    devices = Devices(tmp_path)  # a folder: no file can be written there
    for received in range(100):
        devices.learn("c1", WRITTEN, replace(LEARNT, received=received))
        devices.flush()
    assert len(devices._changes) == 1


def test_the_password_is_not_in_the_file_and_the_file_is_its_owner_s_only(path: Path) -> None:
    devices = filled(path)
    devices.learn("c2", "rtsp://192.0.2.2/user=admin&pwd4711&channel=1", LEARNT)
    devices.flush()
    assert b"4711" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


def test_a_rate_is_taken_over_a_second_at_least() -> None:
    assert Stream(received=30_000, took=timedelta(milliseconds=50)).rate == 240_000
    assert Stream(received=30_000, took=timedelta(seconds=2)).rate == 120_000

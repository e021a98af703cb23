"""``sharp-eyes discover`` as a person types it, in a network of simulated cameras."""

from __future__ import annotations

import asyncio
import csv
import subprocess
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.cli.assets import texts
from monitor.cli.exits import Exit
from monitor.inventory import load_inventory
from monitor.inventory.proposals import KnownBy
from monitor.simulator.discovery import Persona
from monitor.simulator.onvif_answers import PLATE
from monitor.simulator.onvif_device import PASSWORD, USER, OnvifDevice
from tests.addresses import BASE, free_port
from tests.cli.assets.network import a_persona, network


def settings(folder: Path, *rows: str, password: str = PASSWORD) -> list[str]:
    """Options that name settings with these cameras."""
    (folder / "secret").write_text(f"{password}\n", "utf-8")
    text = f"inventory: cameras.csv\ncredentials:\n  cam: {{username: {USER}, password_file: secret}}\n"
    (folder / "settings.yml").write_text(text, "utf-8")
    table = ("camera_id,name,village,url,mac_address", *(rows or ("far,远,村,rtsp://192.0.2.1/,",)))
    (folder / "cameras.csv").write_text("\n".join(table), "utf-8")
    return ["--config", str(folder / "settings.yml"), "--lang", "en"]


def ranges(*personas: Persona) -> list[str]:
    return [word for persona in personas for word in ("--range", persona.host)]


def test_a_new_device_becomes_a_row_with_its_smallest_stream(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    camera, out = a_persona(), tmp_path / "found.csv"
    words = [*ranges(camera), "--credentials", "cam", "--village", "柳溪村", "--out", str(out)]
    with network({camera: OnvifDevice()}):
        assert main(["discover", *words, *settings(tmp_path)]) == Exit.OK
    (row,) = load_inventory([out], {"cam"})
    assert row.url == f"rtsp://{camera.host}:8554/sub?a=1&b=2"
    assert (row.onvif, row.credentials, row.site.village) == (f"{camera.host}:8000", "cam", "柳溪村")
    told = capsys.readouterr()
    assert not told.out
    assert "1 device answered: 0 in the inventory, 1 new" in told.err
    assert "stream 640×360 h264" in told.err
    assert (row.vendor, row.model) == (PLATE.maker, PLATE.model)
    assert PASSWORD not in told.err + out.read_text("utf-8-sig")


def test_where_there_is_no_default_route_the_way_out_is_said(tmp_path: Path) -> None:
    """In a network of its own, which has nothing at all."""
    alone = ["unshare", "--user", "--map-root-user", "--net"]
    try:
        subprocess.run([*alone, "true"], check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no network namespace can be made here: {error}")
    words = [*alone, sys.executable, "-m", "monitor", "discover", *settings(tmp_path)]
    told = subprocess.run(words, check=False, capture_output=True, text=True, timeout=120)
    assert told.returncode == Exit.NO
    assert "refused to carry: 2\nthere seems to be no default route: say with --interface " in told.stderr


def test_without_an_account_nobody_is_shown_a_password(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    camera, device = a_persona(), OnvifDevice()
    with network({camera: device}):
        assert main(["discover", *ranges(camera), *settings(tmp_path)]) == Exit.OK
    assert device.operations
    assert device.signed == 0
    heading, row = capsys.readouterr().out.lstrip("\ufeff").splitlines()
    assert heading.startswith("camera_id,name,")
    assert "(credentials_missing)" in row


def test_a_wrong_password_is_shown_to_a_device_once_and_then_its_pause_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    camera, device = a_persona(), OnvifDevice()
    words = ["discover", *ranges(camera), "--credentials", "cam", *settings(tmp_path, password="wrong")]
    with network({camera: device}):
        assert main(words) == Exit.OK
        assert main(words) == Exit.OK
    assert device.signed == 1
    told = capsys.readouterr()
    assert "(credentials_refused)" in told.err
    assert "paused until" in told.err
    assert "--insist" not in told.err + told.out  # a word that this command does not have
    assert "wrong" not in told.err + told.out


def test_devices_of_the_inventory_are_listed_apart_and_asked_nothing_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here, moved, device = a_persona(), a_persona(), OnvifDevice()
    rows = f"a,甲,村,rtsp://{here.host}:8554/1,", f"b,乙,村,rtsp://192.0.2.7/1,{moved.mac}"
    before = settings(tmp_path, *rows)
    with network({here: device, moved: device}):
        assert main(["discover", *ranges(here, moved), "--credentials", "cam", *before]) == Exit.OK
    told = capsys.readouterr()
    assert not told.out
    assert f"{here.host}  a 甲 (by its address)\n" in told.err
    assert f"{moved.host}  b 乙 (by its MAC address); the inventory has 192.0.2.7" in told.err
    assert not device.asked
    assert (tmp_path / "cameras.csv").read_text("utf-8").splitlines()[1:] == list(rows)


def test_a_device_that_got_another_address_is_known_by_the_serial_number_it_tells(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = a_persona()
    config = settings(tmp_path)
    table = f"camera_id,name,village,url,serial\na,甲,村,rtsp://192.0.2.7/1,{PLATE.serial}\n"
    (tmp_path / "cameras.csv").write_text(table, "utf-8")
    with network({moved: OnvifDevice()}):
        assert main(["discover", *ranges(moved), "--credentials", "cam", *config]) == Exit.OK
    told = capsys.readouterr()
    assert not told.out
    assert f"{moved.host}  a 甲 (by its serial number); the inventory has 192.0.2.7" in told.err


def test_the_group_is_asked_where_no_range_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cameras = [a_persona() for _ in range(3)]
    with network(dict.fromkeys(cameras)):
        assert main(["discover", "--interface", "127.0.0.1", *settings(tmp_path)]) == Exit.OK
    told = capsys.readouterr()
    for camera in cameras:
        assert f"{camera.host}  Hikvision DS-2CD3T47: " in told.err
        assert f"cam-{camera.host.replace('.', '-')}," in told.out


def test_a_device_that_writes_a_password_into_its_stream_s_address_gets_no_url(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    camera = a_persona()
    with network({camera: OnvifDevice(stream="rtsp://x/user=admin_password=tlJw_channel=1.sdp")}):
        assert main(["discover", *ranges(camera), "--credentials", "cam", *settings(tmp_path)]) == Exit.OK
    told = capsys.readouterr()
    assert "tlJw" not in told.out + told.err
    assert "carries a password" in told.out


@pytest.mark.parametrize("heading", ["camera_id,name,village,url", "国标编码,点位名称,行政村,取流地址"])
@pytest.mark.parametrize("password", [PASSWORD, "wrong"])
def test_what_was_discovered_is_imported_as_it_is(
    tmp_path: Path, heading: str, password: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong password leaves the stream's address out: a person fills it in."""
    camera, config = a_persona(), settings(tmp_path, password=password)
    out, whole = str(tmp_path / "found.csv"), str(tmp_path / "whole.csv")
    (tmp_path / "cameras.csv").write_text(f"{heading}\nfar,远,村,rtsp://192.0.2.1/\n", "utf-8")
    with network({camera: OnvifDevice()}):
        words = [*ranges(camera), "--credentials", "cam", "--village", "柳溪村", "--out", out]
        assert main(["discover", *words, *config]) == Exit.OK
    assert (tmp_path / "found.csv").read_text("utf-8-sig").startswith(f"{heading},")
    capsys.readouterr()
    main(["import", out, "--write", whole, *config])
    told = capsys.readouterr()
    assert "in found.csv, not in the inventory: 1" in told.out
    assert not told.err
    table = list(csv.DictReader((tmp_path / "whole.csv").read_text("utf-8-sig").splitlines()))
    assert table[1][heading.partition(",")[0]] == f"cam-{camera.host.replace('.', '-')}"
    if password == PASSWORD:
        far, near = load_inventory([tmp_path / "whole.csv"], {"cam"})
        assert (far.id, near.url) == ("far", f"rtsp://{camera.host}:8554/sub?a=1&b=2")
        assert (near.onvif, near.credentials, near.site.village) == (f"{camera.host}:8000", "cam", "柳溪村")
        assert (near.vendor, near.model) == (PLATE.maker, PLATE.model)


def test_what_a_device_says_of_a_refused_password_is_kept_to_the_attempts_that_are_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    camera, config = a_persona(), settings(tmp_path, password="wrong")
    with network({camera: OnvifDevice(locks_after=5)}):
        assert main(["discover", *ranges(camera), "--credentials", "cam", *config]) == Exit.OK
    told = capsys.readouterr()
    for text in (told.out, told.err):
        assert "You still have 4 attempt(s)" in text
        assert "4 attempts left" in text


def test_nobody_there_is_the_answer_no(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["discover", *ranges(a_persona()), *settings(tmp_path)]) == Exit.NO
    assert "0 devices answered" in capsys.readouterr().err


def test_without_settings_there_is_nothing_to_compare_with(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    camera = a_persona()
    with network({camera: None}):
        config = ["--config", str(tmp_path / "none.yml"), "--lang", "en"]
        assert main(["discover", *ranges(camera), *config]) == Exit.OK
    told = capsys.readouterr()
    assert "there is no inventory to compare with" in told.err
    assert "(tcp_refused)" in told.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--range", "8.8.8.0/30"], "--public"),
        (["--range", "10.0.0.0/16"], "--large"),
        (["--range", "10.0.0.0/8", "--large"], "name fewer"),
        (["--credentials", "nobody"], "no account nobody"),
        (["--out", "settings.yml"], "exists"),
        (["--out", "nowhere/found.csv"], "cannot be written"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_sent(
    tmp_path: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["discover", *words, *config]) == Exit.USAGE
    told = capsys.readouterr().err
    assert said in told
    assert "Errno" not in told
    assert "asking" not in told


def test_rows_that_cannot_be_written_after_all_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    camera, out = a_persona(), tmp_path / "found.csv"
    (tmp_path / "found.csv.part").mkdir()  # in the way of the file that is written first
    with network({camera: OnvifDevice()}):
        assert main(["discover", *ranges(camera), "--out", str(out), *settings(tmp_path)]) == Exit.CANNOT
    told = capsys.readouterr()
    assert f"{out} cannot be written" in told.err
    assert "Errno" not in told.err
    assert f"cam-{camera.host.replace('.', '-')}," in told.out
    assert not out.exists()


@pytest.mark.parametrize("words", [["--range", "10.0.0.0/99"], ["--interface", "eth0"]])
def test_words_that_are_no_addresses_are_wrong_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["discover", *words])
    assert ended.value.code == Exit.USAGE
    assert words[1] in capsys.readouterr().err


async def test_a_town_is_found_and_what_is_proposed_of_it_can_be_watched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The simulator in a process of its own, the two commands in another one each: nothing but the network between."""
    base, passwords, out = BASE, tmp_path / "passwords.csv", tmp_path / "found.csv"
    words = ("--cameras", "6", "--villages", "1", "--base", base, "--onvif", "--passwords", str(passwords))
    size = ("--width", "320", "--height", "192", "--codecs", "h264", "--scheme", "digest_md5")
    town = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "monitor.simulator", *words, *size, "--port", str(free_port(f"{base}.1.1"))),
        stdout=PIPE,
    )
    try:
        assert town.stdout is not None
        assert await town.stdout.readline() == b"ready\n"
        keys = {row["name"]: row for row in csv.DictReader(passwords.read_text("utf-8").splitlines())}
        config = settings(tmp_path, password=keys["town-hik"]["password"])
        asking = ["discover", "--range", f"{base}.1.1-6", "--credentials", "cam", "--village", "村", "--out", str(out)]
        assert await asyncio.to_thread(main, [*asking, *config]) == Exit.OK
        rows = [camera for camera in list(csv.DictReader(out.read_text("utf-8-sig").splitlines())) if camera["url"]]
        assert {row["vendor"] for row in rows} == {"Hikvision"}  # whose password it was
        with out.open(encoding="utf-8-sig") as found, (tmp_path / "cameras.csv").open("w", encoding="utf-8") as ours:
            ours.writelines(line for line in found if ",rtsp://" in line or line.startswith("camera_id"))
        capsys.readouterr()
        assert await asyncio.to_thread(main, ["probe", rows[0]["camera_id"], *config]) == Exit.OK
        assert "picture 320×192" in capsys.readouterr().out
    finally:
        town.terminate()
        await town.communicate()


def test_everything_a_device_can_be_known_by_has_words() -> None:
    assert set(texts.KNOWN_BY) == set(KnownBy)

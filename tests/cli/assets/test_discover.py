"""``sharp-eyes discover`` as a person types it, in a network of simulated cameras."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.cli import main
from monitor.cli.assets import texts
from monitor.cli.exits import Exit
from monitor.inventory import load_inventory
from monitor.inventory.proposals import KnownBy
from monitor.simulator.discovery import Persona
from tests.cli.assets.network import a_persona, network
from tests.probes.onvif_device import PASSWORD, USER, OnvifDevice


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
    assert "1 devices answered: 0 in the inventory, 1 new" in told.err
    assert "stream 640×360 h264" in told.err
    assert PASSWORD not in told.err + out.read_text("utf-8-sig")


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
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_sent(
    tmp_path: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["discover", *words, *config]) == Exit.USAGE
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--range", "10.0.0.0/99"], ["--interface", "eth0"]])
def test_words_that_are_no_addresses_are_wrong_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["discover", *words])
    assert ended.value.code == Exit.USAGE
    assert words[1] in capsys.readouterr().err


def test_everything_a_device_can_be_known_by_has_words() -> None:
    assert set(texts.KNOWN_BY) == set(KnownBy)

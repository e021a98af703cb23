"""``sharp-eyes substream`` as a person types it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.cli.exits import Exit
from monitor.simulator.onvif_answers import PLATE
from monitor.simulator.onvif_device import PASSWORD, USER, OnvifDevice, running


@contextmanager
def beside(device: OnvifDevice) -> Iterator[OnvifDevice]:
    """The device in a thread of its own: the command has its own loop."""
    loop, ready = asyncio.new_event_loop(), threading.Event()
    over = asyncio.Event()

    async def serve() -> None:
        async with running(device):
            ready.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    ready.wait()
    try:
        yield device
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()


def settings(folder: Path, *rows: str, password: str = PASSWORD) -> str:
    (folder / "secret").write_text(f"{password}\n", "utf-8")
    text = f"inventory: cameras.csv\ncredentials:\n  cam: {{username: {USER}, password_file: secret}}\n"
    (folder / "settings.yml").write_text(text, "utf-8")
    table = ("camera_id,name,village,url,credentials,onvif", *rows)
    (folder / "cameras.csv").write_text("\n".join(table), "utf-8")
    return str(folder / "settings.yml")


@pytest.mark.parametrize(
    ("language", "words"), [("zh", ("子码流 ", "没有 ONVIF 地址")), ("en", ("sub-stream ", "no ONVIF"))]
)
def test_the_smallest_stream_stands_below_the_written_one(
    tmp_path: Path, language: str, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with beside(OnvifDevice(skew=timedelta(hours=-1))) as device:
        config = settings(tmp_path, f"a,甲,村,rtsp://127.0.0.1/1,cam,{device.address}", "b,乙,村,rtsp://127.0.0.1/2,,")
        assert main(["substream", "--lang", language, "--config", config]) == Exit.OK
    out = capsys.readouterr().out
    assert out.splitlines()[0] == "a  rtsp://127.0.0.1/1"
    assert "rtsp://127.0.0.1:8554/sub?a=1&b=2  640×360 h264" in out
    assert "-360" in out  # the device tells whole seconds
    assert all(word in out for word in words)


def test_the_stream_of_the_inventory_may_be_the_smallest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with beside(OnvifDevice(stream="rtsp://x:8554/s")) as device:
        config = settings(tmp_path, f"a,甲,村,rtsp://127.0.0.1:8554/s,cam,{device.address}")
        assert main(["substream", "a", "--lang", "en", "--config", config]) == Exit.OK
    assert "which is the stream of the inventory" in capsys.readouterr().out


def test_a_device_is_shown_a_wrong_password_once_however_many_cameras_it_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with beside(OnvifDevice()) as device:
        rows = [f"{name},{name},村,rtsp://127.0.0.1/{name},cam,{device.address}" for name in "abc"]
        config = settings(tmp_path, *rows, password="wrong")
        assert main(["substream", "--lang", "en", "--config", config]) == Exit.NO
        assert device.signed == 1
        out = capsys.readouterr().out
        assert (out.count("(credentials_refused)"), out.count("paused until")) == (1, 2)
        assert out.count("--insist asks all the same") == 2
        assert main(["substream", "--lang", "en", "--config", config]) == Exit.NO
        assert device.signed == 1
        assert main(["substream", "--insist", "--lang", "en", "--config", config]) == Exit.NO
        assert device.signed == 2


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "zh",
            (
                "厂商 Hikvision,型号 ",
                "偏差 -3",
                "子码流 ",
                "按清单的主机与端口",
                "主码流 ",
                "不提供抓图",
                "ONVIF 正常",
            ),
        ),
        (
            "en",
            ("maker Hikvision, model ", "clock is -3", "sub-stream ", "host and port of the inventory", "main stream "),
        ),
    ],
)
def test_plate_clock_and_streams_of_one_camera_are_told_over_onvif(
    tmp_path: Path, language: str, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with beside(OnvifDevice(skew=timedelta(hours=-1))) as device:
        config = settings(tmp_path, f"a,甲,村,rtsp://127.0.0.1/1,cam,{device.address}")
        assert main(["probe", "a", "--onvif", "--lang", language, "--config", config]) == Exit.OK
    out = capsys.readouterr().out
    assert all(word in out for word in words), out
    assert all(part in out for part in (PLATE.model, PLATE.firmware, PLATE.serial))
    assert "rtsp://127.0.0.1/sub?a=1&b=2" in out


def test_the_cause_over_onvif_is_told_and_a_refusal_begins_a_pause(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with beside(OnvifDevice()) as device:
        rows = (f"a,甲,村,rtsp://127.0.0.1/1,cam,{device.address}", "b,乙,村,rtsp://127.0.0.1/2,cam,")
        asked = ["probe", "--onvif", "--lang", "en", "--config", settings(tmp_path, *rows, password="wrong")]
        assert main([*asked, "a"]) == Exit.NO
        out = capsys.readouterr().out
        assert all(word in out for word in ("the device answers", "were not told", "(credentials_refused)"))
        assert main([*asked, "a"]) == Exit.NO
        assert "--insist" in capsys.readouterr().err
        assert device.signed == 1
    assert [main([*asked, target]) for target in ("b", "rtsp://127.0.0.1/1")] == [Exit.USAGE] * 2
    assert main([*asked, "a", "--insist"]) == Exit.NO
    assert "the device does not answer" in capsys.readouterr().out


def test_an_unknown_camera_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = settings(tmp_path, "gate-1,甲,村,rtsp://127.0.0.1/1,,")
    assert main(["substream", "gate-2", "--lang", "en", "--config", config]) == Exit.USAGE
    assert "gate-1" in capsys.readouterr().err


def test_a_password_in_a_path_is_masked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with beside(OnvifDevice(stream="rtsp://x/user=admin_password=tlJw_channel=1.sdp")) as device:
        config = settings(tmp_path, f"a,甲,村,rtsp://127.0.0.1/1,cam,{device.address}")
        assert main(["substream", "--lang", "en", "--config", config]) == Exit.OK
    out = capsys.readouterr().out
    assert "_channel=1.sdp" in out
    assert "tlJw" not in out

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

"""``sharp-eyes diagnose``: what is said of pictures, videos and files that are neither."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from monitor.cli.exits import Exit
from monitor.cli.main import main
from monitor.picture import NO_EVIDENCE, Memory, examine
from monitor.probes.files import key_frames
from monitor.simulator.scenes import Pixels, Scene, draw
from tests.driven import START

WIDTH, HEIGHT = 320, 192


def scene(second: float) -> Pixels:
    return draw(Scene.LANE, second, WIDTH, HEIGHT)


def video(path: Path, pictures: list[Pixels], every: int = 10) -> Path:
    """An MP4 of key frames alone, one every so many seconds."""
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=1)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.gop_size = 1
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts = every * number
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def diagnosed(path: Path, capsys: pytest.CaptureFixture[str], language: str = "en") -> tuple[int, str]:
    code = main(["diagnose", str(path), "--lang", language])
    told = capsys.readouterr()
    return code, told.out + told.err


@pytest.mark.parametrize("ending", ["jpg", "png"])
def test_a_good_picture_shows_every_number_and_says_what_one_picture_cannot_tell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    path = tmp_path / f"lane.{ending}"
    assert cv2.imwrite(str(path), scene(1))
    code, told = diagnosed(path, capsys)
    assert code == Exit.OK
    assert "key frames: 1, 320×192" in told
    assert "no fault is seen in what can be judged" in told
    assert "still learning (good key frames: 0 of 24), nothing is said yet of: view moved, view covered" in told
    assert "one picture has no reference" in told
    assert "the picture is good" not in told, "that would be said of a blurred one, too"
    (frame,) = [frame for _, frame, _ in key_frames(path)]
    picture, _ = examine(frame, NO_EVIDENCE, Memory.fresh(), START)
    assert len(picture.findings) == 14
    for finding in picture.findings:
        assert finding.measure in told
        assert f"{finding.value:.3f}" in told


def test_a_black_picture_is_suspect_and_code_1_says_so_in_both_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "black.png"
    assert cv2.imwrite(str(path), np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    code, told = diagnosed(path, capsys)
    assert (code, "this key frame is suspect" in told, "picture_black" in told) == (Exit.NO, True, True)
    code, told = diagnosed(path, capsys, "zh")
    assert (code, "这一帧可疑" in told) == (Exit.NO, True)


def test_of_a_film_that_was_learnt_all_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = video(tmp_path / "lane.mp4", [scene(second) for second in range(32)])
    code, told = diagnosed(path, capsys)
    assert (code, "the picture is good" in told, "learning" in told) == (Exit.OK, True, False)
    assert "≤ 20" in told, "less light is worse"
    assert "≥ 228" in told, "more light is worse"


def test_what_cannot_be_judged_is_not_called_good(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "wall.png"
    wall = np.random.default_rng(1).normal(12, 4, (HEIGHT, WIDTH)).clip(0, 24).astype(np.uint8)
    wall[20:60, 40:280] = 90
    assert cv2.imwrite(str(path), cv2.merge((wall, wall, wall)))
    for language, words in (("en", "cannot be judged"), ("zh", "无法判断")):
        _, told = diagnosed(path, capsys, language)
        assert words in told


def test_of_a_video_each_change_of_the_verdict_is_told_with_its_second(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dark = [np.zeros((HEIGHT, WIDTH, 3), np.uint8)] * 5
    path = video(tmp_path / "night.mp4", [*(scene(second) for second in range(3)), *dark])
    code, told = diagnosed(path, capsys)
    assert code == Exit.NO
    assert told.index("from second 0: ") < told.index("from second 30: ")
    assert "key frames: 8" in told
    assert "the picture is faulty" in told


def test_a_file_that_is_no_picture_is_named_and_nothing_is_told_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, content in (("a.txt", b"no picture"), ("b.jpg", b"\xff\xd8\xff\xe0 cut short"), ("empty.mp4", b"")):
        path = tmp_path / name
        path.write_bytes(content)
        for language, words in (("en", "decoded"), ("zh", "解码")):
            code, told = diagnosed(path, capsys, language)
            assert code not in (Exit.OK, Exit.NO)
            assert f"{path}:" in told
            assert words in told
            assert "Traceback" not in told
    code, told = diagnosed(tmp_path / "missing.jpg", capsys)
    assert code not in (Exit.OK, Exit.NO)
    assert "missing.jpg" in told


@pytest.mark.parametrize(("name", "size"), [("wide.png", (20_000, 100)), ("square.jpg", (16_384, 16_384))])
def test_a_picture_of_any_size_is_told_as_too_large(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, size: tuple[int, int]
) -> None:
    path = tmp_path / name
    small = np.full((100, min(size[0], 20_000)), 90, np.uint8)
    done, file = cv2.imencode(path.suffix, small)
    assert done
    content = bytearray(file.tobytes())
    if path.suffix == ".jpg":  # the header alone says it: nothing is decoded
        at = content.index(b"\xff\xc0") + 5
        content[at : at + 4] = size[1].to_bytes(2, "big") + size[0].to_bytes(2, "big")
    path.write_bytes(content)
    for language, words, others in (("en", "too ", "过大"), ("zh", "过大", "too ")):
        code, told = diagnosed(path, capsys, language)
        assert code not in (Exit.OK, Exit.NO)
        assert f"{size[0]}×{size[1]}" in told
        assert words in told
        assert others not in told


@pytest.mark.parametrize("damage", ["cut at half", "without its end", "scrambled"])
def test_a_damaged_jpeg_is_corrupt_and_not_fine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    done, file = cv2.imencode(".jpg", scene(1))
    assert done
    whole = file.tobytes()
    half = len(whole) // 2
    damaged = {
        "cut at half": whole[:half],
        "without its end": whole[:-2],
        "scrambled": whole[:half] + b"\x55" * 300 + whole[half + 300 :],
    }[damage]
    path = tmp_path / "lane.jpg"
    path.write_bytes(damaged)
    code, told = diagnosed(path, capsys)
    assert (code, "this key frame is suspect: corrupt picture" in told) == (Exit.NO, True)
    path.write_bytes(whole + bytes(64))
    assert diagnosed(path, capsys)[0] == Exit.OK, "what stands behind a file's end is no damage"


@pytest.mark.parametrize(
    ("key_frames", "every", "code", "told"),
    [
        (30, 2, Exit.NO, "suspect: frozen picture (picture_frozen)"),
        (6, 2, Exit.OK, "cannot be judged: frozen"),
        (14, 1, Exit.OK, "cannot be judged"),
    ],
)
def test_a_film_of_one_still_is_suspect_or_cannot_be_judged_and_never_good(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], key_frames: int, every: int, code: Exit, told: str
) -> None:
    path = video(tmp_path / "still.mp4", [scene(1)] * key_frames, every)
    found, said = diagnosed(path, capsys)
    assert found == code
    assert told in said
    assert "the picture is good" not in said
    assert "no fault is seen" not in said
    _, said = diagnosed(path, capsys, "zh")
    assert "画面冻结" in said


def test_a_film_that_was_learnt_and_then_stands_still_is_not_good(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    live = [scene(second) for second in range(30)]
    path = video(tmp_path / "hangs.mp4", [*live, *[live[-1]] * 2], 2)
    assert "the picture is good" not in diagnosed(path, capsys)[1]

"""The report as PDF, made for real and read by other programs: text, fonts, pages, colours; and what is said when
something is not installed."""

from __future__ import annotations

import logging
import os
import re
import socket
import subprocess
import sys
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from monitor.errors import PartsMissing
from monitor.language import Language
from monitor.render import to_html, to_pdf
from monitor.report import Report
from tests.programs import missing, program
from tests.real.test_chromium import A4, fleet, hostile, pages, text_of_page
from tests.render.samples import CAMERAS, report
from tests.render.test_settlement import made

pytestmark = [pytest.mark.real, pytest.mark.timeout(240)]

DOWN = (0x7D, 0x12, 0x20)  # as the drawings fill it
MADE: dict[str, Callable[[], Report]] = {
    "a small town": report,
    "names that try anything": hostile,
    "a fleet": lambda: fleet(60),
    "a settled month": made,
}


class Complaints(logging.Handler):
    """What a library said while something was made."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.said.append(record.getMessage())


@cache
def laid_out(name: str, language: Language) -> tuple[bytes, list[str]]:
    """One of these reports as PDF and what was complained of; a page takes some tenths of a second, so each is made
    once."""
    heard, logger = Complaints(), logging.getLogger("weasyprint")
    logger.addHandler(heard)
    try:
        return to_pdf(to_html(MADE[name](), language), language), heard.said
    except PartsMissing as error:
        missing(str(error))
    finally:
        logger.removeHandler(heard)


def printed(name: str, language: Language, folder: Path) -> Path:
    """The same in a file."""
    file = folder / "report.pdf"
    pdf, _ = laid_out(name, language)
    file.write_bytes(pdf)
    return file


def text_of(pdf: Path) -> str:
    """All of its text in one line, without spaces: readers of PDF set other ones between Chinese and digits."""
    told = subprocess.run([program("pdftotext"), str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    return "".join(told.split())


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("a small town", Language.ZH),
        ("a small town", Language.EN),
        ("names that try anything", Language.EN),
        ("a fleet", Language.EN),
        ("a settled month", Language.ZH),
    ],
)
def test_it_prints_on_numbered_a4_pages_with_every_font_inside(name: str, language: Language, tmp_path: Path) -> None:
    pdf = printed(name, language, tmp_path)
    count, sizes = pages(pdf)
    assert count >= 3
    assert set(sizes) == {A4}
    foot = "第{}页，共{}页" if language is Language.ZH else "page{}of{}"
    for number in (1, 2, count):
        assert foot.format(number, count) in "".join(text_of_page(pdf, number).split())
    fonts = subprocess.run([program("pdffonts"), str(pdf)], check=True, capture_output=True, text=True).stdout
    rows = [re.search(r" (yes|no) +(yes|no) +(yes|no) +\d+ +\d+$", line) for line in fonts.splitlines()[2:]]
    assert rows
    assert {row.groups() if row else None for row in rows} == {("yes", "yes", "yes")}, fonts


def test_its_text_is_text_in_both_languages(tmp_path: Path) -> None:
    for language, word in ((Language.ZH, "未达标摄像机"), (Language.EN, "Camerasbelowthetarget")):
        text = text_of(printed("a small town", language, tmp_path))
        assert word in text
        assert "清河镇" in text
        assert all(camera.name.replace(" ", "") in text for camera in CAMERAS[:4])


def test_it_names_its_title_its_maker_and_its_language(tmp_path: Path) -> None:
    pdf = printed("a small town", Language.ZH, tmp_path)
    told = subprocess.run([program("pdfinfo"), str(pdf)], check=True, capture_output=True, text=True).stdout
    assert re.search(r"^Title: +清河镇 2026年6月 在线率考核报告$", told, re.MULTILINE), told
    assert re.search(r"^Creator: +Sharp Eyes 0\.1\.0$", told, re.MULTILINE), told
    assert "CreationDate" not in told
    packed = re.findall(rb"/ObjStm.*?stream\r?\n(.*?)\r?\nendstream", pdf.read_bytes(), re.DOTALL)
    assert any(b"/Lang (zh-CN)" in zlib.decompress(objects) for objects in packed)


def test_headings_of_a_table_come_again_on_the_next_page(tmp_path: Path) -> None:
    pdf = printed("a fleet", Language.EN, tmp_path)
    count, _ = pages(pdf)
    tops = [" ".join(text_of_page(pdf, number).split()[:24]) for number in range(1, count + 1)]
    assert len([top for top in tops if re.search(r"camera village cause from until", top)]) >= 2


def test_drawings_have_their_colours(tmp_path: Path) -> None:
    pdf = printed("a small town", Language.ZH, tmp_path)
    subprocess.run([program("pdftoppm"), "-png", "-r", "50", str(pdf), str(tmp_path / "page")], check=True)
    pictures = [cv2.imread(str(page)) for page in sorted(tmp_path.glob("page*.png"))]
    down = [np.all(picture == DOWN[::-1], axis=2).sum() for picture in pictures if picture is not None]
    assert sum(down) > 500


def test_the_style_sheet_says_nothing_that_is_not_understood() -> None:
    _, complaints = laid_out("a small town", Language.ZH)
    assert any("print-color-adjust" in each for each in complaints), "they are heard"
    assert [each for each in complaints if "print-color-adjust" not in each] == []


def test_nothing_is_fetched() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
        page = f'<!DOCTYPE html><link rel=stylesheet href="{address}"><img src="{address}"><p>x'
        try:
            assert to_pdf(page.encode(), Language.EN).startswith(b"%PDF-")
        except PartsMissing as error:
            missing(str(error))
        with pytest.raises(BlockingIOError):
            listener.accept()


SCRIPT = """
import sys
from monitor.language import Language
from monitor.render import to_html, to_pdf
from tests.render.samples import report
sys.stdout.buffer.write(to_pdf(to_html(report(), Language.ZH), Language.ZH))
"""


def test_another_process_of_another_place_and_language_writes_the_same_bytes(tmp_path: Path) -> None:
    there = {"PYTHONHASHSEED": "2", "TZ": "America/St_Johns", "LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.UTF-8"}
    words = [sys.executable, "-c", SCRIPT]
    again = subprocess.run(words, check=True, capture_output=True, env={**os.environ, **there}).stdout
    assert again == printed("a small town", Language.ZH, tmp_path).read_bytes()


# ---------------------------------------------------------------- what is not installed

TOLD = """
import sys
from monitor.errors import PartsMissing
from monitor.language import Language
from monitor.render import to_pdf
try:
    to_pdf("<!DOCTYPE html><p>青溪镇 ok".encode(), Language(sys.argv[1]))
except PartsMissing as error:
    print(error)
"""


def told(language: Language, **environment: str) -> str:
    """All that a fresh process says about a page with Chinese on it, in such an environment."""
    words = [sys.executable, "-c", TOLD, language]
    return subprocess.run(words, check=True, capture_output=True, text=True, env={**os.environ, **environment}).stdout


@pytest.mark.parametrize("language", Language)
def test_a_library_that_cannot_be_loaded_is_named_with_its_package(language: Language, tmp_path: Path) -> None:
    pytest.importorskip("weasyprint")
    (tmp_path / "libpango-1.0.so.0").write_bytes(b"")
    said = told(language, LD_LIBRARY_PATH=str(tmp_path))
    assert said.count("\n") == 1, "one message, and nothing of the library's own"
    assert "libpango-1.0" in said
    assert "apt install libpango-1.0-0 libpangoft2-1.0-0" in said


@pytest.mark.parametrize("language", Language)
def test_without_a_chinese_font_the_missing_characters_are_named(language: Language, tmp_path: Path) -> None:
    try:
        to_pdf(b"<!DOCTYPE html>", language)
    except PartsMissing as error:
        missing(str(error))
    latin = next(Path("/usr/share/fonts").rglob("DejaVuSans.ttf"), None) or missing("DejaVu Sans is not installed")
    config = tmp_path / "fonts.conf"
    folders = f"<dir>{latin.parent}</dir><cachedir>{tmp_path}/cache</cachedir>"
    config.write_text(f"<fontconfig>{folders}</fontconfig>", "utf-8")
    said = told(language, FONTCONFIG_FILE=str(config))
    assert "溪 镇 青" in said
    assert "apt install fonts-noto-cjk" in said
    assert said.count("\n") == 1

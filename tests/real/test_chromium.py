"""The HTML report in a real browser: it prints on A4, fits its page, asks nobody for anything, has its characters.

The console's pages of cameras fit their window and keep the rules their own headers set.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.contract import Contract
from monitor.language import Language
from monitor.model import Cause, Sight, State
from monitor.render import to_html
from monitor.report import Report, build_report
from tests.console.fakes import FakeSource, console
from tests.metrics.town import NOW, status, town
from tests.metrics.town import camera as watched
from tests.programs import program
from tests.real.chromium import browser, chromium
from tests.render.samples import CAMERAS, JULY, RECORD, TERMS, report
from tests.test_report import build, camera, off, record

pytestmark = [pytest.mark.real, pytest.mark.timeout(240)]

A4 = (595, 842)  # points, rounded
LONG = "清河镇西营村省道与村道交叉处北侧监控立杆" * 4 + "unbroken" * 12


def hostile() -> Report:
    """Names that try to run, to load, to turn the line round and to burst the table."""
    names = (LONG, "<script>document.title='owned'</script>", "<img src=http://127.0.0.1:9/x>", "مدرسة \u202egnp", '"')
    cameras = tuple(
        replace(each, camera=replace(each.camera, name=name))
        for each, name in zip(RECORD.cameras, (*names, "x"), strict=True)
    )
    return build_report(
        replace(RECORD, cameras=cameras),
        Contract(terms=TERMS),
        town=LONG[:40],
        month=(2026, 6),
        now=JULY,
        version="0.1.0",
    )


def fleet(cameras: int = 150) -> Report:
    """Long enough for tables that go over pages."""
    moves = [each for n in range(cameras) for each in off(n, n, 40 + n)]
    return build(record(*map(camera, range(cameras)), moves=moves))


def pages(pdf: Path) -> tuple[int, list[tuple[int, int]]]:
    """How many pages, and the size of each in points."""
    told = subprocess.run([program("pdfinfo"), "-l", "-1", str(pdf)], check=True, capture_output=True, text=True).stdout
    count = re.search(r"^Pages: +(\d+)", told, re.MULTILINE)
    assert count is not None
    sizes = re.findall(r"^Page +\d+ size: +([\d.]+) x ([\d.]+)", told, re.MULTILINE)
    return int(count[1]), [(round(float(width)), round(float(height))) for width, height in sizes]


def text_of_page(pdf: Path, number: int) -> str:
    command = [program("pdftotext"), "-layout", "-f", str(number), "-l", str(number), str(pdf), "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where one browser listens; each test has a page of its own in it."""
    with browser(tmp_path_factory.mktemp("profile")) as listening:
        yield listening


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("make", [report, hostile, fleet])
async def test_the_report_fits_its_page_and_asks_nobody(
    make: object, language: Language, address: str, tmp_path: Path
) -> None:
    shown = make() if callable(make) else None
    assert isinstance(shown, Report)
    file = tmp_path / "report.html"
    file.write_bytes(to_html(shown, language))
    async with chromium(address) as tab:
        await tab.open(file.as_uri())
        for width in (794, 1400):
            await tab.width(width)
            assert await tab.value("document.documentElement.scrollWidth") <= width
            overflowing = (
                "[...document.querySelectorAll('td,th,p,div,dd')].filter(e => e.scrollWidth > e.clientWidth + 1"
                " && getComputedStyle(e).display != 'inline').map(e => e.outerHTML.slice(0, 80))"
            )
            assert await tab.value(overflowing) == []
        printed = tmp_path / "report.pdf"
        printed.write_bytes(await tab.printed())
        assert [event["request"]["url"] for event in tab.events("Network.requestWillBeSent")] == [file.as_uri()]
        assert tab.events("Log.entryAdded") == []
        assert tab.events("Runtime.consoleAPICalled") == []
        assert tab.events("Runtime.exceptionThrown") == []
        assert await tab.value("document.title") != "owned"
    count, sizes = pages(printed)
    assert count >= 3
    assert set(sizes) == {A4}
    assert len(sizes) == count
    foot = "第 {} 页，共 {} 页" if language is Language.ZH else "page {} of {}"
    for number in (1, 2, count):
        # The reader of the PDF may set other spaces between Chinese and digits than we did.
        wanted = foot.format(number, count).replace(" ", "")
        assert wanted in text_of_page(printed, number).replace(" ", "")


async def test_headings_of_a_table_come_again_on_the_next_page(address: str, tmp_path: Path) -> None:
    file, printed = tmp_path / "report.html", tmp_path / "report.pdf"
    file.write_bytes(to_html(fleet(), Language.EN))
    async with chromium(address) as tab:
        await tab.open(file.as_uri())
        printed.write_bytes(await tab.printed())
    count, _ = pages(printed)
    tops = [text_of_page(printed, number).splitlines()[:3] for number in range(1, count + 1)]
    repeated = [top for top in tops if re.search(r"camera +village +cause +from +until", " ".join(top))]
    assert len(repeated) >= 2


async def test_chinese_is_drawn_with_a_font_that_has_it(address: str, tmp_path: Path) -> None:
    file, printed = tmp_path / "report.html", tmp_path / "report.pdf"
    file.write_bytes(to_html(report(), Language.ZH))
    async with chromium(address) as tab:
        await tab.open(file.as_uri())
        printed.write_bytes(await tab.printed())
        await tab.call("DOM.enable")
        await tab.call("CSS.enable")
        root = (await tab.call("DOM.getDocument"))["root"]["nodeId"]
        body = (await tab.call("DOM.querySelector", nodeId=root, selector="h1"))["nodeId"]
        fonts = (await tab.call("CSS.getPlatformFontsForNode", nodeId=body))["fonts"]
    used = {font["familyName"] for font in fonts}
    assert used
    assert all("CJK" in family or "WenQuanYi" in family or "Hei" in family for family in used), used
    assert CAMERAS[0].name in text_of_page(printed, 3) + text_of_page(printed, 2)


@pytest.mark.parametrize("path", ["/", "/cameras", "/cameras/c1"])
async def test_the_pages_of_cameras_fit_their_window_and_break_no_rule_of_the_console(address: str, path: str) -> None:
    source = FakeSource()
    water = Sight(NOW, unjudged=(Cause.PICTURE_MOVED, Cause.PICTURE_COVERED), noticed=(Cause.PICTURE_FROZEN,))
    source.view = town(
        status(sight=water),
        *(status(State.DOWN, Cause.TCP_TIMEOUT, watched(f"d{nth}", name=LONG)) for nth in range(3)),
    )
    async with console(source) as monitor, chromium(address) as tab:
        await tab.open(f"{monitor}{path}?lang=zh")
        for width in (400, 1200):
            await tab.width(width)
            assert await tab.value("document.documentElement.scrollWidth") <= width
        assert await tab.value("getComputedStyle(document.body).marginTop") == "32px"
        assert [entry for entry in tab.events("Log.entryAdded") if entry["entry"]["source"] == "security"] == []
        assert {event["request"]["url"].removeprefix(monitor) for event in tab.events("Network.requestWillBeSent")} == {
            f"{path}?lang=zh",
            "/console.css",
        }

"""The page at ``/findings``: what was found about devices over ONVIF, camera by camera, with the numbers behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from html import escape

from monitor.language import Language, Phrase
from monitor.metrics import TownView
from monitor.model import Camera, DeviceStatus, OpenFinding
from monitor.wording import FINDINGS, finding_numbers

TITLE = Phrase("设备核查", "Findings about devices")
NOTHING = Phrase("没有发现异常", "Nothing was found")
COUNT = Phrase("发现（{count} 项）", "Findings ({count})")
ASKED = Phrase(
    "通过 ONVIF 核查的摄像机 {count} 台，本次运行中已应答 {answered} 台；发现不影响在线率",
    "{count} cameras asked over ONVIF, {answered} have answered since the start; no rate depends on what is found",
)
HEADS = (
    Phrase("编号", "id"),
    Phrase("摄像机", "camera"),
    Phrase("村", "village"),
    Phrase("发现", "finding"),
    Phrase("依据", "numbers"),
    Phrase("开始", "since"),
    Phrase("设备", "device"),
)
BACK = Phrase("返回", "back")
OTHER = Phrase("English", "中文")
UTC_NOTE = Phrase("时间均为 UTC", "all times are UTC")


def finding_page(town: TownView, language: Language) -> str:
    """The whole page; every value is escaped."""
    other = Language.EN if language is Language.ZH else Language.ZH
    rows = list(_rows(town, language))
    asked = ASKED[language].format(count=len(town.devices), answered=sum(device.answered for device in town.devices))
    heads = "".join(f"<th>{escape(head[language])}</th>" for head in HEADS)
    table = ["<table>", f"<tr>{heads}</tr>", *rows, "</table>"]
    return "\n".join(
        [
            f'<!doctype html>\n<html lang="{"zh-CN" if language is Language.ZH else "en"}">',
            '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">',
            f"<title>{escape(TITLE[language])}</title>",
            '<link rel="stylesheet" href="/console.css">\n<main class="wide">',
            f"<h1>{escape(TITLE[language])}</h1>",
            f"<p>{escape(asked)}</p>",
            f"<h2>{escape(COUNT[language].format(count=len(rows)))}</h2>",
            *(table if rows else [f"<p>{escape(NOTHING[language])}</p>"]),
            f"<p>{escape(UTC_NOTE[language])}</p>",
            f'<p><a href="/?lang={language.value}">{escape(BACK[language])}</a>',
            f'<a href="/findings?lang={other.value}" lang="{other.value}">{escape(OTHER[language])}</a></p>',
            "</main>\n</html>\n",
        ]
    )


def _rows(town: TownView, language: Language) -> Iterator[str]:
    cameras = {status.camera.id: status.camera for status in town.statuses}
    for device in town.devices:
        for found in device.findings:
            if device.camera_id in cameras:
                cells = _cells(cameras[device.camera_id], device, found, language)
                yield f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _cells(camera: Camera, device: DeviceStatus, found: OpenFinding, language: Language) -> Iterator[str]:
    plate = device.identity
    yield camera.id
    yield camera.name
    yield camera.site.village
    yield FINDINGS[found.finding.kind][language]
    yield finding_numbers(found.finding, language)
    yield _time(found.since_at)
    yield "" if plate is None else " ".join(filter(None, (plate.maker, plate.model, plate.firmware, plate.serial)))


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"

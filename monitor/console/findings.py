"""The page at ``/findings``: what was found about devices over ONVIF, and who did not answer; camera by camera."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from operator import attrgetter
from zoneinfo import ZoneInfo

from monitor.console.cells import BACK, framed, heading, local, named, zone_note
from monitor.language import Count, Language, Phrase
from monitor.metrics import TownView
from monitor.model import Camera, Cause, DeviceStatus, OpenFinding
from monitor.wording import CAUSES, CSV_NO, CSV_YES, FINDINGS, finding_numbers

TITLE = Phrase("设备核查", "Findings about devices")
NOTHING = Phrase("没有发现异常", "Nothing was found")
NO_ADDRESS = Phrase(
    "清单中没有一台摄像机填写 ONVIF 地址（onvif 列），因此没有核查任何设备：sharp-eyes discover 可查找并补全",
    "No camera of the inventory has an ONVIF address (column onvif), so no device is asked: "
    "sharp-eyes discover finds and proposes them",
)
NOT_YET = Phrase(
    "本次运行中尚无设备被问及：{count} 台摄像机填有 ONVIF 地址，首轮核查即将开始",
    "No device has been asked since the start: {count} {count:camera has|cameras have} an ONVIF address, "
    "the first round is about to begin",
)
SILENT = Phrase("被问及的设备均未应答，因此没有任何结论", "No device that was asked has answered, so nothing is known")
COUNT = Phrase("发现（{count} 项）", "Findings ({count})")
ASKED = Phrase(
    "填有 ONVIF 地址的摄像机 {count} 台，本次运行中已问及 {asked} 台，应答 {answered} 台；发现不影响在线率",
    "{count} {count:camera has|cameras have} an ONVIF address; since the start {asked} {asked:was|were} asked and "
    "{answered} answered; no rate depends on what is found",
)
HEADS = (
    Phrase("摄像机", "camera"),
    Phrase("部位", "site"),
    Phrase("村", "village"),
    Phrase("发现", "finding"),
    Phrase("依据", "numbers"),
    Phrase("开始", "since"),
    Phrase("设备", "device"),
)
FAILED = Phrase("没有应答或未答完（{count} 台）", "No answer, or not to the end ({count})")
FAILED_HEADS = (
    *HEADS[:3],
    Phrase("应答", "answered"),
    Phrase("原因", "cause"),
    Phrase("详情", "detail"),
    Phrase("问及时间", "asked at"),
)


def finding_page(town: TownView, language: Language) -> str:
    """The whole page; every value is escaped."""
    rows, failed = list(_rows(town, language)), list(_failed(town, language))
    parts = [
        f"<p>{escape(_asked(town, language))}</p>",
        f"<h2>{escape(COUNT[language].format(count=len(rows)))}</h2>",
        *(_table(HEADS, rows, language) if rows else [f"<p>{escape(_why_none(town, language))}</p>"]),
        *_failed_part(failed, language),
        f"<p>{escape(zone_note(town.terms.zone, language))}</p>",
    ]
    return framed(TITLE, "/findings", parts, language, [("/", BACK)])


def _table(heads: Sequence[Phrase], rows: Sequence[str], language: Language) -> list[str]:
    return ["<table>", heading(heads, language), *rows, "</table>"]


def _failed_part(rows: Sequence[str], language: Language) -> list[str]:
    """Nothing where every round came through."""
    if not rows:
        return []
    return [f"<h2>{escape(FAILED[language].format(count=len(rows)))}</h2>", *_table(FAILED_HEADS, rows, language)]


def _asked(town: TownView, language: Language) -> str:
    return ASKED[language].format(
        count=_with_address(town),
        asked=Count(sum(device.asked_at is not None for device in town.devices)),
        answered=sum(device.answered for device in town.devices),
    )


def _with_address(town: TownView) -> Count:
    return Count(sum(bool(status.camera.onvif) for status in town.statuses))


def _why_none(town: TownView, language: Language) -> str:
    """That nothing was found is only said where somebody was asked and answered."""
    if any(device.answered for device in town.devices):
        return NOTHING[language]
    if any(device.asked_at is not None for device in town.devices):
        return SILENT[language]
    if count := _with_address(town):
        return NOT_YET[language].format(count=count)
    return NO_ADDRESS[language]


def _rows(town: TownView, language: Language) -> Iterator[str]:
    cameras = {status.camera.id: status.camera for status in town.statuses}
    for device in town.devices:
        for found in device.findings:
            if device.camera_id in cameras:
                yield _row(_cells(cameras[device.camera_id], device, found, town.terms.zone, language))


def _failed(town: TownView, language: Language) -> Iterator[str]:
    """A row for each camera whose device's last round ended early; those of silent devices first."""
    cameras = {status.camera.id: status.camera for status in town.statuses}
    failed = [device for device in town.devices if device.cause is not Cause.OK and device.camera_id in cameras]
    for device in sorted(failed, key=attrgetter("answered")):
        yield _row(_failed_cells(cameras[device.camera_id], device, town.terms.zone, language))


def _row(cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _cells(
    camera: Camera, device: DeviceStatus, found: OpenFinding, zone: ZoneInfo, language: Language
) -> Iterator[str]:
    """Escaped."""
    yield from _place(camera)
    plate = device.identity
    yield escape(FINDINGS[found.finding.kind][language])
    yield escape(finding_numbers(found.finding, language))
    yield escape(local(found.since_at, zone))
    told = () if plate is None else (plate.maker, plate.model, plate.firmware, plate.serial)
    yield escape(" ".join(filter(None, told)))


def _failed_cells(camera: Camera, device: DeviceStatus, zone: ZoneInfo, language: Language) -> Iterator[str]:
    """Escaped."""
    yield from _place(camera)
    yield escape((CSV_YES if device.answered else CSV_NO)[language])
    yield escape(CAUSES[device.cause][language])
    yield escape(device.detail)
    yield "" if device.asked_at is None else escape(local(device.asked_at, zone))


def _place(camera: Camera) -> Iterator[str]:
    yield named(camera.name, camera.id)
    yield escape(camera.site.name)
    yield escape(camera.site.village)

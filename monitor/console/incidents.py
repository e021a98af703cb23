"""The page at ``/incidents``: what is open, what is presumed and why, how long a repair may take, what is blind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from html import escape
from zoneinfo import ZoneInfo

from monitor.console.cells import local, named, zone_note
from monitor.incidents import BlindSpot
from monitor.language import Count, Language, Phrase
from monitor.metrics import IncidentFigures, RepairClock, TownView
from monitor.model import MICROSECOND
from monitor.wording import CATEGORIES, ORIGINS, clue_text

TITLE = Phrase("事件与盲区", "Incidents and blind spots")
NOTHING = Phrase("当前没有未结束的事件", "Nothing is open")
NO_BLIND_SPOT = Phrase("当前没有盲区", "No site is blind")
INCIDENTS = Phrase("未结束的事件（{count}）", "Open incidents ({count})")
BLIND_SPOTS = Phrase("盲区（{count} 处）", "Blind spots ({count})")
HEADS = (
    Phrase("推定起因", "presumed origin"),
    Phrase("把握", "confidence"),
    Phrase("依据", "evidence"),
    Phrase("开始", "since"),
    Phrase("影响", "cameras"),
    Phrase("修复时限", "repair limit"),
    Phrase("编号", "id"),
)
SPOT_HEADS = (Phrase("部位", "site"), Phrase("类别", "kind"), Phrase("村", "village"), Phrase("开始", "since"))
FORMING = Phrase("尚在汇总", "still forming")
REPEAT = Phrase("七日内重复", "again within a week")
SPLIT = Phrase("由 {id} 分出", "split from {id}")
CAMERAS = Phrase("{now} 台（累计 {total} 台）", "{now} now, {total} in all")
LEFT = Phrase("剩余 {left}（时限 {limit}）", "{left} left of {limit}")
NEAR = Phrase("即将超时：剩余 {left}（时限 {limit}）", "soon late: {left} left of {limit}")
LATE = Phrase("已超时：{count} 台（时限 {limit}）", "late: {count} {count:camera|cameras} (limit {limit})")
MAJOR = Phrase("重大故障", "major fault")
NO_LIMIT = Phrase("合同未约定", "none agreed")
MORE = Phrase("……另有 {count} 台", "... and {count} more")
MESSAGES = Phrase("已发通知", "messages sent")
BACK = Phrase("返回", "back")
OTHER = Phrase("English", "中文")
SHOWN = 5  # cameras named in a row


def incident_page(town: TownView, language: Language) -> str:
    """The whole page; every value is escaped."""
    other = Language.EN if language is Language.ZH else Language.ZH
    zone, names = town.terms.zone, {status.camera.id: status.camera.name for status in town.statuses}
    rows = [_row(shown, names, zone, language) for shown in town.incidents]
    spots = [_spot(spot, zone, language) for spot in town.blind_spots]
    return "\n".join(
        [
            f'<!doctype html>\n<html lang="{"zh-CN" if language is Language.ZH else "en"}">',
            '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">',
            f"<title>{escape(TITLE[language])}</title>",
            '<link rel="stylesheet" href="/console.css">\n<main class="wide">',
            f"<h1>{escape(TITLE[language])}</h1>",
            f"<h2>{escape(INCIDENTS[language].format(count=len(rows)))}</h2>",
            _table([head[language] for head in HEADS], rows) if rows else f"<p>{escape(NOTHING[language])}</p>",
            f"<h2>{escape(BLIND_SPOTS[language].format(count=len(spots)))}</h2>",
            _table([head[language] for head in SPOT_HEADS], spots)
            if spots
            else f"<p>{escape(NO_BLIND_SPOT[language])}</p>",
            f"<p>{escape(zone_note(zone, language))}</p>",
            f'<p><a href="/?lang={language.value}">{escape(BACK[language])}</a>',
            f'<a href="/notifications?lang={language.value}">{escape(MESSAGES[language])}</a>',
            f'<a href="/incidents?lang={other.value}" lang="{other.value}">{escape(OTHER[language])}</a></p>',
            "</main>\n</html>\n",
        ]
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["<table>", "<tr>" + "".join(f"<th>{escape(head)}</th>" for head in heads) + "</tr>"]
    lines += ["<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>" for cells in rows]
    return "\n".join([*lines, "</table>"])


def _row(shown: IncidentFigures, names: Mapping[str, str], zone: ZoneInfo, language: Language) -> list[str]:
    """The cells, escaped; ``names`` are the cameras' by id."""
    incident = shown.incident
    marks = [
        *([] if incident.settled else [FORMING[language]]),
        *([REPEAT[language]] if incident.repeat else []),
        *([SPLIT[language].format(id=incident.split_from)] if incident.split_from else []),
    ]
    cameras = [named(names.get(each, ""), each) for each in incident.camera_ids[:SHOWN]]
    if len(incident.camera_ids) > SHOWN:
        cameras.append(escape(MORE[language].format(count=len(incident.camera_ids) - SHOWN)))
    count = CAMERAS[language].format(now=len(incident.camera_ids), total=incident.cameras)
    return [
        _lines([f"{ORIGINS[incident.suspect.origin][language]} {shown.name}".strip(), shown.village, *marks]),
        f"{int(incident.confidence * 100)} %",
        _lines(clue_text(evidence, language) for evidence in incident.evidence),
        escape(local(incident.since_at, zone)),
        "<br>".join([escape(count), *cameras]),
        _repair(shown.clock, language),
        f"<small>{escape(incident.id)}</small>",
    ]


def _repair(clock: RepairClock | None, language: Language) -> str:
    if clock is None:
        return escape(NO_LIMIT[language])
    limit = _length(clock.limit_us)
    left = _length(max(0, clock.limit_us - clock.ran_us))
    major = [MAJOR[language]] if clock.major else []
    if clock.late_cameras:
        text = LATE[language].format(count=Count(clock.late_cameras), limit=limit)
        return f'<span class="late">{_lines([text, *major])}</span>'
    phrase = NEAR if clock.near else LEFT
    return _lines([phrase[language].format(left=left, limit=limit), *major])


def _spot(spot: BlindSpot, zone: ZoneInfo, language: Language) -> list[str]:
    site = spot.site
    since = escape(local(spot.since_at, zone))
    return [escape(site.name), escape(CATEGORIES[site.category][language]), escape(site.village), since]


def _lines(texts: Iterable[str]) -> str:
    return "<br>".join(escape(text) for text in texts if text)


def _length(us: int) -> str:
    """Hours and minutes, cut."""
    minutes = us * MICROSECOND // timedelta(minutes=1)
    return f"{minutes // 60}:{minutes % 60:02}"

"""The page at ``/incidents``: what is open, what is presumed and why, how long a repair may take, what is blind.

Below it what ended lately, and what the probe addresses answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from html import escape
from zoneinfo import ZoneInfo

from monitor.console.cells import BACK, framed, heading, local, named, zone_note
from monitor.incidents import BlindSpot, Origin
from monitor.language import Count, Language, Phrase
from monitor.metrics import Ended, IncidentFigures, PlaceFigures, RepairClock, TownView
from monitor.model import MICROSECOND, micros
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
ENDED = Phrase("{since} 以来已结束（{count}）", "Ended since {since} ({count})")
NONE_ENDED = Phrase("这段时间没有事件结束", "None has ended since")
ENDED_HEADS = (
    Phrase("推定起因", "presumed origin"),
    Phrase("依据", "evidence"),
    Phrase("开始", "since"),
    Phrase("结束", "until"),
    Phrase("历时", "lasted"),
    Phrase("影响", "cameras"),
    Phrase("编号", "id"),
)
IN_ALL = Phrase("共 {count} 台", "{count} in all")
FELL = Phrase("{count} 次离线", "went down {count} {count:time|times}")
LEFT_OUT = Phrase(
    "另有 {count} 个更早结束的未列出：见 /api/v1/incidents/ended，或用 ledger outages 按月查看",
    "{count} earlier {count:one is|ones are} not listed: see /api/v1/incidents/ended, or ledger outages",
)
PLACES = Phrase("探测地址（{count} 处，{silent} 处无应答）", "Probe addresses ({count}, {silent} silent)")
PLACE_HEADS = (Phrase("作为谁的依据", "evidence about"), Phrase("应答", "answer"), Phrase("自", "since"))
CANARY = Phrase("（canaries 第 {name} 项）", "(number {name} of canaries)")
ANSWERS = Phrase("有应答", "answers")
SILENT = Phrase("无应答", "silent")
NEVER = Phrase("从未应答，地址可能有误，不作为依据", "never answered: is the address right? It is no evidence")
NOT_KNOWN = Phrase("尚无结果或无法询问", "nothing known: not asked yet, or it cannot be asked")
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
SHOWN = 5  # cameras named in a row
MOST_PLACES = 100  # listed, those that do not answer first


def incident_page(town: TownView, ended: Ended, language: Language) -> str:
    """The whole page; every value is escaped."""
    zone, names = town.terms.zone, {status.camera.id: status.camera.name for status in town.statuses}
    rows = [_row(shown, names, zone, language) for shown in town.incidents]
    spots = [_spot(spot, zone, language) for spot in town.blind_spots]
    parts = [
        f"<h2>{escape(INCIDENTS[language].format(count=len(rows)))}</h2>",
        _table(HEADS, rows, language) if rows else f"<p>{escape(NOTHING[language])}</p>",
        f"<h2>{escape(BLIND_SPOTS[language].format(count=len(spots)))}</h2>",
        _table(SPOT_HEADS, spots, language) if spots else f"<p>{escape(NO_BLIND_SPOT[language])}</p>",
        *_past(ended, names, zone, language),
        *(_probed(town.places, zone, language) if town.places else ()),
        f"<p>{escape(zone_note(zone, language))}</p>",
    ]
    return framed(TITLE, "/incidents", parts, language, [("/", BACK), ("/notifications", MESSAGES)])


def _table(heads: Iterable[Phrase], rows: Iterable[Sequence[str]], language: Language) -> str:
    lines = ["<table>", heading(heads, language)]
    lines += ["<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>" for cells in rows]
    return "\n".join([*lines, "</table>"])


def _row(shown: IncidentFigures, names: Mapping[str, str], zone: ZoneInfo, language: Language) -> list[str]:
    """The cells, escaped; ``names`` are the cameras' by id."""
    incident = shown.incident
    cameras = _first(incident.camera_ids, names, language)
    count = CAMERAS[language].format(now=len(incident.camera_ids), total=incident.cameras)
    return [
        _accused(shown, language),
        f"{int(incident.confidence * 100)} %",
        _lines(clue_text(evidence, language) for evidence in incident.evidence),
        escape(local(incident.since_at, zone)),
        "<br>".join([escape(count), *cameras]),
        _repair(shown.clock, language),
        f"<small>{escape(incident.id)}</small>",
    ]


def _accused(shown: IncidentFigures, language: Language) -> str:
    """Who is presumed to be at fault, and what is odd about the incident; escaped."""
    incident = shown.incident
    marks = [
        *([] if incident.settled or incident.ended_at is not None else [FORMING[language]]),
        *([FELL[language].format(count=Count(incident.falls))] if incident.falls > 1 else []),
        *([REPEAT[language]] if incident.repeat else []),
        *([SPLIT[language].format(id=incident.split_from)] if incident.split_from else []),
    ]
    return _lines([f"{ORIGINS[incident.suspect.origin][language]} {shown.name}".strip(), shown.village, *marks])


def _first(camera_ids: Sequence[str], names: Mapping[str, str], language: Language) -> list[str]:
    """Some of the cameras, and how many more there are; escaped."""
    more = [escape(MORE[language].format(count=len(camera_ids) - SHOWN))] if len(camera_ids) > SHOWN else []
    return [*(named(names.get(each, ""), each) for each in camera_ids[:SHOWN]), *more]


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


def _past(ended: Ended, names: Mapping[str, str], zone: ZoneInfo, language: Language) -> list[str]:
    """What has ended."""
    count = len(ended.incidents) + ended.left_out
    rows = [_past_row(shown, names, zone, language) for shown in ended.incidents]
    return [
        f"<h2>{escape(ENDED[language].format(since=local(ended.since_at, zone), count=count))}</h2>",
        _table(ENDED_HEADS, rows, language) if rows else f"<p>{escape(NONE_ENDED[language])}</p>",
        *([f"<p>{escape(LEFT_OUT[language].format(count=Count(ended.left_out)))}</p>"] if ended.left_out else []),
    ]


def _past_row(shown: IncidentFigures, names: Mapping[str, str], zone: ZoneInfo, language: Language) -> list[str]:
    incident = shown.incident
    assert incident.ended_at is not None
    return [
        _accused(shown, language),
        _lines(clue_text(evidence, language) for evidence in incident.evidence),
        escape(local(incident.since_at, zone)),
        escape(local(incident.ended_at, zone)),
        _length(micros(incident.ended_at) - micros(incident.since_at)),
        "<br>".join(
            [escape(IN_ALL[language].format(count=incident.cameras)), *_first(incident.affected_ids, names, language)]
        ),
        f"<small>{escape(incident.id)}</small>",
    ]


def _probed(places: Sequence[PlaceFigures], zone: ZoneInfo, language: Language) -> list[str]:
    """What the probe addresses answer, those first that do not."""
    silent = sum(place.reachable is False for place in places)
    listed = sorted(places, key=lambda place: (place.reachable is not False, place.reachable is True))[:MOST_PLACES]
    rows = [
        [
            escape(f"{ORIGINS[place.origin][language]} {_place_name(place, language)}"),
            escape(_answer(place)[language]),
            "" if place.since_at is None else escape(local(place.since_at, zone)),
        ]
        for place in listed
    ]
    return [
        f"<h2>{escape(PLACES[language].format(count=len(places), silent=silent))}</h2>",
        _table(PLACE_HEADS, rows, language),
    ]


def _place_name(place: PlaceFigures, language: Language) -> str:
    return CANARY[language].format(name=place.name) if place.origin is Origin.MONITOR else place.name


def _answer(place: PlaceFigures) -> Phrase:
    match place.reachable:
        case None:
            return NOT_KNOWN
        case False:
            return SILENT if place.ever else NEVER
        case True:
            return ANSWERS


def _lines(texts: Iterable[str]) -> str:
    return "<br>".join(escape(text) for text in texts if text)


def _length(us: int) -> str:
    """Hours and minutes, cut; of less than a minute the seconds too."""
    minutes, rest = divmod(us * MICROSECOND, timedelta(minutes=1))
    text = f"{minutes // 60}:{minutes % 60:02}"
    return text if minutes else f"{text}:{rest // timedelta(seconds=1):02}"

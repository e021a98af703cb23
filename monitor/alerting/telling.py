"""What is said of an incident, in both languages: one place, so that every way in says the same. Pure.

Written for somebody who is woken up by it: first how bad and what, then where and how many, then what to do by when.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.alerting.alertmanager import MANY_DOWN, VILLAGE_DOWN, Alert
from monitor.alerting.values import Facts, Left, RepairClock, Severity, Stage, Storm, Told
from monitor.incidents import Incident, Origin
from monitor.language import Count, Language, Phrase
from monitor.model import MICROSECOND, Camera
from monitor.wording import CAUSES, CLUES, clue_text

SHOWN = 10  # cameras named
SITES = 5  # blind sites named

OUTAGE = Phrase("故障", "DOWN")
# What stands at the head of news that are no outage: of an incident by its presumed origin, of an alert by its subject.
NO_OUTAGE = {
    Origin.CREDENTIALS: Phrase("未监测", "NOT WATCHED"),
    Origin.MONITOR: Phrase("监测端", "MONITOR"),
    Origin.INVENTORY: Phrase("待确认", "UNCONFIRMED"),
}
SUBJECTS = {
    "contract": Phrase("考核", "CONTRACT"),
    "site": Phrase("盲区", "BLIND SPOT"),
    "monitor": Phrase("监测端", "MONITOR"),
}
OUTAGE_ALERTS = {"SharpEyesIncident", MANY_DOWN, VILLAGE_DOWN, "SharpEyesCameraDown"}
ALERT = Phrase("告警", "ALERT")
MARKS = {
    Stage.WORSE: Phrase("扩大", "WORSE"),
    Stage.NEAR: Phrase("修复时限将到", "REPAIR LIMIT NEAR"),
    Stage.LATE: Phrase("已超修复时限", "REPAIR LIMIT PASSED"),
    Stage.REMINDER: Phrase("仍未恢复", "STILL OPEN"),
    Stage.RECOVERED: Phrase("已恢复", "RECOVERED"),
    Stage.PARTLY: Phrase("部分恢复", "PARTLY RECOVERED"),
    Stage.REFUTED: Phrase("推定不成立", "PRESUMED WRONGLY"),
    Stage.UNSEEN: Phrase("未能监测", "NOT WATCHED NOW"),
    Stage.TAKEN: Phrase("不再单列", "NO LONGER BY ITSELF"),
    Stage.LAPSED: Phrase("上月已结束", "MONTH ENDED"),
}
SEVERITIES = {Severity.CRITICAL: Phrase("严重", "critical"), Severity.WARNING: Phrase("一般", "warning")}
TITLED = Phrase("【{severity}·{mark}】{title}", "[{severity}, {mark}] {title}")
OVER = Phrase("【{mark}】{title}", "[{mark}] was: {title}")

TITLES = {
    Origin.CAMERA: Phrase("{place}：{name} 离线，原因：{cause}", "{place}: {name} is down: {cause}"),
    Origin.RECORDER: Phrase(
        "{place}：录像机 {name} 下 {count} 台摄像机离线",
        "{place}: {count} {count:camera|cameras} of recorder {name} {count:is|are} down",
    ),
    Origin.POWER_CABINET: Phrase(
        "{place}：配电箱 {name} 下 {count} 台摄像机离线，疑似停电",
        "{place}: {count} {count:camera|cameras} fed by cabinet {name} {count:is|are} down: power?",
    ),
    Origin.UPLINK: Phrase(
        "{place}：上联线路 {name} 中断，{count} 台摄像机离线",
        "{place}: uplink {name} is cut, {count} {count:camera is|cameras are} down",
    ),
    Origin.CARRIER_LINE: Phrase(
        "{place}：{name} 线路中断，{count} 台摄像机离线",
        "{place}: the line of {name} is cut, {count} {count:camera is|cameras are} down",
    ),
    Origin.CREDENTIALS: Phrase(
        "{place}：{count} 台摄像机拒绝账号 {name}（画面未监测）",
        "{place}: {count} {count:camera refuses|cameras refuse} the account {name} (not watched)",
    ),
    Origin.MONITOR: Phrase(
        "监测端自身故障：{count} 台摄像机无人监测",
        "the monitor itself is in trouble: {count} {count:camera is|cameras are} not watched",
    ),
    Origin.INVENTORY: Phrase(
        "{place}：{count} 台摄像机移出清单，尚未确认",
        "{place}: {count} {count:camera|cameras} left the inventory and nobody has confirmed it",
    ),
}
SEVERAL_VILLAGES = Phrase("{first}等 {count} 个村", "{first} and others, {count} villages")
NOWHERE = Phrase("全镇", "the town")
SINCE = Phrase("开始：{at}（已持续 {lasted}）", "since: {at} (for {lasted})")
CAMERAS = Phrase("摄像机：{names}", "cameras: {names}")
MORE = Phrase("{names}……另有 {count} 台", "{names} ... and {count} more")
COMMA = Phrase("、", ", ")
BLIND = Phrase("盲区 {count} 处：{names}", "blind spots, {count}: {names}")
EVIDENCE = Phrase("依据：{clues}（把握 {percent} %）", "evidence: {clues} (confidence {percent} %)")
SEMICOLON = Phrase("；", "; ")
FIRST_CAUSE = Phrase("最先的原因：{cause}", "first cause: {cause}")
LEFT = Phrase("修复：{limit} 小时内，还剩 {left}", "repair within {limit} h, {left} left")
LATE = Phrase(
    "修复：已有 {count} 台超过 {limit} 小时时限",
    "repair: {count} {count:camera is past its|cameras are past their} limit of {limit} h",
)
MAJOR = Phrase("（重大故障）", " (major fault)")
AGAIN = Phrase("第 {count} 次离线，线路时断时续", "down for the {count:th} time: it comes and goes")
REPEAT = Phrase("七日内同一处再次故障", "the same thing failed within the last seven days")
SPLIT = Phrase("由事件 {id} 分出：其余已恢复，这些没有", "split from {id}: the others came back, these did not")
HOURS = Phrase("{hours} 小时", "{hours} h")
MINUTES = Phrase("{minutes} 分", "{minutes} min")
BOTH = Phrase("{hours} 小时 {minutes} 分", "{hours} h {minutes} min")
LASTED = Phrase("{since} 至 {until}，历时 {lasted}", "{since} to {until}, {lasted}")
LEFT_DOWN = Phrase("{title}；现有 {count} 台离线", "{title}; {count} down now")
LEFT_UNSEEN = Phrase("{title}；现有 {count} 台未能监测", "{title}; {count} not watched now")
LEFT_GONE = Phrase("{title}；清单中已无其摄像机", "{title}; the inventory has no camera of it any more")
UNTRIED = Phrase("这些摄像机现在是否接受账号，尚不清楚", "whether these take the account now, nobody knows")
IN_ALL = Phrase("累计影响 {count} 台", "{count} {count:camera|cameras} in all")
FALLS = Phrase("期间离线 {count} 次", "went down {count} {count:time|times}")
TAKEN = Phrase(
    "不再单独成为事件，或已并入范围更大的事件", "no incident of its own any more, or part of a wider one by now"
)
STORM = Phrase(
    "现有 {count} 台摄像机同时离线，不能归到同一线路或录像机。先问供电和运营商",
    "{count} {count:camera is|cameras are} down now and no line or recorder explains it. Ask power and carriers first",
)
AT_MOST = Phrase("最多时 {count} 台同时离线", "{count} {count:camera was|cameras were} down at most")
SITE_LEFT = Phrase(
    "已有画面，但仍有 {count} 台摄像机离线",
    "it is shown again, and {count} {count:camera|cameras} there {count:is|are} down",
)
FIRST = Phrase("原先告知：{line}", "it said: {line}")
LAPSED = Phrase(
    "并未恢复：新的月份重新计算，上月结果以月报为准",
    "nothing has recovered: a new month is counted from its beginning, and the last one's result stands in its report",
)
WHERE = Phrase("涉及：{names}", "in: {names}")
MORE_VILLAGES = Phrase("{names}等 {count} 个村", "{names} and others, {count} villages")
NUMBER = Phrase("事件 {id}", "incident {id}")


def titled(stage: Stage, severity: Severity, title: Phrase, opening: Phrase = OUTAGE) -> Phrase:
    """The title with its stage in front; what has just begun is called by what it is."""
    whole = OVER if stage.over else TITLED
    return _both(whole, mark=MARKS.get(stage, opening), severity=SEVERITIES[severity], title=title)


def incident_opening(incident: Incident) -> Phrase:
    """What an incident is."""
    return NO_OUTAGE.get(incident.suspect.origin, OUTAGE)


def alert_opening(alert: Alert) -> Phrase:
    """What an alert is: cameras that are down, the contract, a blind spot, the monitor, or merely an alert."""
    return OUTAGE if alert.name in OUTAGE_ALERTS else SUBJECTS.get(alert.about, ALERT)


def incident_title(facts: Facts) -> Phrase:
    """What has happened, in one line."""
    figures = facts.figures
    incident = figures.incident
    return _both(
        TITLES[incident.suspect.origin],
        place=_place(facts),
        name=figures.name,
        count=len(incident.camera_ids),
        cause=CAUSES[incident.cause],
    )


def incident_lines(facts: Facts, now: datetime, zone: ZoneInfo) -> tuple[Phrase, ...]:
    """All else, the most useful first: what is cut off at the end is missed least."""
    figures = facts.figures
    incident, clock = figures.incident, figures.clock
    one = incident.suspect.origin is Origin.CAMERA
    lines = [_both(SINCE, at=local(incident.since_at, zone), lasted=length(now - incident.since_at))]
    if clock is not None:
        lines.append(_repair(clock))
    if facts.blind:
        names = [site.name for site in facts.blind[:SITES]]
        lines.append(_both(BLIND, count=len(facts.blind), names=_joined(COMMA, (Phrase(name, name) for name in names))))
    if not one:
        lines.append(_cameras(facts.cameras))
        lines.append(_both(FIRST_CAUSE, cause=CAUSES[incident.cause]))
    lines.append(_evidence(incident))
    if incident.falls > 1:
        lines.append(_both(AGAIN, count=incident.falls))
    if incident.repeat:
        lines.append(REPEAT)
    if incident.split_from:
        lines.append(_both(SPLIT, id=incident.split_from))
    lines.append(_both(NUMBER, id=incident.id))
    return tuple(lines)


def over_title(told: Told, left: Left) -> Phrase:
    """What it was called, and what it leaves: of many ends in one message only the title is shown."""
    title = told.title
    if left.gone:
        return _both(LEFT_GONE, title=title)
    if left.down:
        title = _both(LEFT_DOWN, title=title, count=left.down)
    if left.unseen:
        title = _both(LEFT_UNSEEN, title=title, count=left.unseen)
    return title


def over_lines(
    told: Told, ended: Incident | None, left: Left, ended_at: datetime, zone: ZoneInfo
) -> tuple[Phrase, ...]:
    """What is said once it is over; ``ended`` is None where nothing more is known than that."""
    lasted = length(ended_at - told.since_at)
    # First of all what it was about: of many ends in one message only this line is shown.
    lines = [_both(FIRST, line=told.line)] if told.line is not None and not told.area else []
    lines.append(_both(LASTED, since=local(told.since_at, zone), until=local(ended_at, zone), lasted=lasted))
    if ended is not None:
        lines.append(_both(IN_ALL, count=max(ended.cameras, told.cameras)))
        if ended.falls > 1:
            lines.append(_both(FALLS, count=ended.falls))
        if ended.suspect.origin is Origin.CREDENTIALS and (left.down or left.unseen):
            lines.append(UNTRIED)
    elif told.incident:
        lines.append(TAKEN)
    if told.incident:
        lines.append(_both(NUMBER, id=told.subject))
    return tuple(lines)


def storm_over_lines(told: Told, left: Left, lines: tuple[Phrase, ...]) -> tuple[Phrase, ...]:
    """What is said once a storm is over, first how far it reached."""
    return _both(AT_MOST, count=max(told.cameras, left.down)), *lines


def site_over_lines(left: Left, lines: tuple[Phrase, ...]) -> tuple[Phrase, ...]:
    """What is said once a site is shown again: first which one, then that others of its cameras are not back."""
    return (*lines[:1], _both(SITE_LEFT, count=left.down), *lines[1:]) if left.down else lines


def first_line(lines: tuple[Phrase, ...]) -> Phrase | None:
    """The first of them, which says where."""
    return Phrase(*(text.partition("\n")[0] for text in (lines[0].zh, lines[0].en))) if lines else None


def alert_title(alert: Alert) -> Phrase:
    """An alert of the rules: its summary."""
    return alert.summary


def storm_lines(storm: Storm) -> tuple[Phrase, ...]:
    """How far a storm reaches by the record, in place of the figures its alert began with."""
    names = _joined(COMMA, (Phrase(village, village) for village in storm.villages[:SHOWN]))
    if len(storm.villages) > SHOWN:
        names = _both(MORE_VILLAGES, names=names, count=len(storm.villages))
    return _both(STORM, count=storm.cameras), _both(WHERE, names=names)


def local(at: datetime, zone: ZoneInfo) -> str:
    """``11-26 03:14``, in the contract's zone."""
    return f"{at.astimezone(zone):%m-%d %H:%M}"


def length(lasted: timedelta) -> Phrase:
    """``1 小时 10 分``: hours and minutes, cut; what is none of them is left out."""
    hours, minutes = divmod(max(timedelta(0), lasted) // timedelta(minutes=1), 60)
    if not hours:
        return _both(MINUTES, minutes=minutes)
    return _both(BOTH if minutes else HOURS, hours=hours, minutes=minutes)


def _place(facts: Facts) -> Phrase:
    villages = facts.villages
    if len(villages) > 1:
        return _both(SEVERAL_VILLAGES, first=villages[0], count=len(villages))
    name = facts.figures.village or (villages[0] if villages else "") or facts.figures.town
    return Phrase(name, name) if name else NOWHERE


def _cameras(cameras: tuple[Camera, ...]) -> Phrase:
    names = _joined(COMMA, (Phrase(camera.name, camera.name) for camera in cameras[:SHOWN]))
    if len(cameras) > SHOWN:
        names = _both(MORE, names=names, count=len(cameras) - SHOWN)
    return _both(CAMERAS, names=names)


def _evidence(incident: Incident) -> Phrase:
    clues = [
        Phrase(clue_text(each, Language.ZH), clue_text(each, Language.EN))
        for each in incident.evidence
        if each.clue in CLUES
    ]
    return _both(EVIDENCE, clues=_joined(SEMICOLON, clues), percent=int(incident.confidence * 100))


def _repair(clock: RepairClock) -> Phrase:
    limit = f"{clock.limit_us * MICROSECOND / timedelta(hours=1):g}"
    if clock.late_cameras:
        said = _both(LATE, count=clock.late_cameras, limit=limit)
    else:
        said = _both(LEFT, limit=limit, left=length((clock.limit_us - clock.ran_us) * MICROSECOND))
    return Phrase(said.zh + MAJOR.zh, said.en + MAJOR.en) if clock.major else said


def _joined(between: Phrase, parts: Iterable[Phrase]) -> Phrase:
    every = list(parts)
    return Phrase(between.zh.join(part.zh for part in every), between.en.join(part.en for part in every))


def _both(phrase: Phrase, **values: object) -> Phrase:
    """The phrase filled in; a value that is a phrase goes in by language, a number counts."""
    return Phrase(
        *(
            phrase[language].format(**{name: _value(value, language) for name, value in values.items()})
            for language in (Language.ZH, Language.EN)
        )
    )


def _value(value: object, language: Language) -> object:
    match value:
        case Phrase():
            return value[language]
        case int():
            return Count(value)
        case _:
            return value

"""Notices become messages: one for each incident, one for all where many are due at once, and none too long. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.alerting.roster import Shift, on_duty
from monitor.alerting.sizes import SHORT, cut, split
from monitor.alerting.telling import SEVERITIES
from monitor.alerting.values import Notice, Severity, Stage
from monitor.language import Count, Language, Phrase

TOP = 10  # incidents named in a message about many
MOST_PARTS = 5  # messages that one long text may become
PAGES = 3  # links below a message
OURS = re.compile(r"(SharpEyes[A-Za-z]{1,60})/")  # how the subject of an alert begins that has a page of what to do
RESERVED = 44  # bytes kept free for the number and for the mark of a repetition

MANY_OPEN = Phrase("【{severity}】{what}", "[{severity}] {what}")
MANY_OVER = Phrase("【已恢复】{what}", "[RECOVERED] {what}")
MANY_ENDED = Phrase("【已结束】{what}", "[ENDED] {what}")
MANY_LAPSED = Phrase("【上月已结束】{what}", "[MONTH ENDED] {what}")
INCIDENTS = Phrase("{count} 个事件", "{count} {count:incident|incidents}")
DOWN = Phrase("{count} 台摄像机离线", "{count} {count:camera|cameras} down")
ALERTS = Phrase("{count} 条告警", "{count} {count:alert|alerts}")
COMMA = Phrase("，", ", ")
COLON = Phrase("：", ": ")
ALSO_OVER = Phrase("，另有 {count} 个已恢复", ", and {count} recovered")
ALSO_ENDED = Phrase("，另有 {count} 个以其他方式结束", ", and {count} ended otherwise")
BRIEFLY = Phrase("（曾故障，现已恢复）", " (was down, is back)")
REST = Phrase("……另有 {count} 个，见控制台", "... and {count} more, see the console")
STANDING = Phrase("截至 {at} 离线：{count} 台摄像机", "down as of {at}: {count} {count:camera|cameras}")
DUTY = Phrase("值班：{names}", "on duty: {names}")
LINK = Phrase("详情：{link}", "details: {link}")


@dataclass(frozen=True, slots=True)
class Draft:
    """One message before it is sent."""

    title: str  # one line
    text: str  # begins with the title
    severity: Severity
    phones: tuple[str, ...] = ()  # whom to call in a group that reads it anyway
    readers: tuple[str, ...] = ()  # whom to write to where each is written to alone; empty: whom the channel names


@dataclass(frozen=True, slots=True)
class Manner:
    """How messages are written."""

    languages: tuple[Language, ...] = (Language.ZH,)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    link: str = ""  # the console as people reach it, without a stroke at the end; "" = no link
    roster: tuple[Shift, ...] = ()


def drafts(notices: Sequence[Notice], down: int | None, most_bytes: int, now: datetime, manner: Manner) -> list[Draft]:
    """The messages for these notices, in order. Each is at most ``most_bytes`` long, number and mark included.

    ``down``: how many cameras are down by the record ``now``, whoever was told of them; None: not known yet.
    """
    room = most_bytes - RESERVED
    plain = [notice for notice in notices if notice.stage is Stage.PLAIN]
    alive = [notice for notice in notices if notice.stage is Stage.ALIVE][-1:]  # an old sign of life is worth nothing
    told: dict[str, list[Notice]] = {}
    for notice in notices:
        if notice.stage not in (Stage.PLAIN, Stage.ALIVE):
            told.setdefault(notice.subject, []).append(notice)
    found = [_single(notice, room, now, manner) for notice in alive]
    if len(told) == 1:
        (only,) = told.values()
        found.append(_single(_whole(only), room, now, manner))
    elif told:
        found.append(_many([_whole(each) for each in told.values()], down, room, now, manner))
    for notice in plain:
        found += _parts(notice, room, manner)
    return found


def _whole(notices: Sequence[Notice]) -> Notice:
    """All that is due about one subject, as one: the latest says the most."""
    first, last = notices[0], notices[-1]
    if first.stage is Stage.OPENED and last.stage is Stage.RECOVERED:
        title = Phrase(last.title.zh + BRIEFLY.zh, last.title.en + BRIEFLY.en)
        return Notice(
            last.subject, last.stage, last.severity, last.at, title, last.lines, 0, last.villages, 0, last.incident
        )
    return last


def _single(notice: Notice, room: int, now: datetime, manner: Manner) -> Draft:
    duty = _duty([notice], now, manner)
    title = _title(notice.title, manner)
    text = "\n\n".join(_block(notice, duty, language, manner) for language in manner.languages)
    if len(text.encode()) > room:
        text = _cut_block(notice, duty, room, manner)
    return Draft(title, text, notice.severity, _phones([notice], duty), _readers(duty))


def _block(notice: Notice, duty: Sequence[Shift], language: Language, manner: Manner) -> str:
    lines = (line[language] for line in notice.lines)
    return "\n".join([notice.title[language], *lines, *_foot([notice], duty, language, manner)])


def _cut_block(notice: Notice, duty: Sequence[Shift], room: int, manner: Manner) -> str:
    """The first language alone; who is on duty and the link stay where that leaves half of the room, and it is much."""
    language = manner.languages[0]
    foot = "\n".join(["", *_foot([notice], duty, language, manner)])
    if room < SHORT or len(foot.encode()) > room // 2:
        foot = ""
    body = "\n".join([notice.title[language], *(line[language] for line in notice.lines)])
    return cut(body, room - len(foot.encode()), language) + foot


def _many(notices: Sequence[Notice], down: int | None, room: int, now: datetime, manner: Manner) -> Draft:
    ranked = sorted(notices, key=_rank)
    duty, title = _duty(ranked, now, manner), _headline(ranked)
    severity = min((notice.severity for notice in ranked), key=list(Severity).index)
    text = ""
    standing = None if down is None else _standing(down, now, manner)
    tops = [(top, standing) for top in range(min(TOP, len(ranked)), 0, -1)]
    for top, known in [*tops, (1, None)]:  # the last: rather no figure than half of one
        text = "\n\n".join(_list(title, ranked, top, known, duty, language, manner) for language in manner.languages)
        if len(text.encode()) <= room:
            break
    text = cut(text, room, manner.languages[0])
    return Draft(_title(title, manner), text, severity, _phones(ranked, duty), _readers(duty))


def _headline(notices: Sequence[Notice]) -> Phrase:
    open_ = [notice for notice in notices if not notice.stage.over]
    ends = Counter(notice.stage for notice in notices if notice.stage.over)
    recovered, otherwise = ends[Stage.RECOVERED], ends.total() - ends[Stage.RECOVERED]
    if not open_:
        whole = MANY_OVER if not otherwise else MANY_LAPSED if ends.keys() == {Stage.LAPSED} else MANY_ENDED
        return Phrase(*(whole[one].format(what=_counted(notices, one)) for one in (Language.ZH, Language.EN)))
    severity = SEVERITIES[min((notice.severity for notice in open_), key=list(Severity).index)]
    texts = []
    for language in (Language.ZH, Language.EN):
        text = MANY_OPEN[language].format(severity=severity[language], what=_counted(open_, language))
        text += ALSO_OVER[language].format(count=recovered) if recovered else ""
        texts.append(text + (ALSO_ENDED[language].format(count=otherwise) if otherwise else ""))
    return Phrase(*texts)


def _counted(notices: Sequence[Notice], language: Language) -> str:
    """How many incidents, how many cameras are down, and how many alerts that are no incident."""
    incidents = sum(notice.incident for notice in notices)
    alerts, down = len(notices) - incidents, sum(notice.down for notice in _once(notices))
    counts = [(INCIDENTS, incidents), (DOWN, down), (ALERTS, alerts)]
    return COMMA[language].join(phrase[language].format(count=Count(count)) for phrase, count in counts if count)


def _once(those: Sequence[Notice]) -> list[Notice]:
    """Of what is open: without the cameras alone that a storm counts."""
    storms = {each.area for each in those if not each.incident}
    return [each for each in those if not each.incident or each.area is None or each.area not in storms]


def _list(
    title: Phrase,
    ranked: Sequence[Notice],
    top: int,
    standing: Phrase | None,
    duty: Sequence[Shift],
    language: Language,
    manner: Manner,
) -> str:
    lines = [title[language]]
    lines += [f"{nth}. {_entry(notice, language)}" for nth, notice in enumerate(ranked[:top], 1)]
    if len(ranked) > top:
        lines.append(REST[language].format(count=len(ranked) - top))
    if standing is not None:
        lines.append(standing[language])
    return "\n".join([*lines, *_foot(ranked, duty, language, manner)])


def _standing(down: int, now: datetime, manner: Manner) -> Phrase:
    """How many cameras are down, and when that was so: a message may wait for hours until it is there."""
    at = f"{now.astimezone(manner.zone):%H:%M}"
    return Phrase(STANDING.zh.format(at=at, count=down), STANDING.en.format(at=at, count=Count(down)))


def _entry(notice: Notice, language: Language) -> str:
    """One line of a list. What an alert is about stands below its title, in the first line."""
    title = notice.title[language]
    if notice.incident or not notice.lines:
        return title
    return f"{title}{COLON[language]}{notice.lines[0][language].partition(chr(10))[0]}"


def _rank(notice: Notice) -> tuple[bool, int, int, str]:
    """The open ones first, then the critical ones, then those with the most cameras."""
    order = list(Severity).index(notice.severity)
    return notice.stage.over, order, -notice.cameras, notice.subject


def _duty(notices: Iterable[Notice], now: datetime, manner: Manner) -> tuple[Shift, ...]:
    villages = {village for notice in notices for village in notice.villages}
    return on_duty(manner.roster, villages, now, manner.zone)


def _phones(notices: Iterable[Notice], duty: Iterable[Shift]) -> tuple[str, ...]:
    """Nobody's telephone rings because something is well again."""
    if all(notice.stage.over or notice.stage is Stage.ALIVE for notice in notices):
        return ()
    return _readers(duty)


def _readers(duty: Iterable[Shift]) -> tuple[str, ...]:
    return tuple(shift.phone for shift in duty if shift.phone)


def _foot(notices: Iterable[Notice], duty: Sequence[Shift], language: Language, manner: Manner) -> list[str]:
    lines = []
    if duty:
        names = ", ".join(f"{shift.name} {shift.phone}".strip() for shift in duty)
        lines.append(DUTY[language].format(names=names))
    if manner.link:
        pages = list(dict.fromkeys(map(_page, notices)))
        lines += [LINK[language].format(link=f"{manner.link}{page}") for page in pages[:PAGES]]
    return lines


def _page(notice: Notice) -> str:
    """Of the console: the incidents or, of an alert of our rules without one, what to do about it."""
    ours = None if notice.incident else OURS.match(notice.subject)
    return f"/runbooks/{ours[1]}" if ours else "/incidents"


def _title(title: Phrase, manner: Manner) -> str:
    return " / ".join(dict.fromkeys(title[language] for language in manner.languages))


def _parts(notice: Notice, room: int, manner: Manner) -> list[Draft]:
    """A plain text, split between lines where it is too long for one message."""
    blocks = ["\n".join([notice.title[one], *(line[one] for line in notice.lines)]) for one in manner.languages]
    text = "\n\n".join(dict.fromkeys(blocks))
    title = _title(notice.title, manner)
    if room < SHORT:
        return [Draft(title, cut(text, room, manner.languages[0]), notice.severity)]
    parts = split(text, room - 12)  # for "(1/5) "
    if len(parts) > MOST_PARTS:
        last = cut("\n".join(parts[MOST_PARTS - 1 :]), room - 12, manner.languages[0])
        parts = [*parts[: MOST_PARTS - 1], last]
    if len(parts) == 1:
        return [Draft(title, parts[0], notice.severity)]
    return [Draft(title, f"({nth}/{len(parts)}) {part}", notice.severity) for nth, part in enumerate(parts, 1)]

"""Two reports in JSON, value by value: what differs, and where, in words people understand.

Things in lists are told apart by what they are (a camera, an outage, an exclusion) and not by their place: a list that
comes worst first changes its order with every figure in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import zip_longest
from types import MappingProxyType
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from monitor import wording
from monitor.calendar import DAY_US, FOREVER
from monitor.language import Language, Phrase
from monitor.render.json import Json
from monitor.render.layout import clean, clip
from monitor.render.phrases import exact_local, exact_seconds

WIDEST_VALUE: Final = 60  # terminal cells
RATIO: Final = frozenset({"numerator", "denominator", "percent"})


class Absent(Enum):
    """What one of the two does not have; ``None`` is a value of reports."""

    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Item:
    """Which thing of a list is meant."""

    name: str
    at: int | None = None  # an instant that belongs to its name


Place: TypeAlias = str | Item  # a field, or a thing in a list
Side: TypeAlias = "Json | Absent"
ORDER: Final = "(order)"


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that is not the same."""

    where: tuple[Place, ...]
    theirs: Side
    ours: Side


def differences(theirs: Side, ours: Side, where: tuple[Place, ...] = ()) -> Iterator[Difference]:
    """Every value in which the two differ; ``True`` is not 1 here, and a missing value is none at all."""
    match theirs, ours:
        case dict(), dict() if not (theirs.keys() == RATIO == ours.keys()):
            for name in sorted(theirs.keys() | ours.keys()):
                yield from differences(theirs.get(name, Absent.ABSENT), ours.get(name, Absent.ABSENT), (*where, name))
        case list(), list():
            yield from _of_lists(theirs, ours, where)
        case _:
            if not _same(theirs, ours):
                yield Difference(where, theirs, ours)


def _of_lists(theirs: list[Json], ours: list[Json], where: tuple[Place, ...]) -> Iterator[Difference]:
    named_theirs, named_ours = _by_name(theirs), _by_name(ours)
    if named_theirs is None or named_ours is None:
        for number, (left, right) in enumerate(zip_longest(theirs, ours, fillvalue=Absent.ABSENT), 1):
            yield from differences(left, right, (*where, Item(str(number))))
        return
    alike = True
    for item in named_ours | named_theirs:
        sides = named_theirs.get(item, Absent.ABSENT), named_ours.get(item, Absent.ABSENT)
        for difference in differences(*sides, (*where, item)):
            alike = False
            yield difference
    if alike and list(named_theirs) != list(named_ours):
        yield Difference((*where, ORDER), _listed(named_theirs), _listed(named_ours))


def _listed(items: Mapping[Item, Json]) -> str:
    return ", ".join(item.name for item in items)


def _by_name(things: Sequence[Json]) -> dict[Item, Json] | None:
    """The things by what they are; None where one has no name or two have the same."""
    named = {item: thing for thing in things if (item := _item(thing)) is not None}
    return named if len(named) == len(things) else None


def _item(thing: Any) -> Item | None:
    """What a thing of a list is called; the values are somebody's, so only texts and whole numbers make a name."""
    match thing:
        case (
            {"camera": {"id": str(name)}, "start": int(at)}
            | {"camera": {"id": str(name)}, "repair": {"start": int(at)}}
            | {"camera_id": str(name), "start": int(at)}
            | {"camera_id": str(name), "at": int(at)}
            | {"group": str(name), "span": {"start": int(at)}}
        ):
            return Item(name, at)
        case {"camera": {"id": str(name)}, "finding": {"kind": str(kind)}, "since_at": int(at)}:
            return Item(f"{name} {kind}", at)
        case {"kind": str(kind), "id": str(name), "us": int()}:
            return Item(f"{kind} {name}")
        case (
            {"camera": {"id": str(name)}}
            | {"exclusion": {"id": str(name)}}
            | {"maintenance": {"id": str(name)}}
            | {"item": {"id": str(name)}}
            | {"camera_id": str(name)}
            | {"basis": str(name)}
            | {"vantage": str(name)}
            | {"id": str(name)}
            | {"field": str(name)}
        ):
            return Item(name)
        case {"year": int(year), "month": int(month)}:
            return Item(f"{year}-{month:02}")
        case {"number": int(number)}:
            return Item(str(number))
        case _:
            return None


def _same(theirs: Side, ours: Side) -> bool:
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return theirs.keys() == ours.keys() and all(_same(theirs[name], ours[name]) for name in theirs)
    return type(theirs) is type(ours) and theirs == ours


# ---------------------------------------------------------------- in words

NOT_THERE = Phrase("（没有）", "(not there)")
LINE = Phrase("{where}：文件 {theirs}，本台账 {ours}", "{where}: the file says {theirs}, this record gives {ours}")
TIMES: Final = frozenset(
    {"at", "start", "end", "start_at", "end_at", "removed_at", "since_at", "until_at", "late_from", "crowd_from"}
)
LENGTHS: Final = frozenset({"up", "degraded", "down", "excluded", "unobserved", "us", "normal", "major", "over"})
COUNTS: Final = "looks"  # inspections are counted, not timed
FIELDS: Mapping[str, Phrase] = MappingProxyType(
    {
        ORDER: Phrase("顺序", "order"),
        # of the whole
        "bases": Phrase("口径", "basis"),
        "budget": Phrase("可离线额度", "error budget"),
        "cameras": Phrase("摄像机", "camera"),
        "carriers": wording.CARRIER,
        "categories": wording.CATEGORY,
        "changes": Phrase("清单变动", "change of the inventory"),
        "closings": Phrase("结账", "closing"),
        "contract_title": Phrase("合同名称", "title of the contract"),
        "corrections": Phrase("更正", "correction"),
        "elapsed": Phrase("已过时段", "elapsed time"),
        "exclusions": Phrase("免责", "exclusion"),
        "findings": Phrase("设备核查发现", "finding about a device"),
        "forecast": Phrase("月末预测", "forecast"),
        "heads": Phrase("链头", "head of a chain"),
        "intact_verdict": Phrase("完好率结论", "verdict of the intact rate"),
        "maintenance": Phrase("计划维护", "planned work"),
        "office": Phrase("综治办", "office"),
        "outages": Phrase("离线记录", "outage"),
        "outside_contract": Phrase("不纳入考核", "outside the contract"),
        "period": Phrase("考核时段", "period"),
        "recorders": Phrase("录像机", "recorder"),
        "settlement": Phrase("结算", "settlement"),
        "simulated": Phrase("模拟数据", "simulated record"),
        "sites": Phrase("部位", "site"),
        "terms": Phrase("合同条款", "terms"),
        "timelines": Phrase("逐日情况", "day by day"),
        "total": Phrase("合计", "total"),
        "town": Phrase("乡镇", "town"),
        "trend": Phrase("近十二个月", "trend"),
        "vendor": Phrase("维护单位", "vendor"),
        "verdict": Phrase("结论", "verdict"),
        "villages": wording.VILLAGE,
        "void": Phrase("不计的操作", "act that does not count"),
        # figures
        "allowed_us": Phrase("允许离线", "allowed"),
        "amount": Phrase("扣款", "deducted"),
        "below_target": Phrase("低于目标", "below the target"),
        "best": Phrase("最好情形", "best case"),
        "budget_left_us": Phrase("剩余额度", "budget left"),
        "causes": wording.REASON,
        "counted": wording.COUNTED_TIME,
        "coverage": wording.COVERAGE,
        "cuts": Phrase("未计入", "cut"),
        "days": Phrase("逐日", "days"),
        "declared": Phrase("申报", "declaration"),
        "deduction": Phrase("扣款", "deduction"),
        "degraded": wording.DEGRADED_TIME,
        "down": wording.DOWN_TIME,
        "end": wording.END,
        "end_at": wording.END,
        "excluded": wording.EXCLUDED_TIME,
        "excluded_us": wording.EXCLUDED_DURATION,
        "figures": Phrase("数字摘要", "digest of the figures"),
        "good": Phrase("在线", "online"),
        "intact": wording.INTACT,
        "landing": Phrase("预计月末", "landing"),
        "late": Phrase("超时修复", "late repair"),
        "lines": Phrase("评分项目", "line"),
        "looks": Phrase("抽查", "inspections"),
        "lost": Phrase("扣分", "points lost"),
        "major": Phrase("重大故障", "major"),
        "online": wording.ONLINE,
        "payable": Phrase("应付", "payable"),
        "points": Phrase("分", "points"),
        "ran_us": Phrase("计时", "on the clock"),
        "rates": wording.RATE,
        "ratio": wording.RATE,
        "reliability": Phrase("故障与修复", "faults and repairs"),
        "removed_at": wording.CSV_REMOVED_AT,
        "repairs": Phrase("修复时限", "repair limit"),
        "scheduled_us": wording.SCHEDULED,
        "score": Phrase("评分", "score"),
        "seconds": wording.LENGTH,
        "since_at": wording.START,
        "spans": Phrase("时段", "spans"),
        "start": wording.START,
        "start_at": wording.START,
        "state": Phrase("状态", "state"),
        "steps": Phrase("经过", "act"),
        "text": Phrase("说明", "text"),
        "unobserved": wording.UNOBSERVED_TIME,
        "until_at": wording.END,
        "up": wording.UP_TIME,
        "used_us": Phrase("已用", "used"),
    }
)


def sentence(difference: Difference, zone: ZoneInfo, language: Language) -> str:
    """Where it is, what the file says and what comes out; safe for a terminal."""
    where = " · ".join(_place(place, zone, language) for place in difference.where)
    theirs, ours = (_value(side, difference.where, zone, language) for side in (difference.theirs, difference.ours))
    return LINE[language].format(where=where, theirs=theirs, ours=ours)


def field_name(field: str, language: Language) -> str:
    """What a field is called."""
    return FIELDS[field][language] if field in FIELDS else clip(clean(field), WIDEST_VALUE)


def _place(place: Place, zone: ZoneInfo, language: Language) -> str:
    if isinstance(place, str):
        return field_name(place, language)
    name = clip(clean(place.name), WIDEST_VALUE)
    return name if place.at is None else f"{name} {_instant(place.at, zone)}"


def _value(side: Side, where: tuple[Place, ...], zone: ZoneInfo, language: Language) -> str:
    field = next((place for place in reversed(where) if isinstance(place, str)), "")
    match side:
        case Absent.ABSENT:
            return NOT_THERE[language]
        case None:
            return wording.CSV_NO_VALUE[language]
        case {"numerator": int(part), "denominator": int(whole), "percent": str(percent)}:
            text = f"{percent}% ({part}/{whole})"
        case bool():
            text = str(side).lower()
        case int() if field in TIMES:
            text = _instant(side, zone)
        case int() if (field in LENGTHS or field.endswith("_us")) and COUNTS not in where:
            text = f"{'-' if side < 0 else ''}{exact_seconds(abs(side))} s"
        case _:
            text = str(side)
    return clip(clean(text), WIDEST_VALUE) or "''"


def _instant(us: int, zone: ZoneInfo) -> str:
    """Local time to the microsecond, as far as it has any; a number no calendar has stays one."""
    if not 0 <= us < FOREVER - DAY_US:
        return str(us)
    return exact_local(us, zone)

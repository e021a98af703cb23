"""County, town, village: which cameras of an area do not work, since when, and is it always at the same hour?"""

from __future__ import annotations

from dashboards import words
from dashboards.boards import shared
from dashboards.model import Board, Cells, Column, Heat, Panel, Query, Row, Stat, Table
from dashboards.queries import CHOSEN, against_target, lasting, named, online, standing
from monitor.language import Phrase

_VILLAGES = 'scope="village",name=~"$village"'
_MONTH = " / ".join(
    f"sum(max by (name) (sharpeyes_sla_month_{of}_seconds{{{_VILLAGES}}}))" for of in ("online", "counted")
)
# Which hour of the contract's local day it is, as a label: the monitor says when the local month began.
_HOUR = (
    'label_replace(count_values("hour", floor(('
    "(vector(time()) - on () max(sharpeyes_sla_month_start_timestamp_seconds)) % 86400) / 3600))"
    ', "hour", "0$1", "hour", "([0-9])")'
)
_OFF_BY_HOUR = f"{_HOUR} * on () group_left () (1 - {online(CHOSEN)})"

_RATE = Panel(
    6,
    Phrase("当前在线率", "Online now"),
    Phrase("所选范围此刻在线的摄像机占比。", "Share of the chosen area's cameras that are online."),
    Stat(),
    against_target(online(CHOSEN)),
    words.RATIO,
)
_MONTH_RATE = Panel(
    6,
    Phrase("本月累计在线率", "Online rate, month to date"),
    Phrase(
        "所选各村合计，按合同规则；考核以全镇为准。",
        "The chosen villages together, by the contract's rules; it is the town that is settled.",
    ),
    Stat(),
    against_target(_MONTH),
    words.RATIO,
    words.TO_SLA,
)
_CELLS = Panel(
    14,
    Phrase("各村达标情况", "Villages against the target"),
    Phrase(
        "一行一个村。同一时刻多行变红，多为停电或线路中断。",
        "A row for each village. Many red at the same moment: most likely power or a line.",
    ),
    Cells(words.STANDING),
    (Query(standing(f"village:sharpeyes_camera_up:ratio{{{CHOSEN}}}"), Phrase("{{village}}", "{{village}}")),),
    words.NUMBER,
    words.TO_VILLAGE,
    step="10m",
)
_HEAT = Panel(
    10,
    Phrase("离线时段（两周，日期 × 钟点）", "When cameras are off (two weeks, day × hour)"),
    Phrase(
        "颜色为该钟点的平均离线占比。总在同一钟点变深，多为定时断电。",
        "Mean share of cameras off in that hour. Dark at the same hour each day: most likely a timed power cut.",
    ),
    Heat(),
    (Query(f"avg_over_time(({_OFF_BY_HOUR})[1d:10m])", Phrase("{{hour}}", "{{hour}}")),),
    words.SHARE,
    last="14d",
    step="1d",
)
_DOWN = Panel(
    24,
    Phrase("离线的摄像机", "Cameras that are down"),
    Phrase("最久的在上；点编号看这台摄像机。", "The longest on top; a click on the id shows the camera."),
    Table(
        (
            Column("camera_id", words.CAMERA_ID, link=words.TO_CAMERA, width=130),
            Column("name", words.NAME),
            Column("town", words.TOWN, width=110),
            Column("village", words.VILLAGE, width=110),
            Column("site", words.SITE),
            Column("carrier", words.CARRIER, width=110),
            Column("uplink", words.UPLINK),
            Column("reason", words.REASON, words=words.REASONS, width=180),
            Column("#A", words.HOW_LONG, words.LENGTH, width=220),
        ),
        sort="#A",
    ),
    (Query(lasting("and on (camera_id) max by (camera_id) (sharpeyes_camera_up) == 0", CHOSEN)),),
    words.TEXT,
    nothing=words.NONE_NOW,
)
_FAULTY = Panel(
    16,
    Phrase("画面异常与未监测的摄像机", "Faulty pictures, and cameras that are unknown"),
    Phrase(
        "画面异常仍算在线，计入完好率；未监测不算离线，影响覆盖率。",
        "A faulty picture is online but not intact; an unknown camera is not down but lowers coverage.",
    ),
    Table(
        (
            Column("camera_id", words.CAMERA_ID, link=words.TO_CAMERA, width=130),
            Column("name", words.NAME),
            Column("village", words.VILLAGE, width=110),
            Column("site", words.SITE),
            Column("reason", words.REASON, words=words.REASONS, width=180),
            Column("#A", words.HOW_LONG, words.LENGTH, width=220),
        ),
        sort="#A",
    ),
    (Query(lasting("unless on (camera_id) max by (camera_id) (sharpeyes_camera_up) == 0", CHOSEN)),),
    words.TEXT,
    nothing=words.NONE_NOW,
)
_LINES = Panel(
    8,
    Phrase("各上联离线台数", "Cameras down by uplink"),
    Phrase("集中在一条上联，先找运营商。", "Many on one uplink: call its carrier first."),
    Table(
        (
            Column("carrier", words.CARRIER, width=110),
            Column("uplink", words.UPLINK),
            Column("#A", words.HOW_MANY, words.NUMBER, width=70),
        ),
        sort="#A",
    ),
    (Query(f"count by (carrier, uplink) (camera:sharpeyes_camera_up:max{{{CHOSEN}}} == 0)"),),
    words.NUMBER,
    nothing=words.NONE_NOW,
)
_DARK = Panel(
    10,
    Phrase("盲区", "Blind spots"),
    Phrase(
        "没有任何摄像机能看到的重点部位，最久的在上。", "Sites that no camera shows now, those dark longest on top."
    ),
    Table(
        (
            Column("town", words.TOWN, width=100),
            Column("village", words.VILLAGE, width=100),
            Column("site", words.SITE),
            Column("#A", words.HOW_LONG, words.LENGTH, width=140),
        ),
        sort="#A",
    ),
    (
        Query(
            f"time() - min by (site_id, town, village, site) (sharpeyes_blind_spot_start_timestamp_seconds{{{CHOSEN}}})"
        ),
    ),
    words.TEXT,
    nothing=words.NONE_NOW,
)
_DRIFT = 'max by (camera_id, finding) (sharpeyes_camera_finding{finding="clock_drift"})'
_OFFSET = "max by (camera_id) (sharpeyes_camera_clock_offset_seconds)"
_FOUND = Panel(
    14,
    Phrase("设备核查发现", "Findings about devices"),
    Phrase(
        "时钟、设备、固件、码流与登记不符等；不影响状态和考核。含义见 docs/findings.md。",
        "Clocks, devices, firmware, streams that are not as known; no state or figure depends on them."
        " docs/findings.md explains them.",
    ),
    Table(
        (
            Column("camera_id", words.CAMERA_ID, link=words.TO_CAMERA, width=110),
            Column("name", words.NAME),
            Column("village", words.VILLAGE, width=100),
            Column("finding", words.FINDING, words=words.FOUND, width=190),
            Column("#B", Phrase("时钟误差", "clock off by"), words.OFF_BY, width=120),
        ),
        sort="#B",
    ),
    (
        Query(named("max by (camera_id, finding) (sharpeyes_camera_finding)", CHOSEN)),
        Query(named(f"{_DRIFT} * on (camera_id) group_left () {_OFFSET}", CHOSEN)),
    ),
    words.TEXT,
    nothing=words.NONE_NOW,
)

AREA = Board(
    words.AREA,
    Phrase("雪亮工程 · 乡镇与村", "Sharp Eyes · Towns and villages"),
    Phrase(
        "一个乡镇或村：哪些摄像机不正常，从何时起，是否总在同一钟点。",
        "One town or village: which cameras do not work, since when, always at the same hour?",
    ),
    "now-24h",
    (
        Row(4, (_RATE, _MONTH_RATE, shared.states(12, ',village=~"$village"'))),
        Row(12, (_CELLS, _HEAT)),
        Row(8, (_DOWN,)),
        Row(7, (_FAULTY, _LINES)),
        Row(7, (_DARK, _FOUND)),
    ),
    words.AREA_CHOICES,
)

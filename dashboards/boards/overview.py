"""The wall: are we above the target, what is dark now, does anybody watch?"""

from __future__ import annotations

from dashboards import words
from dashboards.boards import shared
from dashboards.model import Bars, Board, Colour, Column, Course, Lines, Panel, Query, Row, Stat, Table
from dashboards.queries import TARGET, against_target, online, standing
from monitor.language import Phrase

_NOW = Panel(
    5,
    Phrase("当前在线率", "Online now"),
    Phrase(
        "此刻在线的摄像机占比，不含维护中的。",
        "Share of cameras online at this moment, without those under maintenance.",
    ),
    Stat(),
    against_target(online()),
    words.RATIO,
)
_MAINTENANCE = Panel(
    3,
    Phrase("维护中", "In maintenance"),
    Phrase("计划维护时段内的摄像机，不计入在线率。", "Cameras within planned maintenance, outside the rate."),
    Stat(),
    (Query("count(max by (camera_id) (sharpeyes_camera_maintenance)) or vector(0)", colour=Colour.PLAIN),),
    words.CAMERAS,
)
_BLIND = Panel(
    4,
    Phrase("盲区", "Blind spots"),
    Phrase("没有任何摄像机能看到的重点部位；名单见控制台。", "Sites that no camera shows now; the console lists them."),
    Stat(),
    (
        Query("max(sharpeyes_blind_spots) > 0", colour=Colour.BAD),
        Query("max(sharpeyes_blind_spots) == 0", colour=Colour.GOOD),
    ),
    words.SITES,
    words.TO_INCIDENTS,
)
_OPEN = Panel(
    4,
    Phrase("事件数", "Incidents"),
    Phrase("含刚出现、尚在汇总的。", "Young ones, still forming, included."),
    Stat(),
    (
        Query("sum(max by (scope) (sharpeyes_incidents_open)) > 0", colour=Colour.NEAR),
        Query("sum(max by (scope) (sharpeyes_incidents_open)) == 0", colour=Colour.GOOD),
    ),
    words.NUMBER,
    words.TO_ALERTS,
)
_HURT = 'ALERTS{alertname=~"SharpEyes(ResultsStale|LedgerFailing|OutboxFailing)",alertstate="firing"}'
_MONITOR = Panel(
    5,
    Phrase("监测程序", "The monitor"),
    Phrase(
        "停运或断网期间按“未监测”计，不算摄像机离线。",
        "While it is stopped or cut off, time counts as unknown and never as down.",
    ),
    Stat("name"),
    (
        Query('min(up{job="sharpeyes"}) == 0 or absent(up{job="sharpeyes"})', Phrase("停运", "stopped"), Colour.BAD),
        Query("min(sharpeyes_selfcheck_up) == 0", Phrase("监测端断网", "cut off"), Colour.BAD),
        Query(
            f'max({_HURT}) == 1 and on () min(up{{job="sharpeyes"}}) == 1',
            Phrase("检测停滞或出错", "stalled or failing"),
            Colour.BAD,
        ),
        Query(
            'min(up{job="sharpeyes"}) == 1 unless on () min(sharpeyes_selfcheck_up) == 0'
            f" unless on () max({_HURT}) == 1",
            Phrase("正常", "running"),
            Colour.GOOD,
        ),
    ),
    words.NUMBER,
    words.TO_MONITOR,
)
_TOWNS = Panel(
    14,
    Phrase("各乡镇在线率", "Online rate of each town"),
    Phrase(
        "逐时刻在线的摄像机占比；虚线为合同目标。", "Share of cameras online, moment by moment; dashed: the target."
    ),
    Lines(),
    (
        Query("town:sharpeyes_camera_up:ratio", Phrase("{{town}}", "{{town}}")),
        Query(TARGET, Phrase("合同目标", "target"), Colour.TARGET),
    ),
    words.RATIO,
    words.TO_TOWN,
)
_WORST = Panel(
    10,
    Phrase("当前最差的十个村", "The ten worst villages now"),
    Phrase(
        "按当前在线率，差的在上；点击看该村。",
        "By share of cameras online, the worst on top; a click shows the village.",
    ),
    Bars(),
    against_target("bottomk(10, village:sharpeyes_camera_up:ratio)", "{{village}}"),
    words.SHARE,
    words.TO_VILLAGE,
)
_COURSE = Panel(
    24,
    Phrase("各乡镇达标情况", "Towns against the target"),
    Phrase(
        "颜色与文字按合同目标：达标、略低、不足；空白为无人监测。",
        "On target, just below, below; a gap: nobody watched.",
    ),
    Course(words.STANDING),
    (Query(standing("town:sharpeyes_camera_up:ratio"), Phrase("{{town}}", "{{town}}")),),
    words.NUMBER,
    words.TO_TOWN,
)


def _firing(severity: str) -> str:
    return (
        f'count by (alertname, severity) (ALERTS{{alertname=~"SharpEyes.+",alertstate="firing",severity="{severity}"}})'
    )


_ALERTS = Panel(
    6,
    Phrase("告警", "Alerts"),
    Phrase("正在触发的告警及条数。", "Alerts that fire now, and how many of each."),
    Table(
        (
            Column("severity", words.SEVERITY, words=words.SEVERITIES, width=70),
            Column("alertname", Phrase("告警", "alert"), words=words.ALERT_NAMES, link=words.TO_ALERTS),
            Column("#A", Phrase("条数", "count"), words.NUMBER, width=60),
        ),
    ),
    # The order of the answer is the table's: the critical ones first, then those that fire most often.
    (Query(" or ".join(f"sort_desc({_firing(severity)})" for severity in ("critical", "warning"))),),
    words.NUMBER,
    nothing=words.NONE_NOW,
)

OVERVIEW = Board(
    words.OVERVIEW,
    Phrase("雪亮工程 · 总览", "Sharp Eyes · Overview"),
    Phrase(
        "大屏：本月是否达标，此刻哪里看不见，监测本身是否正常。",
        "The wall: is the month on target, what is dark now, does anybody watch?",
    ),
    "now/M",
    (
        Row(4, (shared.month_rate(6), shared.target(3), shared.forecast(5), _NOW, shared.coverage(5))),
        Row(3, (shared.states(8), _MAINTENANCE, _BLIND, _OPEN, _MONITOR)),
        Row(8, (_TOWNS, _WORST)),
        Row(3, (_COURSE,)),
        Row(8, (shared.incidents(18), _ALERTS)),
    ),
)

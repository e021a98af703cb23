"""Panels that stand on more than one board."""

from __future__ import annotations

from dashboards import words
from dashboards.model import Colour, Column, Link, Panel, Query, Stat, Table
from dashboards.queries import MINIMUM, PER_TARGET, TARGET, against_target, counted, month
from monitor.language import Phrase
from monitor.model import State
from monitor.wording import STATES

STATE_COLOURS = {
    State.UP: Colour.GOOD,
    State.DEGRADED: Colour.NEAR,
    State.DOWN: Colour.BAD,
    State.UNKNOWN: Colour.UNKNOWN,
}


def month_rate(width: int, link: Link = words.TO_SLA) -> Panel:
    """The contract's figure."""
    return Panel(
        width,
        Phrase("本月累计在线率", "Online rate, month to date"),
        Phrase(
            "合同口径，与考核报告同一算法（滞后不超过一分钟）；颜色按合同目标。",
            "The contract's own figure, computed as in the report (up to a minute behind); coloured by the target.",
        ),
        Stat(),
        against_target(month("online_ratio")),
        words.RATIO,
        link,
    )


def target(width: int) -> Panel:
    """What was promised."""
    return Panel(
        width,
        Phrase("合同目标", "Target"),
        Phrase("合同约定的在线率。", "The online rate the contract promises."),
        Stat(),
        (Query(TARGET, colour=Colour.PLAIN),),
        words.RATIO,
    )


def forecast(width: int) -> Panel:
    """Where the month will land."""
    return Panel(
        width,
        Phrase("月末预测", "Forecast for the month's end"),
        Phrase("各摄像机保持现状时，月末的在线率。", "Where the month ends if the states of now stay."),
        Stat(),
        against_target(month("forecast_ratio")),
        words.RATIO,
        words.TO_SLA,
    )


def coverage(width: int) -> Panel:
    """How much of the month was watched."""
    expr = month("coverage_ratio")
    return Panel(
        width,
        Phrase("监测覆盖率", "Coverage"),
        Phrase(
            "本月应监测时长中确有监测的比例；低于合同下限，月度结论为“无法证明”。",
            "Share of the month's scheduled time that was watched; below the minimum the month proves nothing.",
        ),
        Stat(),
        (
            Query(f"({expr}) < {PER_TARGET} {MINIMUM}", Phrase("不足", "too little"), Colour.BAD),
            Query(f"({expr}) >= {PER_TARGET} {MINIMUM}", Phrase("足够", "enough"), Colour.GOOD),
        ),
        words.RATIO,
        words.TO_MONITOR,
    )


def states(width: int, where: str = "") -> Panel:
    """How many cameras are in each state."""
    counts = tuple(
        query
        for state, colour in STATE_COLOURS.items()
        for query in counted(f'sum(sharpeyes_cameras{{state="{state.value}"{where}}})', STATES[state], colour)
    )
    return Panel(
        width,
        Phrase("摄像机状态", "Cameras by state"),
        Phrase(
            "纳入考核的摄像机。未监测：账号、设备占满等原因无法判断，不算离线，但覆盖率下降。",
            "Cameras in the contract. Unknown (accounts, busy devices): not down, but coverage falls.",
        ),
        Stat("value_and_name"),
        counts,
        words.CAMERAS,
    )


_INCIDENT = "incident, scope, cause, severity, town, village, name"


def incidents(width: int) -> Panel:
    """What is broken, by presumed origin."""
    return Panel(
        width,
        Phrase("未结束的事件", "Open incidents"),
        Phrase(
            "同一起因的离线合为一个事件；一分多钟后定下才列出。点编号到控制台看依据与修复时限。",
            "Outages of one presumed origin are one incident, listed once settled, after 75 seconds."
            " A click on its number shows evidence and repair limit on the console.",
        ),
        Table(
            (
                Column("severity", words.SEVERITY, words=words.SEVERITIES, width=70),
                Column("scope", words.ORIGIN, words=words.SCOPES, width=130),
                Column("name", words.NAME),
                Column("town", words.TOWN, width=90),
                Column("village", words.VILLAGE, width=90, link=words.TO_VILLAGE_CELL),
                Column("cause", words.REASON, words=words.REASONS, width=180),
                Column("#A", words.HOW_MANY, words.NUMBER, width=60),
                Column("#B", words.HOW_LONG, words.LENGTH, width=150),
                Column("incident", words.CAMERA_ID, width=70, link=words.TO_INCIDENTS),
            ),
            sort="#A",
        ),
        (
            Query(f"max by ({_INCIDENT}) (sharpeyes_incident_cameras)"),
            Query(
                f"max by ({_INCIDENT}) (sharpeyes_incident_cameras * 0) + on (incident) group_left ()"
                " (time() - max by (incident) (sharpeyes_incident_start_timestamp_seconds))"
            ),
        ),
        words.TEXT,
        nothing=words.NONE_NOW,
    )

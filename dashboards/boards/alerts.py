"""Alerts and incidents: what was told, what is open, what is late, and is alerting itself alive?"""

from __future__ import annotations

from dashboards import words
from dashboards.boards import shared
from dashboards.model import Bars, Board, Colour, Column, Course, Lines, Panel, Query, Row, Stat, Table, Word
from dashboards.queries import counted, lasting
from monitor.incidents import Origin
from monitor.language import Phrase
from monitor.wording import ORIGINS

_OURS = 'alertname=~"SharpEyes.+",severity!="none"'
_FIRING = f'ALERTS{{{_OURS},alertstate="firing"}}'


def _ages(severity: str) -> str:
    """For how long each alert of a severity has been there, in seconds.

    No label is left out: what one alert has and another has not (incident, site, channel) makes two of them.
    """
    ours = f'{_OURS},severity="{severity}"'
    return f'time() - ALERTS_FOR_STATE{{{ours}}} and ignoring (alertstate) ALERTS{{{ours},alertstate="firing"}}'


_WATCHDOG = 'ALERTS{alertname="SharpEyesWatchdog",alertstate="firing"}'
_GIVEN_UP = 'round(sum(increase(sharpeyes_notification_failures_total{reason="given_up"}[1d])))'
_HANDING = 'up{job="alertmanager"}'
_UNHANDED = "round(sum(increase(alertmanager_notifications_failed_total[15m])))"
_NEAR_LIMIT = (
    "count(max by (incident) (sharpeyes_incident_repair_near) == 1"
    " or max by (incident) (sharpeyes_incident_repair_clock_seconds)"
    " > on (incident) max by (incident) (sharpeyes_incident_repair_limit_seconds))"
)
_NO_CHANNEL = Phrase("未设渠道", "no channel is set up")

_COUNTS = Panel(
    10,
    Phrase("正在触发的告警", "Alerts that fire"),
    Phrase("按级别；严重：立即处理，一般：派工单。", "By severity; critical: now, warning: a ticket."),
    Stat("value_and_name"),
    tuple(
        query
        for severity in ("critical", "warning")
        for query in counted(
            f'(count(ALERTS{{{_OURS},alertstate="firing",severity="{severity}"}}) or vector(0))',
            words.SEVERITIES[severity].text,
            words.SEVERITIES[severity].colour,
        )
    ),
    words.NUMBER,
)
_SIGN_OF_LIFE = Panel(
    7,
    Phrase("告警规则", "Alert rules"),
    Phrase("心跳告警应一直触发；没有即告警已断。", "The watchdog always fires; without it alerting itself is broken."),
    Stat("name"),
    (
        Query(f"absent({_WATCHDOG})", Phrase("心跳中断", "no sign of life"), Colour.BAD),
        Query(f"max({_WATCHDOG})", Phrase("正常", "alive"), Colour.GOOD),
    ),
    words.NUMBER,
)
_LATE = Panel(
    7,
    Phrase("修复时限将到或已过", "Repair limits near or passed"),
    Phrase(
        "修复计时超过时限五分之四的事件。", "Incidents whose repair clock shows more than four fifths of the limit."
    ),
    Stat(),
    (Query(_NEAR_LIMIT, colour=Colour.BAD), Query(f"vector(0) unless on () {_NEAR_LIMIT}", colour=Colour.GOOD)),
    words.NUMBER,
    words.TO_INCIDENTS,
)
_COURSE = Panel(
    14,
    Phrase("告警经过", "Alerts over time"),
    Phrase("每种告警一行。", "A row for each alert."),
    Course({"1": Word(Phrase("触发", "firing"), Colour.BAD)}, words.ALERT_NAMES),
    (Query(f"max by (alertname) ({_FIRING})", Phrase("{{alertname}}", "{{alertname}}")),),
    words.NUMBER,
    nothing=Phrase("所选时段无告警", "no alert in the range"),
)
_ORIGINS = Panel(
    10,
    Phrase("未结束事件的推定起因", "Presumed origins of open incidents"),
    Phrase("含刚出现、尚在汇总的。", "Young ones, still forming, included."),
    Bars(),
    tuple(
        Query(f'max(sharpeyes_incidents_open{{scope="{origin.value}"}})', ORIGINS[origin], Colour.PLAIN)
        for origin in Origin
    ),
    words.NUMBER,
)
_LIST = Panel(
    12,
    Phrase("告警清单", "Alerts"),
    Phrase("触发中的每一条；点告警名看怎么办。", "Each that fires; a click on its name says what to do."),
    Table(
        (
            Column("severity", words.SEVERITY, words=words.SEVERITIES, width=70),
            Column("alertname", Phrase("告警", "alert"), words=words.ALERT_NAMES, link=words.TO_RUNBOOK, width=170),
            Column("name", words.NAME),
            Column("town", words.TOWN, width=80),
            Column("village", words.VILLAGE, width=80, link=words.TO_VILLAGE_CELL),
            Column("site", words.SITE, width=120),
            Column("#A", words.HOW_LONG, words.LENGTH, width=130),
            Column("incident", words.CAMERA_ID, width=70, link=words.TO_INCIDENTS),
        ),
    ),
    # The order of the answer is the table's: the critical ones first, then the eldest.
    (Query(" or ".join(f"sort_desc({_ages(severity)})" for severity in ("critical", "warning"))),),
    words.TEXT,
    nothing=words.NONE_NOW,
)
_LONGEST = Panel(
    12,
    Phrase("离线最久的二十台", "The twenty longest outages"),
    Phrase("从第一次失败的检测算起。", "Since the first failed probe."),
    Table(
        (
            Column("camera_id", words.CAMERA_ID, link=words.TO_CAMERA, width=130),
            Column("name", words.NAME),
            Column("village", words.VILLAGE, width=100),
            Column("reason", words.REASON, words=words.REASONS, width=180),
            Column("#A", words.HOW_LONG, words.LENGTH, width=190),
        ),
        sort="#A",
    ),
    (Query(f"topk(20, {lasting('and on (camera_id) max by (camera_id) (sharpeyes_camera_up) == 0')})"),),
    words.TEXT,
    nothing=words.NONE_NOW,
)
_WAITING = Panel(
    6,
    Phrase("待发消息", "Messages waiting"),
    Phrase("待发队列中尚未送达任何人的。", "In the outbox: they have not reached anybody yet."),
    Stat(),
    (
        Query("max(sharpeyes_outbox_messages) > 0", colour=Colour.NEAR),
        Query("max(sharpeyes_outbox_messages) == 0", colour=Colour.GOOD),
    ),
    words.NUMBER,
)
_ELDEST = Panel(
    6,
    Phrase("最早一条已等待", "The eldest has waited"),
    Phrase(
        "零为无待发；数分钟内属正常汇总与限速。", "Nought: none waits. Minutes are gathering and each robot's pace."
    ),
    Stat(),
    (Query("max(sharpeyes_outbox_oldest_age_seconds)", colour=Colour.PLAIN),),
    words.LENGTH,
)
_LOST = Panel(
    6,
    Phrase("放弃的消息（1 天）", "Messages given up (1 day)"),
    Phrase("所有渠道多日均未送达。", "No channel could deliver them for days."),
    Stat(),
    (
        Query(f"{_GIVEN_UP} > 0", colour=Colour.BAD),
        Query(f"{_GIVEN_UP} == 0", colour=Colour.GOOD),
    ),
    words.NUMBER,
    nothing=_NO_CHANNEL,
)
_HANDOVER = Panel(
    6,
    Phrase("Alertmanager 转交", "Alertmanager"),
    Phrase(
        "Alertmanager 能否把告警交给监测程序（15 分钟）。", "Whether it hands alerts over to the monitor (15 minutes)."
    ),
    Stat("name"),
    (
        Query(f"min({_HANDING}) == 0", Phrase("停运", "stopped"), Colour.BAD),
        Query(f"{_UNHANDED} > 0 and on () min({_HANDING}) == 1", Phrase("转交失败", "failing"), Colour.BAD),
        Query(f"{_UNHANDED} == 0 and on () min({_HANDING}) == 1", Phrase("正常", "good"), Colour.GOOD),
        Query(f"absent({_HANDING})", Phrase("未接入", "not watched"), Colour.UNKNOWN),
    ),
    words.NUMBER,
)
_SENT = Panel(
    12,
    Phrase("发送尝试与失败（15 分钟）", "Attempts to send, and failures (15 minutes)"),
    Phrase("按渠道；两线重合即一条也未送达。", "By channel; where both lines meet, nothing gets through."),
    Lines(),
    (
        Query("channel:sharpeyes_notifications:delta15m", Phrase("{{channel}} 尝试", "{{channel}} attempts")),
        Query("channel:sharpeyes_notification_failures:delta15m", Phrase("{{channel}} 失败", "{{channel}} failures")),
    ),
    words.TIMES,
    nothing=_NO_CHANNEL,
)
_UNDELIVERED = Panel(
    12,
    Phrase("为何未送达", "Why messages failed"),
    Phrase(
        "所选时段，按渠道和原因；重试后可能已送达。", "In the range, by channel and reason; a retry may have arrived."
    ),
    Table(
        (
            Column("channel", words.CHANNEL),
            Column("reason", words.REASON, words=words.UNDELIVERED),
            Column("#A", Phrase("次数", "times"), words.NUMBER, width=90),
        ),
        sort="#A",
    ),
    (
        Query(
            "round(sum by (channel, reason) (increase(sharpeyes_notification_failures_total[$__range]))) > 0",
        ),
    ),
    words.TEXT,
    nothing=Phrase("所选时段无失败", "no failure in the range"),
)

ALERTS = Board(
    words.ALERTS,
    Phrase("雪亮工程 · 告警与事件", "Sharp Eyes · Alerts and incidents"),
    Phrase(
        "告警与事件：什么坏了，多久了，告警本身是否正常。",
        "What is broken, for how long, and is alerting itself alive?",
    ),
    "now-24h",
    (
        Row(4, (_COUNTS, _SIGN_OF_LIFE, _LATE)),
        Row(8, (shared.incidents(24),)),
        Row(7, (_COURSE, _ORIGINS)),
        Row(9, (_LIST, _LONGEST)),
        Row(4, (_WAITING, _ELDEST, _LOST, _HANDOVER)),
        Row(7, (_SENT, _UNDELIVERED)),
    ),
)

"""One camera: how it is, how it was, and what speaks for the reason."""

from __future__ import annotations

from dashboards import words
from dashboards.model import Board, Colour, Column, Course, Lines, Panel, Query, Row, Stat, Table, Word
from dashboards.queries import against_target
from monitor.language import Phrase

_THIS = '{camera_id="$camera"}'
_STATE = (
    f"max(sharpeyes_camera_up{_THIS}) + on () (max(sharpeyes_camera_video_ok{_THIS})"
    f" or on () max(sharpeyes_camera_up{_THIS}) * 0)"
)


def _grown(figure: str) -> str:
    return f"max(increase(sharpeyes_camera_{figure}_total{_THIS}[$__range]))"


_NOW = Panel(
    4,
    Phrase("状态", "State"),
    Phrase(
        "去抖后的判断；未监测时说明无法判断，不是离线。",
        "After thresholds. Unknown: nothing can be said; it is not down.",
    ),
    Stat("name"),
    (
        Query(f"({_STATE}) == 0", words.WATCHED["0"].text, Colour.BAD),
        Query(f"({_STATE}) == 1", words.WATCHED["1"].text, Colour.NEAR),
        Query(f"({_STATE}) == 2", words.WATCHED["2"].text, Colour.GOOD),
        Query(
            f"max(sharpeyes_camera_info{_THIS}) unless on () ({_STATE})", Phrase("未监测", "unknown"), Colour.UNKNOWN
        ),
    ),
    words.NUMBER,
)
_SINCE = Panel(
    4,
    Phrase("该状态已持续", "In this state for"),
    Phrase("从第一次失败或恢复的检测算起。", "Since the first probe that failed, or that was good again."),
    Stat(),
    (Query(f"time() - max(sharpeyes_camera_state_since_timestamp_seconds{_THIS})", colour=Colour.PLAIN),),
    words.LENGTH,
)
_RATE = Panel(
    4,
    Phrase("所选时段在线率", "Online rate in the range"),
    Phrase("在线时长 ÷ 有监测的时长，不含计划维护。", "Time online ÷ time watched, planned maintenance left out."),
    Stat(),
    against_target(f"{_grown('online_seconds')} / on () {_grown('observed_seconds')}"),
    words.RATIO,
)
_COVERAGE = Panel(
    4,
    Phrase("所选时段覆盖率", "Coverage in the range"),
    Phrase("有监测的时长 ÷ 应监测的时长。", "Time watched ÷ time the contract asks for."),
    Stat(),
    (Query(f"{_grown('observed_seconds')} / on () {_grown('scheduled_seconds')}", colour=Colour.PLAIN),),
    words.RATIO,
)
_MAINTENANCE = Panel(
    4,
    Phrase("计划维护", "Planned maintenance"),
    Phrase("维护时段内的时间不计入在线率。", "Time within a window is outside the rate."),
    Stat("name"),
    (
        Query(f"max(sharpeyes_camera_maintenance{_THIS}) == 1", Phrase("维护中", "under way"), Colour.PLAIN),
        Query(
            f"max(sharpeyes_camera_info{_THIS}) unless on () max(sharpeyes_camera_maintenance{_THIS}) == 1",
            Phrase("无", "none"),
            Colour.GOOD,
        ),
    ),
    words.NUMBER,
)
_SUSPECTED = f"max(sharpeyes_camera_picture_suspected{_THIS})"
_LEARNING = f"max(sharpeyes_camera_picture_learning{_THIS})"
_UNJUDGED = f"max(sharpeyes_camera_picture_unjudged{_THIS})"
_ONLINE = f"max(sharpeyes_camera_up{_THIS}) == 1"
_PICTURE = Panel(
    4,
    Phrase("画面诊断", "Picture"),
    Phrase(
        "无法判断：画面里没有轮廓可比（水面、白墙、积雪）；学习中：还不知道平常的画面；疑似冻结：尚待快照判定。都不是故障。",
        "Cannot judge: no outlines to go by (water, a white wall, snow). Learning: the usual view is not known yet. "
        "Suspected: snapshots have to settle it. None is a fault.",
    ),
    Stat("name"),
    (
        Query(_SUSPECTED, Phrase("疑似冻结", "suspected frozen"), Colour.NEAR),
        Query(f"{_LEARNING} unless on () {_SUSPECTED}", Phrase("学习中", "learning"), Colour.PLAIN),
        Query(
            f"{_UNJUDGED} unless on () ({_SUSPECTED} or on () {_LEARNING})",
            Phrase("无法判断", "cannot judge"),
            Colour.UNKNOWN,
        ),
        Query(
            f"({_ONLINE}) unless on () ({_SUSPECTED} or on () {_LEARNING} or on () {_UNJUDGED})",
            Phrase("可判断", "judged"),
            Colour.GOOD,
        ),
        Query(
            f"max(sharpeyes_camera_info{_THIS}) unless on () ({_ONLINE})",
            Phrase("无画面", "no picture"),
            Colour.UNKNOWN,
        ),
    ),
    words.NUMBER,
    link=words.TO_CAMERAS,
)
_INFO = Panel(
    19,
    Phrase("一机一档", "Inventory"),
    Phrase("清单中的登记。", "What the inventory says."),
    Table(
        (
            Column("camera_id", words.CAMERA_ID),
            Column("name", words.NAME),
            Column("county", Phrase("县", "county")),
            Column("town", words.TOWN),
            Column("village", words.VILLAGE, link=words.TO_VILLAGE_CELL),
            Column("site", words.SITE),
            Column("carrier", words.CARRIER),
            Column("uplink", words.UPLINK),
        )
    ),
    (Query(f"max by (camera_id, name, county, town, village, site, carrier, uplink) (sharpeyes_camera_info{_THIS})"),),
    words.TEXT,
)
_DRIFT = 'max(sharpeyes_camera_finding{camera_id="$camera",finding="clock_drift"})'
# Of a device that is down only what it told long ago is known.
_OFFSET = f"(max(sharpeyes_camera_clock_offset_seconds{_THIS}) unless on () max(sharpeyes_camera_up{_THIS}) == 0)"
_CLOCK = Panel(
    5,
    Phrase("设备时钟", "Device clock"),
    Phrase(
        "设备时钟减监测端时钟（ONVIF）；红：超出允许，录像时间不可信。离线时不显示。",
        "The device's clock less ours (ONVIF). Red: further off than is allowed; its recordings prove no time. "
        "Not shown while the camera is down.",
    ),
    Stat(),
    (
        Query(f"{_OFFSET} and on () {_DRIFT}", colour=Colour.BAD),
        Query(f"{_OFFSET} unless on () {_DRIFT}", colour=Colour.GOOD),
    ),
    words.OFF_BY,
    nothing=Phrase("离线，或未告知", "down, or not told"),
)
_FOUND = Panel(
    24,
    Phrase("设备核查发现", "Findings about the device"),
    Phrase(
        "每种发现一行，不影响状态和考核；含义见 docs/findings.md。",
        "A row for each finding; none changes a state or a figure. docs/findings.md explains them.",
    ),
    Course({"1": Word(Phrase("有", "yes"), Colour.NEAR)}, words.FOUND),
    (Query(f"max by (finding) (sharpeyes_camera_finding{_THIS})", Phrase("{{finding}}", "{{finding}}")),),
    words.NUMBER,
    nothing=Phrase("所选时段无发现", "nothing found in the range"),
)
_COURSE = Panel(
    24,
    Phrase("状态经过", "States"),
    Phrase("空白为未监测。", "A gap: unknown."),
    Course(words.WATCHED),
    (Query(_STATE, Phrase("状态", "state")),),
    words.NUMBER,
)
_FAULTS = Panel(
    24,
    Phrase("故障原因", "Causes"),
    Phrase("每种原因一行；含义见 docs/causes.md。", "A row for each cause; docs/causes.md explains them."),
    Course({"1": Word(Phrase("有", "yes"), Colour.NEAR)}, words.REASONS),
    (Query(f"max by (reason) (sharpeyes_camera_fault{_THIS})", Phrase("{{reason}}", "{{reason}}")),),
    words.NUMBER,
    nothing=Phrase("所选时段无故障", "no fault in the range"),
)
_PROBE = Panel(
    12,
    Phrase("检测耗时", "How long probes took"),
    Phrase(
        "变慢常先于离线：线路拥塞、设备过载。", "Slower probes often come before an outage: a full line, a busy device."
    ),
    Lines(),
    (Query(f"max(sharpeyes_camera_probe_duration_seconds{_THIS})", Phrase("耗时", "duration")),),
    words.SECONDS,
)
_AGE = Panel(
    12,
    Phrase("距上次检测", "Time since the last probe"),
    Phrase("成功的与任何的；两线分开即连续失败。", "Any, and a good one; where the lines part, probes fail."),
    Lines(),
    tuple(
        Query(f"time() - max(sharpeyes_camera_last_{which}_timestamp_seconds{_THIS})", name)
        for which, name in (("probe", Phrase("任何检测", "any")), ("success", Phrase("成功检测", "good")))
    ),
    words.LENGTH,
)
_FLAPS = Panel(
    24,
    Phrase("每天状态变化与未成离线的失败", "Changes of state, and failures that became no outage, per day"),
    Phrase("变化频繁：接触不良、供电不稳或线路抖动。", "Many: a loose contact, unsteady power, a shaky line."),
    Lines("bars"),
    tuple(
        Query(f"max(increase(sharpeyes_camera_{of}_total{_THIS}[1d]))", name)
        for of, name in (
            ("state_changes", Phrase("状态变化", "changes of state")),
            ("blips", Phrase("偶发失败", "single failures")),
        )
    ),
    words.TIMES,
    last="30d",
    step="1d",
)

CAMERA = Board(
    words.CAMERA,
    Phrase("雪亮工程 · 单台摄像机", "Sharp Eyes · One camera"),
    Phrase(
        "一台摄像机：现在如何，过去如何，可能为什么。", "One camera: how it is, how it was, and what may be the reason."
    ),
    "now-7d",
    (
        Row(4, (_NOW, _SINCE, _RATE, _COVERAGE, _MAINTENANCE, _PICTURE)),
        Row(3, (_INFO, _CLOCK)),
        Row(3, (_COURSE,)),
        Row(5, (_FAULTS,)),
        Row(3, (_FOUND,)),
        Row(6, (_PROBE, _AGE)),
        Row(6, (_FLAPS,)),
    ),
    (*words.AREA_CHOICES, words.CAMERA_CHOICE),
)

"""The contract's month: where it stands, where it will end, what can still be done."""

from __future__ import annotations

from dashboards import words
from dashboards.boards import shared
from dashboards.model import Bars, Board, Colour, Column, Lines, Panel, Query, Row, Stat, Table
from dashboards.queries import TARGET, against_target, month, online_over, standing
from monitor.language import Phrase

_WINDOWS = ("1h", "6h", "1d", "3d")

_BEST = Panel(
    5,
    Phrase("最好情况", "Best case"),
    Phrase("从现在起全部在线，月末的在线率。", "Where the month ends with every camera up from now on."),
    Stat(),
    against_target(month("best_case_ratio")),
    words.RATIO,
)
_INTACT = Panel(
    6,
    Phrase("本月完好率", "Intact rate, month to date"),
    Phrase("在线且画面正常的时长占比。", "Share of the counted time with a good picture."),
    Stat(),
    (Query(month("intact_ratio"), colour=Colour.PLAIN),),
    words.RATIO,
)
_OUTLOOK = Panel(
    6,
    Phrase("结论", "Outlook"),
    Phrase("按最好情况精确比较，不是四舍五入。", "Compared exactly in the best case, not rounded."),
    Stat("name"),
    (
        Query(f"{month('unrecoverable')} == 1", Phrase("本月已无法达标", "target out of reach"), Colour.BAD),
        Query(f"{month('unrecoverable')} == 0", Phrase("仍可达标", "target within reach"), Colour.GOOD),
    ),
    words.NUMBER,
)
_LEFT = Panel(
    6,
    Phrase("剩余额度", "Budget left"),
    Phrase("全镇本月还可离线多少台·小时而不失标。", "Camera-hours the town may still lose without missing the target."),
    Stat(),
    (
        Query(f"({month('budget_left_seconds')}) / 3600 == 0", colour=Colour.BAD),
        Query(f"({month('budget_left_seconds')}) / 3600 > 0", colour=Colour.PLAIN),
    ),
    words.HOURS,
)
_LOST = Panel(
    6,
    Phrase("已无法达标的摄像机", "Cameras beyond saving"),
    Phrase("单台在线率本月已不可能达标的台数。", "Cameras whose own rate can no longer reach the target this month."),
    Stat(),
    (Query(month("unrecoverable_cameras"), colour=Colour.PLAIN),),
    words.CAMERAS,
)
_COURSE = Panel(
    14,
    Phrase("本月走势", "The month so far"),
    Phrase("累计、预测与最好情况；虚线为合同目标。", "To date, forecast, best case; dashed: the target."),
    Lines(),
    (
        Query(month("online_ratio"), Phrase("累计", "to date"), Colour.PLAIN),
        Query(month("forecast_ratio"), Phrase("月末预测", "forecast"), Colour.NEAR),
        Query(month("best_case_ratio"), Phrase("最好情况", "best case"), Colour.GOOD),
        Query(TARGET, Phrase("合同目标", "target"), Colour.TARGET),
    ),
    words.RATIO,
)
_BURN = Panel(
    10,
    Phrase("额度消耗速度", "How fast the budget burns"),
    Phrase(
        "离线占比 ÷ 合同允许的离线占比，按考核时长，不含计划维护；持续大于 1，月末就不达标。",
        "Share of the contract's time lost ÷ share it allows, planned work left out;"
        " above 1 for long, the month misses the target.",
    ),
    Bars(),
    tuple(
        Query(
            f"county:sharpeyes_burn:ratio_rate{window}",
            Phrase(f"{{{{county}}}} 最近 {window}", f"{{{{county}}}} last {window}"),
            Colour.PLAIN,
        )
        for window in _WINDOWS
    ),
    words.MULTIPLE,
)
_DAYS = Panel(
    12,
    Phrase("每天在线率（30 天）", "Online rate of each day (30 days)"),
    Phrase(
        "运行数据，供对比；考核以报告为准。往月数字见报告的趋势。",
        "For comparison; the report settles. The months before stand in the report's trend.",
    ),
    Lines("points"),
    (
        Query(online_over("1d"), Phrase("在线率", "online rate"), Colour.PLAIN),
        Query(TARGET, Phrase("合同目标", "target"), Colour.TARGET),
    ),
    words.RATIO,
    last="30d",
    step="1d",
)
_REPAIRS = Panel(
    12,
    Phrase("先修哪里", "What to repair first"),
    Phrase(
        "各村现在修好离线摄像机，到月末可挽回的台·小时；“修到此行”为依次修到该村后的月末在线率。",
        "Camera-hours gained by the month's end if a village's cameras are mended now;"
        " the last column is where the month ends after this row and all above it.",
    ),
    Table(
        (
            Column("village", words.VILLAGE, link=words.TO_VILLAGES_CELL),
            Column("#A", Phrase("可挽回", "gain"), words.HOURS),
            Column("#B", Phrase("离线", "down"), words.CAMERAS, width=90),
            Column("#C", Phrase("修到此行", "lands at"), words.RATIO, width=110),
        ),
        sort="#A",
    ),
    (
        Query("max by (village) (sharpeyes_repair_gain_seconds) / 3600"),
        Query("max by (village) (sharpeyes_repair_cameras)"),
        Query("max by (village) (sharpeyes_repair_landing_ratio)"),
    ),
    words.NUMBER,
    nothing=Phrase("没有要修的", "nothing to repair"),
)


def _places(width: int, scope: str, heading: Phrase, title: Phrase) -> Panel:
    """A table of the month's figures of each group of a kind."""
    link = words.TO_VILLAGES_CELL if scope == "village" else None
    figures = ("online_ratio", "intact_ratio", "coverage_ratio", "forecast_ratio")
    return Panel(
        width,
        title,
        Phrase(
            "按合同规则的本月累计，差的在上；考核以全镇为准。",
            "Month to date by the contract's rules, worst first; the town's figure is settled.",
        ),
        Table(
            (
                Column("name", heading, link=link),
                Column("#E", Phrase("目标", "target"), words=words.STANDING, width=90),
                Column("#A", Phrase("在线率", "online"), words.RATIO, width=100),
                Column("#B", Phrase("完好率", "intact"), words.RATIO, width=100),
                Column("#C", Phrase("覆盖率", "coverage"), words.RATIO, width=100),
                Column("#D", Phrase("月末预测", "forecast"), words.RATIO, width=100),
            ),
        ),
        (
            Query(f"sort({month(figures[0], scope)})"),  # its order is the table's
            *(Query(month(each, scope)) for each in figures[1:]),
            Query(standing(month("online_ratio", scope))),
        ),
        words.NUMBER,
    )


SLA = Board(
    words.SLA,
    Phrase("雪亮工程 · 考核", "Sharp Eyes · The contract"),
    Phrase("本月在线率、额度、月末预测，先修哪里。", "This month's rate, budget, forecast, and what to repair first."),
    "now/M",
    (
        Row(
            4, (shared.month_rate(6, words.TO_REPORTS), shared.target(3), shared.forecast(5), _BEST, shared.coverage(5))
        ),
        Row(4, (_OUTLOOK, _LEFT, _LOST, _INTACT)),
        Row(8, (_COURSE, _BURN)),
        Row(8, (_DAYS, _REPAIRS)),
        Row(
            9,
            (
                _places(13, "village", words.VILLAGE, Phrase("各村", "Villages")),
                _places(11, "carrier", words.CARRIER, Phrase("各运营商", "Carriers")),
            ),
        ),
    ),
)

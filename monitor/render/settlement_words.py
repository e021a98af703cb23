"""The words of a settlement: limits, points and money, in both languages. Says things; decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from monitor.contract import ItemKind, LadderBy, RepairState, SettlementPeriod, Together
from monitor.language import Phrase
from monitor.report import SettledSum, StopKind

# ---------------------------------------------------------------- closed lists

UNITS: Mapping[SettlementPeriod, Phrase] = MappingProxyType(
    {SettlementPeriod.MONTH: Phrase("月", "month"), SettlementPeriod.QUARTER: Phrase("季度", "quarter")}
)
REPAIR_STATES: Mapping[RepairState, Phrase] = MappingProxyType(
    {
        RepairState.KEPT: Phrase("按时修复", "kept"),
        RepairState.RUNNING: Phrase("未修复，未超时", "still running"),
        RepairState.LATE: Phrase("超时", "late"),
    }
)
TOGETHER: Mapping[Together, Phrase] = MappingProxyType(
    {
        Together.CONTRACT: Phrase("合同范围内", "in the contract"),
        Together.VILLAGE: Phrase("同一村内", "in one village"),
        Together.UPLINK: Phrase("同一上联下", "on one uplink"),
        Together.RECORDER: Phrase("同一录像机下", "on one recorder"),
    }
)
STOPS: Mapping[StopKind, Phrase] = MappingProxyType(
    {
        StopKind.MAINTENANCE: Phrase("计划维护", "planned work"),
        StopKind.EXCLUSION: Phrase("免责", "exclusion"),
    }
)
ITEMS: Mapping[ItemKind, Phrase] = MappingProxyType(
    {
        ItemKind.ONLINE_RATE: Phrase("在线率", "online rate"),
        ItemKind.INTACT_RATE: Phrase("完好率", "intact rate"),
        ItemKind.CAMERA_FAULT: Phrase("单台故障时长", "fault time of a camera"),
        ItemKind.LATE_REPAIR: Phrase("超时修复", "late repair"),
        ItemKind.MISSING_REPORT: Phrase("未交月报", "missing report"),
        ItemKind.DECLARED: Phrase("申报事项", "declared"),
    }
)
LADDERS: Mapping[LadderBy, Phrase] = MappingProxyType(
    {LadderBy.POINTS: Phrase("得分", "points"), LadderBy.RATE: Phrase("在线率", "online rate")}
)

MOVED_SUMS: Mapping[SettledSum, Phrase] = MappingProxyType(
    {
        SettledSum.POINTS: Phrase("得分 {before} → {after}", "points {before} → {after}"),
        SettledSum.AMOUNT: Phrase("扣款 {before} → {after}", "deducted {before} → {after}"),
        SettledSum.PAYABLE: Phrase("应付 {before} → {after}", "payable {before} → {after}"),
    }
)

# ---------------------------------------------------------------- which period

HEAD_SETTLEMENT = Phrase("结算", "Settlement")
SO_FAR = Phrase("结算周期尚未结束，目前：", "so far, the settlement period is not over: ")
RUNNING_PERIOD = Phrase(
    "结算周期（{unit}）{start} 至 {end} 尚未结束：以下为截至 {until} 的情况，不是最终结算",
    "the settlement period ({unit}) runs from {start} to {end}: this is how it stands at {until}, not the settlement",
)
FINAL_PERIOD = Phrase(
    "结算周期（{unit}）{start} 至 {end} 已结束：以下为该周期的最终结果",
    "the settlement period ({unit}) from {start} to {end} is over: this is its settlement",
)

# ---------------------------------------------------------------- repair limits

HEAD_REPAIRS = Phrase("修复时限（故障 {count} 次）", "Repair limits ({count} faults)")
LIMIT = Phrase(
    "时限 {normal}，自第一秒离线起算，昼夜连续；免责和未监测的时间停表",
    "limit {normal} from the first failing second, by night too; excluded and unwatched time stops the clock",
)
MAJOR_LIMIT = Phrase(
    "重大故障时限 {major}：{within}至少 {count} 台同时离线",
    "major faults {major}: at least {count} cameras down at once {within}",
)
REPAIR_COUNTS = Phrase(
    "按时修复 {kept} 次，未修复而未超时 {running} 次，本周期内超时 {late} 次；其中重大故障 {major} 次",
    "{kept} kept, {running} still running, {late} passed their limit in this period; {major} of all are major",
)
LATE_BEFORE = Phrase(
    "另有 {count} 次在本周期之前已超时，本周期不再扣分",
    "{count} more passed their limit before this period and cost nothing in it",
)
HEAD_LATE = Phrase(
    "本周期内超时的故障（{count} 次，超时由长到短）", "Late repairs ({count}, longest over the limit first)"
)
RAN = Phrase("计时", "on the clock")
REPAIR_LIMIT = Phrase("时限", "limit")
LATE_BY = Phrase("超时", "over it by")
LATE_FROM = Phrase("超时起点", "passed at")
STOPPED = Phrase("停表", "stopped for")
CLASS = Phrase("类别", "class")
NORMAL = Phrase("一般", "normal")
MAJOR = Phrase("重大", "major")
CROWD = Phrase(
    "{id}：重大故障，{start} 至 {end} {count} 台以上同时离线，起初为 {cameras}",
    "{id}: major, from {start} to {end} at least {count} cameras were down at once, at first {cameras}",
)
STOPPED_BY = Phrase("{id}：停表——{stops}", "{id}: the clock stood still: {stops}")
STOP = Phrase("{kind} {name} {length}", "{kind} {name} {length}")
UNWATCHED = Phrase("未监测 {length}", "unwatched {length}")

# ---------------------------------------------------------------- points

HEAD_SCORE = Phrase("评分表", "Scorecard")
LINE = Phrase("项目", "line")
REASON = Phrase("依据", "why")
POINTS = Phrase("扣分", "points")
COUNT = Phrase("次数", "count")
EACH = Phrase("每次", "each")
BELOW_STEP = Phrase("{rate} 低于 {below}：扣 {each} 分", "{rate} is below {below}: {each} points")
ABOVE_STEPS = Phrase("{rate}，未低于任何一档", "{rate} is below no step")
NOT_PROVABLE = Phrase("监测不足，无法认定：待定", "too little was watched: undecided")
NO_RATE = Phrase("没有计入的时间：待定", "nothing counts: undecided")
COUNTED = Phrase("{count} × {each} 分", "{count} × {each} points")
OVER = Phrase("{count} 台故障超过 {over} × {each} 分", "{count} cameras over {over} × {each} points")
CAPPED = Phrase("（封顶 {cap} 分，免扣 {over}）", " (at most {cap}, {over} forgiven)")
SUM = Phrase("{start} − {lost} = {left} 分", "{start} - {lost} = {left} points")
FLOOR = Phrase("最低 {floor} 分", "never fewer than {floor}")
SCORE_UNDECIDED = Phrase(
    "得分待定：有项目无法认定；已认定的扣 {lost} 分",
    "points undecided: a line cannot be decided; the others cost {lost} points",
)
QUALIFIED = Phrase("合格线 {line} 分：合格", "{line} points are good enough: qualified")
NOT_QUALIFIED = Phrase("合格线 {line} 分：不合格", "{line} points would be good enough: not qualified")
NOTHING_DECLARED = Phrase("本周期无申报", "nothing was declared in this period")
DECLARED = Phrase(
    "申报 {id}：{month} {title} {count} 次；{text}。{step}",
    "declared {id}: {month}, {title}, {count} times; {text}. {step}",
)
STEP = Phrase("{at} {what}：{role} {name}（{mark}）", "{at} {what}: {role} {name} ({mark})")
TAKEN_BACK = Phrase("申报 {id} 不计：{step} {text}", "declaration {id} does not count: {step} {text}")

# ---------------------------------------------------------------- money

HEAD_DEDUCTION = Phrase("扣款", "Deduction")
FEE = Phrase("每期费用 {fee} {currency}，按{by}扣款", "fee of the period {fee} {currency}, deducted by {by}")
POINTS_UNIT = Phrase("{points} 分", "{points} points")
NO_STEP = Phrase("{measured} 未低于任何一档：不扣", "{measured} is below no step: nothing is deducted")
STEP_SHARE = Phrase(
    "{measured} 低于 {below}：扣费用的 {share}，即 {exact}", "{measured} is below {below}: {share} of the fee = {exact}"
)
STEP_AMOUNT = Phrase("{measured} 低于 {below}：扣 {exact}", "{measured} is below {below}: {exact}")
EACH_POINT = Phrase(
    "扣 {lost} 分，每分扣费用的 {share}，即 {exact}", "{lost} points lost at {share} of the fee each = {exact}"
)
OVER_FEE = Phrase("以费用为限，免扣 {amount}", "the fee limits it: {amount} forgiven")
CUT = Phrase("舍去不足一分的 {amount}", "cut to the hundredth: {amount} dropped")
AMOUNT = Phrase(
    "扣款 {amount} {currency}，应付 {payable} {currency}", "deducted {amount} {currency}, payable {payable} {currency}"
)
MONEY_UNDECIDED = Phrase(
    "扣款待定：依据无法认定，不得据此扣款",
    "deduction undecided: what decides about it cannot be proved, so no money follows from it",
)

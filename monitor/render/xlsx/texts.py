"""What only the workbook says, in both languages; what the other forms say as well stands in their files."""

from __future__ import annotations

from monitor.language import Phrase

# ---------------------------------------------------------------- sheets; at most 31 characters, none of []:*?/\

SUMMARY = Phrase("汇总", "Summary")
CAMERAS = Phrase("摄像机", "Cameras")
GROUPS = Phrase("分项", "Groups")
OUTAGES = Phrase("离线记录", "Outages")
EXCLUSIONS = Phrase("免责", "Exclusions")
PLANNED = Phrase("计划维护", "Planned work")
INVENTORY = Phrase("清单变动", "Inventory")
OUTSIDE = Phrase("不纳入考核", "Outside the contract")
SETTLEMENT = Phrase("结算", "Settlement")
VOID = Phrase("不计的操作", "Void acts")
FINDINGS = Phrase("设备核查", "Findings")
RELIABILITY = Phrase("修复与重复故障", "Repairs")
CLOSINGS = Phrase("结账与更正", "Closing")
TREND = Phrase("趋势", "Trend")
NOTES = Phrase("算法与签字", "How, and signatures")
PAGE = Phrase("第 {page} 页，共 {pages} 页", "page {page} of {pages}")
CONTINUED = Phrase("{name} {number}", "{name} {number}")
SHEET_TITLE = Phrase("{town} {month} {sheet}", "{town} {month}: {sheet}")
NONE_THERE = Phrase("（无）", "(none)")

# ---------------------------------------------------------------- checks

RECOMPUTED = Phrase("按明细重算", "from the sheets")
REPORTED = Phrase("程序结果", "as reported")
SECONDS = Phrase("秒", "seconds")
OR_COUNT = Phrase("{what}：秒、次数或比率", "{what}: seconds, count or rate")
AND_MICROSECONDS = Phrase("及微秒", "and µs")
CHECK = Phrase("核对", "check")
REMARK = Phrase("说明", "note")
AGREES = Phrase("一致", "agrees")
DIFFERS = Phrase("不一致", "differs")
ALL_AGREE = Phrase("全部一致", "everything agrees")
SOME_DIFFER = Phrase("有不一致处，见“核对”列", "something differs: see the columns named check")
ALL_CHECKS = Phrase("公式按明细重算，与程序结果", "formulas against reported figures")

# ---------------------------------------------------------------- summary

PART_TERMS = Phrase("合同目标", "Terms")
PART_RESULT = Phrase("结论", "Verdict")
PART_TIME = Phrase("全部时长（各摄像机合计）", "Camera time, added up")
PART_RATES = Phrase("在线率、完好率、覆盖率", "Rates")
PART_COUNTS = Phrase("台数与次数", "Counts")
PART_BASES = Phrase("三种口径", "Three bases")
PART_BUDGET = Phrase("可离线额度", "Error budget")
TERM = Phrase("条款", "term")
VALUE = Phrase("数值", "value")
NUMERATOR = Phrase("分子", "numerator")
DENOMINATOR = Phrase("分母", "denominator")
TARGET_ONLINE = Phrase("在线率目标", "target of the online rate")
TARGET_INTACT = Phrase("完好率目标", "target of the intact rate")
MIN_COVERAGE = Phrase("最低覆盖率", "coverage needed")
VERDICT_OF = Phrase("{what}：结论", "{what}: verdict")
ONLINE_TIME = Phrase("在线（计入在线率）", "online")
INTACT_TIME = Phrase("完好（计入完好率）", "intact")
DOWN_BY_OUTAGES = Phrase("离线（按离线记录合计）", "down, by the outages")
DOWN_NOTE = Phrase("应与上面的离线时长相同", "must be the time down above")
EXCLUDED_DOWN = Phrase("免责时间内的离线", "outages in excluded time")
RAW_OF = Phrase("{what}：不扣除免责", "{what}: with nothing excluded")
RAW_NOTE = Phrase(
    "只列程序结果：免责时间内当时的状态不在明细表中", "only reported: no sheet holds the states in excluded time"
)
TARGET_NOTE = Phrase("目标 {target}", "target {target}")
MINIMUM_NOTE = Phrase("最低 {minimum}", "at least {minimum}")
RATED = Phrase("有在线率的摄像机", "cameras with a rate")
PASSING = Phrase("达标的摄像机", "cameras that reach the target")
ALL_CAMERAS = Phrase("考核摄像机", "cameras in the contract")
LOOKS_ONLINE = Phrase("抽查在线次数", "inspections that found it online")
LOOKS_COUNTED = Phrase("计入的抽查次数", "inspections that count")
LOOKS_SCHEDULED = Phrase("应抽查次数", "inspections scheduled")
LOOKS_UNOBSERVED = Phrase("未监测的抽查次数", "inspections nobody watched")
ON_CONTRACT = Phrase("合同口径", "the contract's basis")
BUDGET_RUNNING = Phrase(
    "含尚未到来的时间，明细中没有，不能重算", "with time still to come, which stands in no sheet: not recomputed"
)
FORECAST = Phrase("月末预测", "forecast of the month's end")
BEST = Phrase("即日起全部在线可达", "at best")

# ---------------------------------------------------------------- tables

RATE = Phrase("{rate}", "{rate}")
REPORTED_OF = Phrase("程序结果：{what}", "reported: {what}")
EXACT_SECONDS = Phrase("{kind}：整秒", "{kind}: whole s")
EXACT_MICROSECONDS = Phrase("{kind}：微秒", "{kind}: µs")
REPORTED_SECONDS = Phrase("程序结果 {kind}：整秒", "reported {kind}: whole s")
REPORTED_MICROSECONDS = Phrase("程序结果 {kind}：微秒", "reported {kind}: µs")
GROUP_NUMBER = Phrase("组号", "group no.")
GROUP_NUMBER_OF = Phrase("组号：{kind}", "group no.: {kind}")
GROUPED_BY = Phrase("分项方式", "by")
NAME = Phrase("名称", "name")
STATE = Phrase("状态", "state")
COUNTED_LENGTH = Phrase("计入时长（时:分:秒）", "counted, h:mm:ss")
WHOLE_LENGTH = Phrase("全长（时:分:秒）", "duration, h:mm:ss")
REPAIR = Phrase("修复时限", "repair limit")
LIMIT_LENGTH = Phrase("时限（时:分:秒）", "limit, h:mm:ss")
RAN_LENGTH = Phrase("计时（时:分:秒）", "on the clock, h:mm:ss")
LATE_LENGTH = Phrase("超时（时:分:秒）", "over it by, h:mm:ss")
GROUNDS = Phrase("事由说明", "grounds")
EVIDENCE = Phrase("证据", "evidence")
PROPOSED_AT = Phrase("提出时间", "proposed at")
PROPOSED_BY = Phrase("提出人", "proposed by")
DECIDED = Phrase("处理", "decision")
DECIDED_AT = Phrase("处理时间", "decided at")
DECIDED_BY = Phrase("处理人", "decided by")
DECIDED_TEXT = Phrase("处理意见", "its reason")
MTTR_LENGTH = Phrase("平均修复时间（时:分:秒）", "MTTR, h:mm:ss")
MTBF_LENGTH = Phrase("平均无故障时间（时:分:秒）", "MTBF, h:mm:ss")
REPAIR_SECONDS = Phrase("已修复故障的离线时间（秒）", "down time of the repaired, seconds")
ONLINE_SECONDS = Phrase("在线时间（秒）", "time online, seconds")
ROLE = Phrase("哪一方", "role")
WORK_ID = Phrase("编号", "id")

# ---------------------------------------------------------------- settlement

PART_REPAIRS = Phrase("修复时限", "Repair limits")
PART_LATE = Phrase("本周期内超时的故障", "Late repairs")
PART_SCORE = Phrase("评分表", "Scorecard")
PART_MONEY = Phrase("扣款", "Deduction")
COUNT = Phrase("次数", "count")
EACH = Phrase("每次扣分", "points each")
CAP = Phrase("封顶", "at most")
LOST_POINTS = Phrase("扣分合计", "points lost")
START_POINTS = Phrase("起始分", "points to start with")
FLOOR_POINTS = Phrase("最低分", "never fewer than")
POINTS_LEFT = Phrase("得分", "points left")
FEE = Phrase("每期费用（{currency}）", "fee of the period, {currency}")
SHARE = Phrase("扣费用的比例", "share of the fee")
PER_POINT = Phrase("每分扣费用的比例", "share of the fee for each point")
STEP_AMOUNT = Phrase("该档金额", "amount of the step")
BEFORE_CUT = Phrase("计算值", "as reckoned")
AMOUNT = Phrase("扣款（舍去不足一分）", "deducted, cut to the hundredth")
PAYABLE = Phrase("应付", "payable")
NOT_HERE = Phrase(
    "本月各表之外的时间也在内，不能由本工作簿重算", "of more time than this workbook holds: not recomputed"
)

# ---------------------------------------------------------------- notes

HOW_CHECKED = Phrase(
    "时长以秒为单位，精确到微秒。为使合计不含舍入误差，公式把每台的秒数拆为整秒和微秒两个整数（“摄像机”表右侧折叠的列），"
    "分别相加后再进位；与目标比较时交叉相乘，不用百分数。百分数只舍不入。改动“摄像机”“离线记录”中的任一数字，"
    "“汇总”即重算，与程序结果不同时“核对”列显示“不一致”。",
    "Durations are seconds, exact to the microsecond. So that sums carry no rounding, formulas take every camera's"
    " seconds apart into whole seconds and microseconds, two integers (the folded columns at the right of Cameras), add"
    " each and carry over; targets are compared by multiplying crosswise, never by percentages. Percentages are cut,"
    " never rounded up. Change any figure of Cameras or Outages: Summary recomputes, and where that is not what the"
    " program reported, the column named check says differs.",
)
INSTANTS = Phrase("时刻为当地时间（{zone}），舍去不足一秒的部分。", "Instants are local ({zone}), cut to the second.")
NO_VALUE = Phrase("“—”表示没有数值，不是 0。", "— means no value, never 0.")

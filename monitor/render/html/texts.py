"""What the HTML report says, in both languages; closed lists and shared headings stand in ``monitor.wording``.

The workbook and the CSV tables say some of it in the same words.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from monitor.contract import Cut
from monitor.language import Phrase
from monitor.report import TimeKind

TAB_TITLE = Phrase("{town} {month} 在线率考核报告", "{town} {month} online rate report")
PAGE_NUMBER = Phrase("第 {page} 页，共 {pages} 页", "page {page} of {pages}")  # named as CSS names its counters
RUNNING = Phrase("{town} {month} · 台账链头 {head}", "{town} {month} · ledger head {head}")

# ---------------------------------------------------------------- title and verdict

PERIOD_LABEL = Phrase("考核时段", "period")
PERIOD = Phrase("{start} 至 {end}（时区 {zone}）", "{start} to {end} ({zone})")
PARTIES_LABEL = Phrase("合同双方", "parties")
PARTIES = Phrase(
    "{office}（考核方）、{vendor}（受考核方）", "{office} (pays and checks) and {vendor} (keeps the cameras up)"
)
OFFICE = Phrase("综治办", "the office")
VENDOR = Phrase("维护单位", "the vendor")
CONTRACT_LABEL = Phrase("合同", "contract")
CONTRACT = Phrase("{title}（{id}）", "{title} ({id})")
TARGET_LABEL = Phrase("合同目标", "target")
TARGET = Phrase("在线率 {target}，按{basis}计", "online rate {target}, by {basis}")
TARGET_BOTH = Phrase(
    "在线率 {target}，按{basis}计；完好率 {intact}", "online rate {target}, by {basis}; intact rate {intact}"
)
COVERAGE_LABEL = Phrase("最低覆盖率", "coverage needed")
HEAD_VERDICT = Phrase("结论", "Verdict")
HEAD_RATES = Phrase("在线、完好与监测覆盖", "Online, intact, and how much was watched")
TARGET_SHORT = Phrase("目标 {target}：{verdict}", "target {target}: {verdict}")
TARGET_NONE = Phrase("合同未设目标", "the contract sets no target")
COVERAGE_SHORT = Phrase("最低 {minimum}：{verdict}", "at least {minimum}: {verdict}")
ENOUGH = Phrase("足以下结论", "enough for a verdict")
TOO_LITTLE = Phrase("不足，无法证明", "too little, not provable")
COVERAGE_NONE = Phrase("无应监测时间", "nothing was scheduled")
UNPROVABLE = Phrase(
    "未监测 {unobserved}，占应监测时间的 {share}。覆盖率低于合同最低值时不下结论：既不判达标，也不判不达标。",
    "{unobserved} were not watched, {share} of the scheduled time. Below the coverage the contract needs there is no"
    " verdict: neither met nor missed.",
)
SHARE = Phrase("占应监测", "of scheduled")
ON_CONTRACT = Phrase("合同口径", "the contract's basis")
FLIPPED = Phrase("此口径结论相反", "would give the opposite verdict")
RAW = Phrase("不扣除免责：{rate}", "with nothing excluded: {rate}")
RAW_DIFFERS = Phrase("{raw}（{verdict}）", "{raw} ({verdict})")

# ---------------------------------------------------------------- budget

BUDGET_NOTE = Phrase(
    "额度 =（1 − 目标）× 计入考核的时间；本月未结束时，含尚未到来的时间。按全部时长计，与合同口径无关。",
    "Allowed = (1 − target) × counted time; while the month runs, the time still to come is in it. In camera time,"
    " whatever the contract's basis is.",
)
GAUGE_LABEL = Phrase("损失 {lost}，允许 {allowed}", "lost {lost}, allowed {allowed}")

# ---------------------------------------------------------------- groups and cameras

HEAD_GROUPS = Phrase("分项在线率", "By village, carrier and kind of site")
LOST = Phrase("损失 / 允许", "lost / allowed")
GAUGE_NOTE = Phrase(
    "横条为计入时间中离线的份额，竖线为目标允许的份额；▼ 表示低于目标。",
    "The bar is the share of counted time that was lost, the upright line what the target allows; ▼ means below the"
    " target.",
)
HEAD_DAYS = Phrase("逐日情况（由差到好）", "Day by day, worst first")
DAYS = Phrase("每格一天", "a cell a day")
DAYS_NOTE = Phrase(
    "每格一天，自上而下按占当天应监测时间的比例填充：深色整宽为离线，"
    "较窄为画面异常，窄条为免责，细线为未监测，浅色为正常；"
    "短横表示当天无应监测时间。",
    "Each cell is a day, filled from the top in proportion to"
    " the day's scheduled time: dark and full width is down, less"
    " wide a faulty picture, narrow excluded, a thin line"
    " unobserved, pale is good; a dash is a day on which nothing was"
    " scheduled.",
)
TIMELINE_NOTE = Phrase(
    "每台下方的横条从左到右为整月，越高越深越差。",
    "The strip under each camera is the month from left to right; taller and darker is worse.",
)
TIMELINE_LABEL = Phrase("全月状态：{parts}", "state over the month: {parts}")
PART = Phrase("{kind} {length}", "{kind} {length}")
DAY_PART = Phrase("{day}日{kind} {length}", "day {day} {kind} {length}")
ALL_GOOD = Phrase("全月无损失", "nothing lost all month")

KINDS: Mapping[TimeKind, Phrase] = MappingProxyType(
    {
        TimeKind.UP: Phrase("在线且画面正常", "up, picture good"),
        TimeKind.DEGRADED: Phrase("画面异常", "picture faulty"),
        TimeKind.DOWN: Phrase("离线", "down"),
        TimeKind.EXCLUDED: Phrase("免责", "excluded"),
        TimeKind.UNOBSERVED: Phrase("未监测", "unobserved"),
    }
)

LOOKS_MOVED = Phrase("抽查 {before} → {after} 次", "inspections {before} → {after}")

# ---------------------------------------------------------------- what happened

WHOLE = Phrase("全长", "duration")
IN_SCHEDULE = Phrase("应监测", "scheduled")
IN_EXCLUSION = Phrase("免责", "excluded")
REPAIR = Phrase("修复时限", "repair")
HEAD_REPEATS = Phrase("有重复故障的摄像机（{count} 台）", "Cameras with repeat faults ({count})")
RELIABILITY_NOTE = Phrase(
    "故障：连同其后未见恢复又再次离线的记录算一次。平均修复时间 ="
    " 本月内见到修复的故障自第一秒起的离线时间（不含免责）÷ 其次数。"
    "平均无故障时间 = 本月在线时间 ÷ 本月开始的故障次数。重复：上次修复后 7 天（168 小时）内再次故障。",
    "A fault is an outage together with those that follow before"
    " the camera is seen online again. MTTR = down time, from"
    " the first second and without what is excluded, of faults"
    " whose repair was seen this month ÷ their number. MTBF = time"
    " online this month ÷ faults that began this month. A repeat"
    " begins within 7 days (168 hours) of the repair before.",
)

# ---------------------------------------------------------------- what people decided

EXCLUSION = Phrase("编号、事由", "exclusion")
REMOVED_SECONDS = Phrase("本月免责（秒）", "removed, s")
CUT = Phrase("未计入及原因", "cut, and why")
CUT_OFF = Phrase("{why} {seconds} 秒", "{why}: {seconds} s")
EXCLUSIONS_NOTE = Phrase(
    "台数与未计入的秒数为各台在整个结算周期内之和；本月免责只算本月、且不与计划维护及更早的免责重复计算。",
    "Cameras, and the seconds that were cut, are of the whole settlement period; removed is of this month, and what"
    " planned work or an earlier exclusion removed is not removed twice.",
)
CUTS: Mapping[Cut, Phrase] = MappingProxyType(
    {
        Cut.NOT_ACCEPTED: Phrase("合同不认此事由", "the contract does not accept this cause"),
        Cut.UNDECIDED: Phrase("对方尚未决定", "not decided yet"),
        Cut.REJECTED: Phrase("已驳回", "rejected"),
        Cut.WITHDRAWN: Phrase("已撤回", "withdrawn"),
        Cut.OWN_APPROVAL: Phrase("并非对方同意", "not approved by the other party"),
        Cut.PLANNED_WORK: Phrase("已按计划维护免责", "already excluded as planned work"),
        Cut.EARLIER_EXCLUSION: Phrase("已按更早的免责计算", "already excluded by an earlier one"),
        Cut.OVER_CAP: Phrase("超出合同上限", "over the contract's cap"),
    }
)

# ---------------------------------------------------------------- trend

TREND_NOTE = Phrase(
    "有记录的月份：{count} 个。各月均按现行合同条款、以全部时长计算。",
    "Months on record: {count}. Every month is computed by today's terms, from all camera time.",
)
TREND_MONTH = Phrase("月份", "month")

# ---------------------------------------------------------------- the end

HEAD_GLOSSARY = Phrase("各数字如何得出", "How each figure is computed")
GLOSSARY_ONLINE = Phrase(
    "在线率 =（在线且画面正常 + 在线但画面异常）÷ 计入考核 = {part} 秒 ÷ {whole} 秒 = {rate}",
    "online rate = (up, picture good + up, picture faulty) ÷ counted = {part} s ÷ {whole} s = {rate}",
)
GLOSSARY_ONLINE_BLIND_UP = Phrase(
    "在线率 =（在线且画面正常 + 在线但画面异常 + 未监测）÷ 计入考核 = {part} 秒 ÷ {whole} 秒 = {rate}",
    "online rate = (up, picture good + up, picture faulty + unobserved) ÷ counted = {part} s ÷ {whole} s = {rate}",
)
GLOSSARY_INTACT = Phrase(
    "完好率 = 在线且画面正常 ÷ 计入考核 = {part} 秒 ÷ {whole} 秒 = {rate}",
    "intact rate = up, picture good ÷ counted = {part} s ÷ {whole} s = {rate}",
)
GLOSSARY_INTACT_BLIND_UP = Phrase(
    "完好率 =（在线且画面正常 + 未监测）÷ 计入考核 = {part} 秒 ÷ {whole} 秒 = {rate}",
    "intact rate = (up, picture good + unobserved) ÷ counted = {part} s ÷ {whole} s = {rate}",
)
GLOSSARY_COVERAGE = Phrase(
    "监测覆盖率 =（应监测 − 未监测）÷ 应监测 = {part} 秒 ÷ {whole} 秒 = {rate}",
    "coverage = (scheduled − unobserved) ÷ scheduled = {part} s ÷ {whole} s = {rate}",
)
GLOSSARY_GROUPS = Phrase(
    "一组摄像机（村、运营商……）的数字是各台秒数相加后再相除，从不对百分数求平均。",
    "Figures of a group (village, carrier ...) are seconds added and then divided; percentages are never averaged.",
)
GLOSSARY_OUTAGE = Phrase(
    "离线自第一次失败的检测算起，至第一次成功的检测为止；监测端自身的问题记为未监测，不记为离线。",
    "An outage starts at the first probe that failed and ends at the first that succeeded; the monitor's own trouble is"
    " unobserved time, never an outage.",
)
GLOSSARY_BASES = Phrase(
    "三种口径：全部时长为各台秒数相加再相除；达标摄像机占比为自身在线率达到目标的台数 ÷ 有在线率的台数；"
    "定时抽查为抽查时在线的次数 ÷ 计入的抽查次数。",
    "Bases: all camera time is seconds added, then divided;"
    " cameras that pass is cameras whose own online rate reaches the"
    " target ÷ cameras with a rate; timed inspections is inspections that found the camera online ÷ those that count.",
)
GLOSSARY_RAW = Phrase(
    "“不扣除免责”是把计划维护和免责的时间也按当时的状态计入后的数字。",
    '"With nothing excluded" counts planned work and excluded time, too, as the state it was in.',
)
GLOSSARY_OTHERS = Phrase(
    "额度、修复时间与重复故障的算法写在各自一节。",
    "How the budget, repairs and repeat faults are computed stands in their sections.",
)
HEAD_SIGNATURES = Phrase("签字盖章", "Signatures")
SIGN_OFFICE = Phrase("综治办（考核方）", "The office")
SIGN_VENDOR = Phrase("维护单位（受考核方）", "The vendor")
SIGN_NAME = Phrase("姓名、职务", "name, position")
SIGN_SEAL = Phrase("签字（盖章）", "signature, seal")
SIGN_DATE = Phrase("日期", "date")
HEAD_PROVENANCE = Phrase("依据与校验", "What this rests on")
HEAD_LABEL = Phrase("台账链头", "ledger head")
ENTRY_LABEL = Phrase("台账条目", "ledger entry")
OTHER_HEADS_LABEL = Phrase("其他链", "other chains")
CHAIN_HEAD = Phrase("{vantage} 第 {seq} 条 {head}", "{vantage}, entry {seq} {head}")
TERMS_LABEL = Phrase("合同设置 SHA-256", "contract settings, SHA-256")
CONTRACT_FILE_LABEL = Phrase("合同文件 SHA-256", "contract file, SHA-256")
VERSION_LABEL = Phrase("程序版本", "program version")
RECORD_LABEL = Phrase("数据性质", "record")
RECOMPUTE = Phrase(
    "任何一方以同一台账、同一合同和同一版本重新运行，所得文件逐字节相同。链头可用 ledger verify --expect-head 校验。",
    "Whoever runs the same version on the same ledger and contract gets this file to the byte. ledger verify"
    " --expect-head checks a head.",
)
TERMS_HASH = Phrase(
    "合同设置的 SHA-256 取自 JSON 文件中的 report.terms（键排序、无空格、UTF-8）。",
    "The SHA-256 of the contract settings is that of report.terms in the JSON file (keys sorted, no spaces, UTF-8).",
)
CONTRACT_FILE_HASH = Phrase(
    "合同文件的 SHA-256 可用 sha256sum 校验。", "sha256sum checks the SHA-256 of the contract file."
)

LEFT_OUT = Phrase(
    "此表只列出最前的 {shown} 项，共 {count} 项；全部见{where}。",
    "Only the first {shown} of {count} are listed here; all of them are in the {where}.",
)
IN_WORKBOOK = Phrase("同月的 Excel 工作簿和 JSON 文件", "workbook and the JSON file of this month")
IN_CSV = Phrase("同月的 Excel 工作簿和 CSV、JSON 文件", "workbook, the CSV and the JSON file of this month")

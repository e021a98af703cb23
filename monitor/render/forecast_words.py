"""The words of a forecast, in both languages. Says things; decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from monitor.language import Phrase
from monitor.sla import Outlook

OUTLOOKS: Mapping[Outlook, Phrase] = MappingProxyType(
    {
        Outlook.REACHABLE: Phrase("可达标", "reachable"),
        Outlook.AT_RISK: Phrase("有风险", "at risk"),
        Outlook.UNRECOVERABLE: Phrase("已无法达标", "unrecoverable"),
        Outlook.UNDEFINED: Phrase("无计入时间", "nothing counts"),
    }
)

TITLE = Phrase("{town}月末预测", "{town}: forecast for the month's end")
AS_OF = Phrase(
    "截至 {now}，距月末 {left}；台账记录至 {recorded}",
    "As of {now}, {left} before the month ends; recorded until {recorded}",
)
NOTHING_RECORDED = Phrase("（无记录）", "(nothing)")
VERDICT = Phrase("预计：{outlook}", "Outlook: {outlook}")
NOTHING_SEEN = Phrase(
    "本月还没有监测记录，月末情况不明", "nobody has watched anything this month yet: where it ends is not known"
)
NOTHING_COUNTS = Phrase("本月没有计入考核的摄像机时间", "no camera time counts this month")
SO_FAR = Phrase("目前在线率 {rate}，合同目标 {target}", "online rate so far {rate}, target {target}")
LANDING = Phrase(
    "月末预测 {landing}：离线的一直离线，其余按最近一天的在线率 {lately} 计",
    "landing forecast {landing}: what is down stays down, the others go on at the last day's online rate, {lately}",
)
BEST = Phrase("最好情况 {best}：即日起全部在线", "best case {best}: everything up from now on")
BUDGET = Phrase(
    "额度：全月可离线 {allowed}，已用 {used}，还可离线 {left}",
    "error budget: {allowed} for the whole month, {used} used, {left} may still be lost",
)
OVERDRAWN = Phrase(
    "额度：全月可离线 {allowed}，已用 {used}，超支 {over}",
    "error budget: {allowed} for the whole month, {used} used, overdrawn by {over}",
)
COVERAGE = Phrase("监测覆盖率 {rate}，合同最低 {minimum}", "coverage {rate}, at least {minimum} is required")
PASSING = Phrase(
    "各自达标的摄像机：目前 {now}，月末预计 {landing}，最多 {best}（共 {rated} 台）",
    "cameras that reach the target by themselves: {now} so far, {landing} as it looks, {best} at most, of {rated}",
)
PASSING_BASIS = Phrase(
    "合同按达标摄像机占比结算：预计 {landing}，最多 {best}；修复清单按时长排序",
    "the contract is settled by the share of such cameras: {landing} as it looks, {best} at most; "
    "repairs are ranked by time",
)
SNAPSHOT_BASIS = Phrase(
    "合同按定时抽查结算；预测按时长计，仅供参考",
    "the contract is settled by inspections; this forecast is made of time and only hints at them",
)
NONE_NEEDED = Phrase("不再修复也可达标", "the target is reached without any repair")
NEEDED = Phrase("完成修复清单前 {count} 趟即可达标", "repairs up to trip {count} of the list lift it to the target")
NOT_ENOUGH = Phrase("只修复现有离线，预计仍不达标", "repairing everything that is down does not lift it to the target")

HEAD_VILLAGES = Phrase("各村（由差到好）", "Villages, gravest first")
HEAD_TRIPS = Phrase(
    "修复清单（{trips} 趟，{cameras} 台离线，共可挽回 {gain}）",
    "Repair list (trips: {trips}, cameras down: {cameras}, to gain: {gain})",
)
HEAD_CAMERAS = Phrase(
    "自身不达标的摄像机（{count} 台，其中 {lost} 台已无法达标）",
    "Cameras below the target by themselves ({count}, {lost} of them unrecoverable)",
)
NOTHING_DOWN = Phrase("目前没有离线的摄像机，无需修复", "nothing is down: there is nothing to repair")
NOTHING_TO_GAIN = Phrase(
    "离线的摄像机本月已无计入时间，修复不影响本月",
    "what is down has no counting time left this month: repairs gain nothing",
)
TRIP = Phrase(
    "{number}. {village}：{cameras} 台，可挽回 {gain}，修好后月末 {landing}",
    "{number}. {village}: {cameras} down, {gain} to gain, then the month ends at {landing}",
)
LIFTS = Phrase("  ← 到此达标", "  <- reaches the target")
SHARED = Phrase(
    "同一{kind}：{name}，先查此处，可能一修全好",
    "all behind one {kind}, {name}: look there first, it may mend them all",
)
RECORDER = Phrase("录像机", "recorder")
UPLINK = Phrase("上联", "uplink")
CARRIER_SHARED = Phrase("均为{name}的线路", "all on the network of {name}")
MORE = Phrase("……另有 {count} 项；--format json 可看全部", "... and {count} more; --format json has them all")
MORE_TRIPS = Phrase(
    "……另有 {count} 趟；--top {all} 可看全部", "... and more trips: {count}; --top {all} shows them all"
)
SOURCE = Phrase(
    "台账第 {seq} 条，链头 {head}；程序版本 {version}", "ledger entry {seq}, head {head}; version {version}"
)

DOWN = Phrase("离线", "down")
SO_FAR_COLUMN = Phrase("目前", "so far")
LANDING_COLUMN = Phrase("月末预测", "landing")
BEST_COLUMN = Phrase("最好", "best")
LEFT = Phrase("还可离线", "may lose")
OUTLOOK = Phrase("预计", "outlook")
GAIN = Phrase("可挽回", "gain")
SINCE = Phrase("离线始于", "down since")
STATE = Phrase("状态", "state")
LOST = Phrase("无法达标", "lost cameras")

"""The words of bulletins, in both languages. Says things; decides nothing."""

from __future__ import annotations

from monitor.language import Phrase

SIMULATED = Phrase("【演示数据，非真实点位】", "[simulated cameras, not real ones]")
NOT_WATCHED = Phrase(
    "注意：监测程序没有在运行，台账只到 {until}；此后情况不明，请先查监测主机。",
    "Mind: the monitor is not running, its record ends at {until}; what came after is unknown. "
    "See to the monitor first.",
)
NOTHING = Phrase("（无记录）", "(nothing)")
MORE = Phrase("……另有 {count} 件，见控制台 /incidents", "... and {count} more, see the console at /incidents")
INCIDENT = Phrase(
    "{origin} {name}（{village}）：{count} 台，{since} 起，已 {lasted}",
    "{origin} {name} ({village}): {count} {count:camera|cameras} since {since}, for {lasted}",
)
INCIDENT_CAMERA = Phrase(
    "{name}（{village}）：{cause}，{since} 起，已 {lasted}",
    "{name} ({village}): {cause}, since {since}, for {lasted}",
)
REPEAT = Phrase("，七日内重复", ", again within a week")
LATE = Phrase("，已超修复时限（{count} 台）", ", past the repair limit ({count} {count:camera|cameras})")
LEFT = Phrase("，修复时限还剩 {left}", ", {left} left of the repair limit")
BLIND = Phrase("{village}：{site}，{since} 起（{cameras}）", "{village}: {site}, since {since} ({cameras})")

UNSEEN = Phrase("{village}：{site}（{cameras}）", "{village}: {site} ({cameras})")
MORE_UNSEEN = Phrase("……另有 {count} 处，见控制台首页", "... and {count} {count:other|others}, see the console")

DAILY_TITLE = Phrase("{town}雪亮前端日报 {day}", "{town}: cameras on {day}, daily report")
DAILY_RATE = Phrase(
    "当日在线率 {rate}（目标 {target}），覆盖率 {coverage}，应在线 {cameras} 台",
    "online rate of the day {rate} (target {target}), coverage {coverage}, {cameras} {cameras:camera|cameras} due",
)
DAILY_OUTAGES = Phrase(
    "当日离线 {fell} 次，恢复 {returned} 次，离线合计 {down}",
    "{fell} {fell:outage|outages} began, {returned} ended, {down} of camera time down",
)
DAILY_NONE = Phrase("当日无离线", "nothing was down that day")
DAILY_UNSEEN = Phrase("当日没有监测记录，有无离线不知道", "nobody watched that day: what was down is not known")
NOW = Phrase(
    "现在离线 {down} 台，未监测 {unknown} 台（共 {cameras} 台）",
    "now {down} down and {unknown} unknown, of {cameras} {cameras:camera|cameras}",
)
DEGRADED = Phrase(
    "现在画面异常 {count} 台（在线，但看不清）",
    "{count} {count:camera shows|cameras show} a faulty picture now (up, but of no use)",
)
MONTH_LINE = Phrase(
    "本月累计 {rate}，预计月末 {landing}，{outlook}",
    "month to date {rate}, landing forecast {landing}, {outlook}",
)
OPEN = Phrase("未恢复 {count} 件：", "Open, {count}:")
ALL_WELL = Phrase("零报告：现在无故障、无盲区。", "Zero report: nothing is open and no site is blind.")
BLIND_COUNT = Phrase("盲区 {count} 处：", "Blind spots, {count}:")
UNSEEN_COUNT = Phrase("情况不明 {count} 处（未监测，有无画面不知道）：", "Sites of which nobody knows, {count}:")

PATROL_TITLE = Phrase("{town}今晚巡逻补位 {day}", "{town}: patrol for the night of {day}")
PATROL_SITES = Phrase(
    "以下 {count} 处今晚没有可用画面，请于 {leaves} 前安排到点巡查：",
    "No usable picture tonight at {count} {count:site|sites}; send the patrol there before {leaves}:",
)
PATROL_SITES_LATE = Phrase(
    "以下 {count} 处今晚没有可用画面，请通知已出发的巡逻人员到点巡查：",
    "No usable picture tonight at {count} {count:site|sites}; tell the patrol, which has left, to look there:",
)
PATROL_UNSEEN = Phrase(
    "以下 {count} 处情况不明（未监测），不能确认有画面；请先查监测端和账号，查不清的一并安排巡查：",
    "Nobody knows whether there is a picture at {count} {count:site|sites}; see to the monitor and the accounts first, "
    "and send the patrol where that does not help:",
)
PATROL_NONE = Phrase(
    "今晚各点位均有可用画面，无需补位。", "Every site has a usable picture tonight; no patrol is needed."
)

PICTURES_TITLE = Phrase("{town}画面与设备待查 {day}", "{town}: pictures and devices to see to, {day}")
PICTURES = Phrase("画面异常 {count} 台（在线，但看不清）：", "Faulty pictures, {count} (up, but of no use):")
DEVICES = Phrase("设备有变 {count} 项（请核实是否经过同意）：", "Devices that are not as they were, {count} (agreed?):")
ODD = Phrase("{village}：{name}（{id}）{what}，{since} 起", "{village}: {name} ({id}) {what}, since {since}")
MORE_FINDINGS = Phrase(
    "……另有 {count} 项，见控制台 /findings 和看板", "... and {count} more, see the console and dashboards"
)
PICTURES_NONE = Phrase("没有画面异常，也没有设备变化。", "No picture is faulty, and no device has changed.")

MONTH_TITLE = Phrase("{town}月末预测 {month}", "{town}: forecast for the end of {month}")
MONTH_TARGET = Phrase("合同目标 {target}，{outlook}", "target {target}: {outlook}")
STILL_UNKNOWN = Phrase(
    "另有 {count} 台未监测，是否离线不知道。",
    "{count} {count:camera is|cameras are} unknown: nobody knows whether {count:it is|they are} down.",
)
MONTH_RATES = Phrase(
    "目前 {rate}，预计 {landing}，最好 {best}",
    "so far {rate}, landing {landing}, best case {best}",
)
TRIPS = Phrase(
    "先修这些（前 {shown} 趟，共 {count} 趟）：", "Repair these first ({shown} of {count} {count:trip|trips}):"
)
TRIP = Phrase(
    "{number}. {village}：{cameras} 台，可挽回 {gain}，预计升至 {landing}",
    "{number}. {village}: {cameras} {cameras:camera|cameras}, gains {gain}, lifts the landing to {landing}",
)
NOTHING_DOWN = Phrase("当前没有离线的摄像机。", "Nothing is down.")

"""What the demonstration says to people, in both languages."""

from __future__ import annotations

from monitor.language import Phrase

BUILDING = Phrase(
    "正在搭建模拟镇:{cameras} 台摄像机,27 个村,两家运营商(首次需编码短片,约 20 秒)……",
    "building the simulated town: {cameras} cameras, 27 villages, two carriers (the first time encodes films, ~20 s) …",
)
SEEDING = Phrase("正在写入上月的模拟台账……", "writing last month's record (simulated) …")
LEARNING = Phrase("正在学习各点位的常态画面……", "learning what each camera usually shows …")
REPORTED = Phrase("上月考核报告(模拟数据):", "last month's SLA report (simulated record):")
STARTED = Phrase(
    "监测程序已启动(进程 {pid}):{address}/metrics  日志 {log}",
    "the monitor runs (process {pid}): {address}/metrics  log {log}",
)
SEEN = Phrase("全部 {cameras} 台摄像机均已检测。", "all {cameras} cameras have been probed.")
QUIET = Phrase(
    "一切正常;{camera} 在计划维护中。故事即将开始。",
    "all is well; {camera} is under planned maintenance. The story begins.",
)
STORY_OVER = Phrase("故事结束;按 Ctrl-C 退出。", "the story is over; Ctrl-C ends the demo.")
AS_TOLD = Phrase(
    "核对:{count} 起故障全部按真实的起止时间和原因记录,没有多余的记录;{calm} 台看似故障而不是故障的,判为正常。",
    "check: all {count} faults were recorded with the right cause, start and end, and nothing else; {calm} cameras "
    "that look faulty and are not were called good.",
)
NOT_AS_TOLD = Phrase("核对:记录与实际不符!", "check: the record differs from what happened!")
MISSING = Phrase("  漏记:{trouble}", "  missing: {trouble}")
EXTRA = Phrase("  多记:{trouble}", "  extra: {trouble}")
SUSPECTED = Phrase(
    "{camera} 疑似画面冻结（尚不算故障）：设备提供快照的，取两张来判定。",
    "{camera} is suspected to be frozen (no fault yet): two snapshots settle it where its device offers them.",
)
HAZY = Phrase("{camera} 对比度低（雾）：只报告，不算故障。", "{camera} has low contrast (fog): told, and no fault.")
ALIKE = Phrase("看似故障而不是故障的：", "what looks like a fault and is none:")
RECOGNISED = Phrase(
    "  {what}：{cameras} 台，每台至少看了 {looks} 个画面，判为正常",
    "  {what}: {cameras} {cameras:camera|cameras}, each looked at {looks} times or more, and called good",
)
MISTAKEN = Phrase(
    "  {what}：{cameras} 台，至少看了 {looks} 个画面，未能正确识别！",
    "  {what}: {cameras} {cameras:camera|cameras}, looked at {looks} times or more, and NOT recognised!",
)
FOUND = Phrase("  {true}  记录为 {span}", "  {true}  recorded {span}")
ENDED = Phrase(
    "数据保留在 {folder}。可试:sharp-eyes ledger verify --config {config}",
    "the data stays in {folder}. Try: sharp-eyes ledger verify --config {config}",
)
DIED = Phrase("监测程序意外结束:{error};日志 {log}", "the monitor ended unexpectedly: {error}; log {log}")
FOLDER_IN_USE = Phrase(
    "{folder} 里已有别的文件;演示只用空目录,以免覆盖您的文件。",
    "{folder} holds other files; the demo takes an empty folder only, so that nothing of yours is overwritten.",
)

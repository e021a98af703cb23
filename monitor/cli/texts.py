"""What the command line says to people, in both languages."""

from __future__ import annotations

from monitor.capacity import Bottleneck
from monitor.language import Phrase

DESCRIPTION = Phrase(
    "雪亮工程摄像机在线率监测:逐秒记录,按合同结算。",
    "Watches village cameras second by second and settles the contract's online rate.",
)
EXIT_CODES = Phrase(
    "退出码:0 正常;1 结论为否(摄像机异常、台账断链、配置有误);2 命令用法有误;3 无法执行;130 被中断。",
    "exit codes: 0 fine; 1 the answer is no (camera not good, chain broken, configuration faulty); "
    "2 wrong usage; 3 could not be done; 130 interrupted.",
)
HELP_CONFIG = Phrase("配置文件(默认:{default})", "settings file (default: {default})")
HELP_LANG = Phrase("界面语言(默认取自环境变量 LANG)", "language of the output (default: from LANG)")
HELP_DEMO = Phrase("演示:模拟一个镇并监测它", "the whole system on a simulated town")
HELP_RUN = Phrase("开始监测", "watch the cameras")
HELP_CHECK = Phrase("检查配置与清单,一次列出全部错误", "check settings and inventory, all faults at once")
HELP_ROUTES = Phrase(
    "同时检查 Alertmanager 的配置:接收方是否都有渠道",
    "look at Alertmanager's configuration, too: has each receiver a channel?",
)
HELP_LINKS = Phrase(
    "同时检查 Prometheus 的配置:只核对 external_labels.console 与 alerts.link 是否相同",
    "look at Prometheus' configuration, too; all that is compared is external_labels.console with alerts.link",
)
HELP_PROBE = Phrase("检测一台摄像机并逐步说明", "probe one camera and explain it stage by stage")
HELP_DIAGNOSE = Phrase("检查一张图片或一段录像的画面", "look at a picture or a video as at a camera's")
HELP_DIAGNOSE_FILE = Phrase("图片或录像文件", "a picture or a video")
HELP_PICTURE = Phrase("列出每一项画面检查的数值与限值", "every number of the picture, its limit and the verdict")
HELP_ONVIF = Phrase(
    "改为通过 ONVIF 查询:时钟、型号与序列号、码流、原因", "ask over ONVIF instead: clock, plate, streams and cause"
)
HELP_SUBSTREAM = Phrase("用 ONVIF 查询各摄像机的子码流", "ask cameras over ONVIF for their sub-streams")
HELP_SUBSTREAM_CAMERAS = Phrase("摄像机编号;省略则为全部", "ids of cameras; without any, all of them")
HELP_CAPACITY = Phrase("测算:线路、设备和本机能否承担", "what lines, devices and this machine have to bear")
HELP_PLATFORM = Phrase(
    "对照视频平台的在线清单:假在线、假离线", "compare with the platform's own list of what is online"
)
HELP_PLATFORM_FILE = Phrase("平台导出的在线清单(csv 或 xlsx)", "the list exported from the platform (csv or xlsx)")
HELP_ALERTS = Phrase("通知:试发一条,或查看已发与待发", "messages: try a channel, or see what was sent")
HELP_ALERTS_TEST = Phrase("向某渠道试发一条,并显示对方的答复", "send one test message and say what was answered")
HELP_CHANNEL = Phrase("alerts.channels 中的渠道名", "a name of alerts.channels")
HELP_ALERTS_LIST = Phrase("查看发件箱:待发、已送达、放弃", "what waits, what was delivered, what was given up")
HELP_ALERTS_LIMIT = Phrase("最多显示几条(默认 50)", "at most so many (default 50)")
NO_SUCH_CHANNEL = Phrase(
    "没有渠道 {channel};alerts.channels 中有:{there}", "no channel {channel}; alerts.channels has: {there}"
)
TEST_TITLE = Phrase("【测试】{town} 摄像机在线率监测", "[TEST] {town} camera monitor")
TEST_TEXT = Phrase(
    "这是一条测试消息,无需处理。渠道 {channel},{at}。",
    "This is a test; nothing has to be done. Channel {channel}, {at}.",
)
HELP_JSON = Phrase("输出 JSON", "print JSON")
HELP_REPORT = Phrase("某月的考核报告", "the SLA report of a month")
HELP_BULLETIN = Phrase(
    "日报、今晚巡逻补位清单、画面与设备、月末预测（只显示，不发送）",
    "the daily report, tonight's patrol list, pictures and devices, the month's forecast (shown, not sent)",
)
HELP_BULLETIN_KIND = Phrase("daily 日报，patrol 巡逻补位，pictures 画面与设备，month 月末预测", "which of the four")
HELP_FORECAST = Phrase("本月月末预测与修复清单", "where the month will end, and which repairs gain most")
HELP_FORECAST_MONTH = Phrase("月份,须为当月(默认当月)", "the month, which must be the running one (the default)")
HELP_FORECAST_FORMAT = Phrase("格式:text 或 json(默认 text)", "format: text or json (default text)")
HELP_TOP = Phrase(
    "修复清单最多显示几趟(text 默认 10,json 默认全部)",
    "at most so many trips of the repair list (default: 10 as text, all as JSON)",
)
HELP_LEDGER = Phrase("查看或校验台账", "look at the ledger or verify it")
HELP_VERIFY = Phrase("校验哈希链", "verify the hash chain")
HELP_SHOW = Phrase("显示台账条目", "show entries")
HELP_SHOW_CAMERA = Phrase("只看这台摄像机", "only this camera's entries")
HELP_SHOW_AFTER = Phrase("只看此编号之后的条目", "only entries numbered above this")
HELP_SHOW_LIMIT = Phrase("最多显示几条", "at most so many")
HELP_SHOW_PEOPLE = Phrase("看人员操作,而不是监测记录", "what people did, instead of the monitor's entries")
HELP_TARGET = Phrase("摄像机编号,或 rtsp:// 地址(不含密码)", "a camera's id, or an rtsp:// URL without a password")
HELP_USER = Phrase(
    "用于 rtsp:// 地址的用户名;密码取自环境变量 SHARP_EYES_PASSWORD,否则现场询问",
    "user name for an rtsp:// URL; the password is read from SHARP_EYES_PASSWORD, else asked for",
)
HELP_VERBOSE = Phrase("同时显示协议往来(密码已隐去)", "show the protocol exchange too (secrets removed)")
HELP_INSIST = Phrase(
    "设备拒绝过密码、尚在暂停期内时仍然检测;设备可能因此锁定账号",
    "ask a device although it refused this password and the pause is not over; it may lock the account",
)
HELP_MONTH = Phrase("月份,如 2026-10", "the month, as in 2026-10")
HELP_FORMAT = Phrase(
    "格式,逗号分隔:text, csv, json, html, xlsx, pdf(默认 text)",
    "formats, comma separated: text, csv, json, html, xlsx, pdf (default text)",
)
HELP_OUT = Phrase(
    "写入此目录;省略则单一格式输出到屏幕", "write into this folder; without it a single format goes to the screen"
)
HELP_CONTRACT = Phrase("哪一份合同(只有一份时可省略)", "which contract; not needed where there is only one")
HELP_EXPECT_HEAD = Phrase("报告上印的链头,核对台账是否被截短", "the head printed on a report: tells a shortened ledger")
HELP_DURATION = Phrase("运行多久后结束,如 200s(默认不限)", "how long to run, as in 200s (default: until Ctrl-C)")
HELP_NO_TTY = Phrase("不用实时画面,逐行输出", "plain lines instead of the live view")
HELP_CAMERAS = Phrase("模拟摄像机数量(默认 108)", "how many cameras to simulate (default 108)")
HELP_FOLDER = Phrase("演示数据目录(默认新建临时目录)", "folder for the demo's data (default: a fresh temporary one)")

CONFIG_GOOD = Phrase(
    "配置无误:{cameras} 台摄像机,{villages} 个村,{uplinks} 条上联。",
    "no faults: {cameras} {cameras:camera|cameras}, {villages} {villages:village|villages}, "
    "{uplinks} {uplinks:uplink|uplinks}.",
)
CONFIG_CONTRACT = Phrase(
    "合同 {id}:{cameras} 台摄像机纳入考核。{title}",
    "contract {id}: {cameras} {cameras:camera|cameras} in its scope. {title}",
)
CONFIG_UNCONTRACTED = Phrase("未纳入任何合同:{cameras} 台。", "in no contract: {cameras} {cameras:camera|cameras}.")
CONFIG_WARNING = Phrase("提示:{warning}", "mind: {warning}")
CONFIG_UNCOMPARED = Phrase(
    "提示:{file} 的 external_labels.console 无从核对:配置没有 alerts.link",
    "mind: external_labels.console of {file} could not be compared: the settings have no alerts.link",
)
CONFIG_FAULTS = Phrase("发现 {count} 处错误:", "{count} {count:fault|faults}:")
NO_SUCH_CAMERA = Phrase("清单中没有摄像机 {id};最接近的是:{near}", "no camera {id} in the inventory; nearest: {near}")
NONE = Phrase("(无)", "(none)")
URL_WITH_PASSWORD = Phrase(
    "地址中不要写密码(会留在进程列表和历史记录里):用 --user 和 SHARP_EYES_PASSWORD",
    "no password in the URL (it would stay in the process list and in history): use --user and SHARP_EYES_PASSWORD",
)
ASK_PASSWORD = Phrase("{user} 的密码:", "password of {user}: ")
PAUSED = Phrase(
    "设备拒绝了该密码,暂停至 {until:%H:%M}",
    "paused until {until:%H:%M} because the device refused this password",
)
OR_INSIST = Phrase(";加 --insist 仍可检测", "; --insist asks all the same")
PROBING = Phrase("检测 {target}", "probing {target}")
PROBE_AS_WRITTEN = Phrase(
    "没有可用的子码流,改按清单取流 {target}", "no such sub-stream; asked as the inventory says: {target}"
)
PROBE_GOOD = Phrase("结论:在线,画面正常({took:.0f} 毫秒)", "verdict: online, picture good ({took:.0f} ms)")
PROBE_BAD = Phrase(
    "结论:{cause}(止于{stage}阶段,{took:.0f} 毫秒)", "verdict: {cause} (ended at stage {stage}, {took:.0f} ms)"
)
PROBE_RUNG = Phrase("到达:{rung}", "reached: {rung}")
PROBE_RECEIVED = Phrase(
    "收到 {received:,} 字节,关键帧 {keyframe:,} 字节,{codec}",
    "received {received:,} bytes, key frame {keyframe:,} bytes, {codec}",
)
PROBE_TRANSPORT = Phrase("传输方式:{transport}", "transport: {transport}")
PROBE_PICTURE = Phrase("画面 {width}×{height}", "picture {width}×{height}")
PROBE_HEARD = Phrase("设备自称:{what}", "the device calls itself: {what}")
PROBE_UNREADABLE = Phrase("无法解析的内容:{what}", "nobody can read: {what}")
PROBE_MISSING = Phrase(
    "关键帧完整之前缺 {packets} 个数据包", "packets missing before the key frame was whole: {packets}"
)
PROBE_NOTE = Phrase("附注:{words}({note})", "note: {words} ({note})")
PROBE_CAUSE_PAGE = Phrase("说明与处理办法:docs/causes.md#{cause}", "meaning and what to do: docs/causes.md#{cause}")
FINDING_HEAD = Phrase("检查项", "check")
FINDING_STATE = Phrase("结论", "says")
FINDING_SEVERITY = Phrase("程度", "severity")
FINDING_MEASURE = Phrase("量", "measure")
FINDING_VALUE = Phrase("值", "value")
FINDING_LIMIT = Phrase("异常于", "faulty at")
VERDICT_GOOD = Phrase("画面正常", "the picture is good")
VERDICT_SO_FAR = Phrase("可判断的各项均未见异常", "no fault is seen in what can be judged")
VERDICT_LEARNING = Phrase(
    "尚在学习（正常关键帧 {seen:.0f}/{enough:.0f}），暂不判断：{checks}",
    "still learning (good key frames: {seen:.0f} of {enough:.0f}), nothing is said yet of: {checks}",
)
VERDICT_CANNOT = Phrase(
    "无法判断（此画面纹理、颜色或光线不足，或视角不固定）：{checks}",
    "cannot be judged, too little detail, colour or light in this picture, or no fixed view: {checks}",
)
VERDICT_SUSPECT = Phrase(
    "可疑：{cause}，由设备的两张快照确认（设备须提供 ONVIF 快照地址）",
    "suspect: {cause}; two snapshots of the device settle it where it tells their address over ONVIF",
)
LIST_COMMA = Phrase("、", ", ")
VERDICT_HOLDS = Phrase("画面异常：{cause}（{id}）", "the picture is faulty: {cause} ({id})")
VERDICT_DOUBT = Phrase(
    "这一帧可疑：{cause}（{id}）；持续数帧才判异常",
    "this key frame is suspect: {cause} ({id}); it takes several over minutes to be a fault",
)
DIAGNOSED = Phrase(
    "关键帧 {count} 个，{width}×{height}；最后一帧：", "key frames: {count}, {width}×{height}; the last one:"
)
DIAGNOSED_AT = Phrase("第 {seconds:.0f} 秒起：{verdict}", "from second {seconds:.0f}: {verdict}")
DIAGNOSED_EQUAL = Phrase(
    "最后 {count} 个关键帧（{seconds:.0f} 秒）逐点相同",
    "the last {count} key frames ({seconds:.0f} s) are equal to the last sample",
)
DIAGNOSED_STANDS = Phrase(
    "可疑：{cause}（{id}）；完全静止的场景也可能如此，单凭这段录像不能确定",
    "suspect: {cause} ({id}); a scene in which nothing moves may look like that, and this film alone cannot tell",
)
DIAGNOSED_TOO_FEW = Phrase(
    "无法判断是否{cause}：相同的关键帧太少，请给更长的录像",
    "cannot be judged: {cause}; too few key frames are equal, give it a longer film",
)
DIAGNOSED_ONCE = Phrase(
    "单张画面没有参照：模糊、遮挡、偏移等要先学习该摄像机的常态。",
    "one picture has no reference: blur, covers and moved views need to know what the camera usually shows.",
)
SUBSTREAM_FOUND = Phrase("子码流 {url}  {width}×{height} {codec}", "sub-stream {url}  {width}×{height} {codec}")
SUBSTREAM_SAME = Phrase("即清单中的码流", "which is the stream of the inventory")
SUBSTREAM_NO_ADDRESS = Phrase("清单中没有 ONVIF 地址", "no ONVIF address in the inventory")
SUBSTREAM_NONE = Phrase("未查到:{cause}", "none found: {cause}")
SUBSTREAM_PLACE = Phrase("按清单的主机与端口:{url}", "at host and port of the inventory: {url}")
SUBSTREAM_CLOCK = Phrase("设备时钟偏差 {seconds:+.0f} 秒", "the device's clock is {seconds:+.0f} s off")
ONVIF_ASKING = Phrase("通过 ONVIF 查询 {target}", "asking {target} over ONVIF")
ONVIF_ANSWERS = Phrase("设备有应答", "the device answers")
ONVIF_SILENT = Phrase("设备没有应答", "the device does not answer")
ONVIF_NO_CLOCK = Phrase("设备未报时钟", "the device does not tell its clock")
ONVIF_PLATE = Phrase(
    "厂商 {maker},型号 {model},固件 {firmware},序列号 {serial}",
    "maker {maker}, model {model}, firmware {firmware}, serial number {serial}",
)
ONVIF_NO_PLATE = Phrase("未报厂商、型号、固件与序列号", "maker, model, firmware and serial number were not told")
ONVIF_MAIN = Phrase("主码流 {url}", "main stream {url}")
ONVIF_SNAPSHOTS = Phrase("提供抓图", "offers single pictures")
ONVIF_NO_SNAPSHOTS = Phrase("不提供抓图", "offers no single pictures")
ONVIF_GOOD = Phrase("结论:ONVIF 正常", "verdict: all was told over ONVIF")
ONVIF_BAD = Phrase("结论:{cause}", "verdict: {cause}")
ONVIF_WANTS_ID = Phrase(
    "--onvif 只用于清单中的摄像机编号,不用于地址", "--onvif takes a camera's id from the inventory, not an address"
)
BAD_MONTH = Phrase("月份写作 2026-10,不是 {month}", "write the month as 2026-10, not {month}")
BAD_FORMAT = Phrase(
    "没有格式 {format};可用:text, csv, json, html, xlsx, pdf",
    "no format {format}; there are text, csv, json, html, xlsx, pdf",
)
BAD_FORECAST_FORMAT = Phrase("没有格式 {format};可用:text, json", "no format {format}; there are text, json")
MONTH_IS_OVER = Phrase(
    "{month} 已结束,没有可预测的;结果见 sharp-eyes report {month}",
    "{month} is over, there is nothing left to forecast: sharp-eyes report {month} says how it ended",
)
MONTH_NOT_BEGUN = Phrase(
    "{month} 尚未开始,没有可预测的;省略 --month 即为当月",
    "{month} has not begun, there is nothing to forecast from: leave out --month for the running month",
)
WHICH_FOLDER = Phrase("多种格式需要 --out 目录", "several formats need --out FOLDER")
OUT_IS_FILE = Phrase(
    "{path} 是文件或在文件之下:--out 后请写目录", "{path} is a file, or below one: name a folder with --out"
)
OUT_UNWRITABLE = Phrase(
    "无法写入目录 {path}({why}):请给予权限,或用 --out 另写目录",
    "nothing can be written into {path} ({why}): allow it, or name another folder with --out",
)
NOT_ON_SCREEN = Phrase(
    "{format} 不能显示在屏幕上,需要 --out 目录", "{format} cannot be shown on a terminal: it needs --out FOLDER"
)
WHICH_CONTRACT = Phrase(
    "有多份合同,请用 --contract 指定一份:{there}", "there are several contracts, choose one by --contract: {there}"
)
NO_CONTRACT = Phrase("没有合同 {id};可用:{there}", "no contract {id}; there are {there}")
WRITTEN = Phrase("已写入 {path}", "written: {path}")
CHAIN_HOLDS = Phrase(
    "台账完整:{entries:,} 条,链头 {head}", "the chain holds: {entries:,} {entries:entry|entries}, head {head}"
)
CHAIN_BROKEN = Phrase("台账断链:{where}", "the chain is broken: {where}")
CHAIN_HEAD = Phrase("  {vantage}:{seq:,} 条,链头 {head}", "  {vantage}: {seq:,} {seq:entry|entries}, head {head}")
REPORT_STAGES = {
    "reading": Phrase("读取台账", "reading the ledger"),
    "adding_up": Phrase("计算各项数字", "adding up the figures"),
    "looking_back": Phrase("回看前几个月", "looking back at the months before"),
}
WRITING = Phrase("写出 {format}", "writing {format}")
VERIFYING = Phrase("校验台账", "verifying the ledger")

HELP_VERIFY_REPORT = Phrase(
    "核对一份 JSON 报告:按台账和合同重新计算,逐项比较",
    "check a report in JSON: make it again from ledger and contract, and compare every figure",
)
HELP_LEDGER_FILE = Phrase("与 --verify 合用:台账文件(默认按配置)", "with --verify: the ledger (default: the settings')")
HELP_CONTRACT_OR_FILE = Phrase(
    "哪一份合同(只有一份时可省略);与 --verify 合用时也可以是合同文件",
    "which contract; not needed where there is only one; with --verify it may be a contract file",
)
NEEDS_MONTH = Phrase("缺少月份,如 2026-10", "the month is missing, as in 2026-10")
NOT_WITH_VERIFY = Phrase(
    "--verify 的月份、格式都在文件中,不能再写月份、--format、--out",
    "--verify takes month and format from the file: leave the month, --format and --out away",
)
ONLY_WITH_VERIFY = Phrase("--ledger 只与 --verify 合用", "--ledger goes with --verify alone")
IN_SETTINGS = Phrase("(写在配置中)", "(in the settings)")
REPORT_AGREES = Phrase(
    "一致:{path} 的各项数字与本台账按合同重算的完全相同",
    "agrees: every figure of {path} comes out of this record and contract",
)
REPORT_AGREES_AS_FAR = Phrase(
    "一致:{path} 中有的各项数字与本台账按合同重算的完全相同;文件中没有:{absent}",
    "agrees as far as it goes: what {path} holds comes out of this record and contract; it does not hold: {absent}",
)
REPORT_DIFFERS = Phrase("不一致:{path} 有 {count} 项不同", "differs: {count} values of {path} come out otherwise")
REPORT_MORE = Phrase("  ……另有 {count} 项", "  ... and {count} more")
REPORT_OTHER_VERSION = Phrase(
    "注意:文件由程序版本 {theirs} 写成,本程序为 {ours};数字仍已比较,文件中没有的项目除外",
    "note: version {theirs} of the program wrote the file, this is {ours}; what the file has was compared all the same",
)
REPORT_MOVED_ON = Phrase(
    "注意:台账此后又增加了记录({more});已按文件所记的链头核对",
    "note: the record has grown since ({more}); it was read up to the heads the file names",
)
REPORT_TOWN_UNKNOWN = Phrase(
    "注意:名称“{town}”来自对方的配置,台账中没有,未核对",
    "note: the name {town} comes from their settings and stands in no ledger; it was not checked",
)
REPORT_WITHOUT_TIME = Phrase(
    "无法核对:报告做成时该月尚未开始,没有可核对的数字,或 elapsed 被改动",
    "cannot be checked: the month had not begun when the report was made, or elapsed is not within it",
)
REPORT_OTHER_ZONE = Phrase(
    "无法核对:报告按时区 {theirs} 分月,合同按 {ours};合同文件未写 zone 的,请用 --config 指定写有时区的配置",
    "cannot be checked: the report has the months of {theirs}, the contract those of {ours}; where the contract names "
    "no zone, name the settings that do by --config",
)
REPORT_NO_CONTRACT = Phrase(
    "手头没有报告所依据的合同 {id}:用 --contract 指定合同文件,或用 --config 指定含该合同的配置",
    "the report is about contract {id}, which is not at hand: name its file by --contract, or settings with it by "
    "--config",
)
REPORT_OTHER_CONTRACT = Phrase(
    "无法核对:报告依据的合同是 {theirs[0]},SHA-256 {theirs[1]};手头的是 {ours[0]},{ours[1]}。请用同一份合同文件",
    "cannot be checked: the report was made by contract {theirs[0]}, SHA-256 {theirs[1]}; at hand is {ours[0]}, "
    "{ours[1]}. Use the same contract file",
)
REPORT_CHAIN_BROKEN = Phrase(
    "无法核对:{path} 的哈希链不完整,请先运行 sharp-eyes ledger verify",
    "cannot be checked: the chain of {path} does not hold; run `ledger verify` first",
)
REPORT_UNKNOWN_HEAD = Phrase(
    "无法核对:{path} 中没有链头 {vantage} 第 {seq} 条 {head}:副本比报告旧,或不是同一本台账",
    "cannot be checked: {path} has no entry {seq} of {vantage} with hash {head}: this copy is older than the report, "
    "or it is another ledger",
)
REPORT_CLOSED_ELSEWHERE = Phrase(
    "无法核对:报告说 {month} 已结账,{path} 中没有这次结账:请用更新的台账副本",
    "cannot be checked: the report says that {month} was closed, and {path} does not know of it: use a newer copy",
)

CAPACITY_TOWN = Phrase(
    "{cameras} 台摄像机({measured} 台有实测),每秒检测 {probes:.1f} 次,其中解码 {looks:.1f} 次",
    "{cameras} {cameras:camera|cameras} ({measured} of them measured): {probes:.1f} probes a second, "
    "{looks:.1f} of them decoded",
)
CAPACITY_SESSIONS = Phrase(
    "同时会话:平均 {sessions:.1f} 个,上限 {limit}", "sessions at once: {sessions:.1f} on average, limit {limit}"
)
CAPACITY_RATE = Phrase("流量合计:平均 {rate:.1f} Mbit/s", "traffic in all: {rate:.1f} Mbit/s on average")
CAPACITY_CPU = Phrase(
    "CPU:{cpu:.2f} 核,共 {cores} 核(接收每次 {receiving:.1f} 毫秒,解码每次 {looking:.1f} 毫秒)",
    "CPU: {cpu:.2f} of {cores} {cores:core|cores} (receiving {receiving:.1f} ms, decoding {looking:.1f} ms each)",
)
CAPACITY_CARRIES = Phrase(
    "本机可监测约 {carries:,} 台这样的摄像机(受限于{limit})",
    "this machine carries about {carries:,} {carries:camera like this one|cameras like these} (limit: {limit})",
)
BOTTLENECKS = {
    Bottleneck.SESSIONS: Phrase("同时会话数 limits.in_flight", "limits.in_flight"),
    Bottleneck.RECEIVING: Phrase("检测进程数 limits.workers", "limits.workers"),
    Bottleneck.DECODING: Phrase("解码数 limits.decoders", "limits.decoders"),
    Bottleneck.CPU: Phrase(" CPU", "CPU"),
}
CAPACITY_LINE = Phrase(
    "  {name}:{cameras} 台,会话平均 {sessions:.2f}/上限 {session_limit},"
    "平均 {mean:.2f}、峰值 {peak:.1f}/上限 {limit} Mbit/s",
    "  {name}: {cameras} {cameras:camera|cameras}, sessions {sessions:.2f} on average of {session_limit}, "
    "{mean:.2f} Mbit/s on average and {peak:.1f} at most of {limit}",
)
LATE = {
    Bottleneck.SESSIONS: Phrase(
        "警告:limits.in_flight 太小,检测会延迟", "warning: limits.in_flight is too small, probes would be late"
    ),
    Bottleneck.RECEIVING: Phrase(
        "警告:一个进程来不及检测,加大 limits.workers", "warning: probing does not keep up: raise limits.workers"
    ),
    Bottleneck.DECODING: Phrase(
        "警告:解码来不及,加大 limits.decoders 或 picture.every",
        "warning: decoding does not keep up: raise limits.decoders or picture.every",
    ),
    Bottleneck.CPU: Phrase(
        "警告:本机 CPU 不足,加大 probe.interval 或 picture.every,或改取子码流",
        "warning: not enough CPU: raise probe.interval or picture.every, or ask for sub-streams",
    ),
}
LATE_LINE = Phrase(
    "警告:上联 {name} 的限额太小,检测会延迟", "warning: the limits of uplink {name} would make probes late"
)
LATE_DEVICE = Phrase(
    "警告:设备 {name} 的通道要占去其 {share:.0%} 的时间,检测会延迟:加大 probe.interval 或 limits.per_device",
    "warning: the channels of device {name} take {share:.0%} of its time, probes would be late: "
    "raise probe.interval or limits.per_device",
)

NAMED = 20  # ids shown of a list that only counts
PLATFORM_AS_OF = Phrase("监测台账截至 {at}", "the record ends at {at}")
FALSELY_ONLINE = Phrase(
    "假在线（平台称在线，监测为离线）：{count} 台", "falsely online (online there, down here): {count}"
)
FALSELY_OFFLINE = Phrase(
    "假离线（平台称离线，监测为在线）：{count} 台", "falsely offline (offline there, online here): {count}"
)
SINCE = Phrase("自 {at} 起 {cause}", "since {at} {cause}")
PLATFORM_REST = Phrase(
    "一致 {agreed} 台；未监测、无法判断 {unjudged} 台；平台清单缺 {there} 台；一机一档缺 {here} 台",
    "agreed: {agreed}; unknown here: {unjudged}; not in the platform's list: {there}; not in our inventory: {here}",
)
HARDLY_COMPARED = Phrase(
    "只对照了 {judged} 台（本方共 {of} 台），不足一半，不能说明一致："
    "请核对清单的编号、国标编码或 IP 地址列，以及监测是否在运行",
    "only {judged} of our {of} {of:camera|cameras} could be compared, which shows nothing: "
    "look at the list's columns of ids, national ids or addresses, and whether the monitor runs",
)
MISSING_THERE = Phrase("平台清单缺：{ids}", "not in the platform's list: {ids}")
MISSING_HERE = Phrase("一机一档缺：{ids}", "not in our inventory: {ids}")

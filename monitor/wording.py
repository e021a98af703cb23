"""Every closed list of ours, and the report's headings, in both languages. Says things; decides nothing.

A test walks the enums, so that no member lacks its words.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from monitor.incidents import Clue, Evidence, Origin
from monitor.language import Count, Language, Phrase
from monitor.model import (
    Basis,
    BlindTime,
    Cause,
    DeviceFinding,
    ExclusionCause,
    ExclusionState,
    FindingKind,
    FindingState,
    Note,
    Role,
    Rung,
    SiteCategory,
    Stage,
    State,
)
from monitor.sla import SlaVerdict

# ---------------------------------------------------------------- closed lists

CAUSES: Mapping[Cause, Phrase] = MappingProxyType(
    {
        Cause.OK: Phrase("正常", "fine"),
        Cause.DNS_FAILED: Phrase("域名解析失败", "name not resolved"),
        Cause.TCP_REFUSED: Phrase("端口拒绝连接", "connection refused"),
        Cause.TCP_TIMEOUT: Phrase("连接超时", "connection timed out"),
        Cause.TCP_UNREACHABLE: Phrase("网络不可达", "network unreachable"),
        Cause.TLS_FAILED: Phrase("加密握手失败", "TLS failed"),
        Cause.CERTIFICATE_REFUSED: Phrase("设备证书不符", "certificate refused"),
        Cause.EMPTY_REPLY: Phrase("连上即被关闭", "closed without a reply"),
        Cause.CONNECTION_RESET: Phrase("连上即被重置", "connection reset"),
        Cause.CONNECTION_CLOSED: Phrase("连接被中断", "connection closed"),
        Cause.NO_REPLY: Phrase("连上后无应答", "connected, no reply"),
        Cause.NOT_RTSP: Phrase("端口上不是视频服务", "not RTSP"),
        Cause.TLS_EXPECTED: Phrase("端口要求加密", "TLS expected"),
        Cause.HTTP_TUNNEL_ONLY: Phrase("仅支持 HTTP 隧道", "RTSP over HTTP only"),
        Cause.BAD_REPLY: Phrase("应答有误", "broken reply"),
        Cause.PATH_NOT_FOUND: Phrase("视频地址不存在", "path not found"),
        Cause.REQUEST_REFUSED: Phrase("请求被拒绝", "request refused"),
        Cause.SDP_REFUSED: Phrase("不提供 SDP 描述", "no description in SDP"),
        Cause.OPTION_UNSUPPORTED: Phrase("要求不支持的扩展", "option not supported"),
        Cause.SERVER_ERROR: Phrase("设备内部错误", "device error"),
        Cause.REDIRECT_LOOP: Phrase("循环重定向", "redirect loop"),
        Cause.REDIRECT_NOWHERE: Phrase("重定向无目标", "redirect to nowhere"),
        Cause.SDP_UNUSABLE: Phrase("媒体描述无效", "unusable stream description"),
        Cause.NO_VIDEO_TRACK: Phrase("没有视频轨道", "no video track"),
        Cause.CODEC_UNSUPPORTED: Phrase("编码格式不支持", "codec not supported"),
        Cause.STREAM_ENCRYPTED: Phrase("码流已加密", "stream encrypted"),
        Cause.TRANSPORT_REFUSED: Phrase("传输方式被拒绝", "transport refused"),
        Cause.TRACK_NOT_FOUND: Phrase("视频轨道地址不存在", "track not found"),
        Cause.SETUP_REFUSED: Phrase("建立会话被拒绝", "SETUP refused"),
        Cause.PLAY_REFUSED: Phrase("播放被拒绝", "PLAY refused"),
        Cause.SESSION_LOST: Phrase("会话丢失", "session lost"),
        Cause.AGGREGATE_REFUSED: Phrase("整体与单轨操作均被拒绝", "aggregate operation refused"),
        Cause.NO_MEDIA: Phrase("无视频数据", "no video arrives"),
        Cause.NO_DATAGRAMS: Phrase("UDP 数据未到达", "no datagrams arrive"),
        Cause.OTHER_MEDIA_ONLY: Phrase("只有音频或元数据到达", "other media arrive, no video"),
        Cause.RTCP_ONLY: Phrase("只有控制包到达", "only RTCP arrives"),
        Cause.STREAM_STALLED: Phrase("视频中途停止", "video stalled"),
        Cause.NO_KEYFRAME: Phrase("无关键帧", "no key frame"),
        Cause.PARAMETER_SETS_MISSING: Phrase("缺少解码参数", "parameter sets missing"),
        Cause.STREAM_DAMAGED: Phrase("丢包，码流残缺", "stream damaged"),
        Cause.OVER_BUDGET: Phrase("数据超出检测上限", "more data than a probe may take"),
        Cause.DECODE_FAILED: Phrase("画面无法解码", "picture not decodable"),
        Cause.PICTURE_BLACK: Phrase("黑屏", "black picture"),
        Cause.PICTURE_SINGLE_COLOUR: Phrase("单色画面", "picture of one colour"),
        Cause.PICTURE_FROZEN: Phrase("画面冻结", "frozen picture"),
        Cause.PICTURE_CORRUPT: Phrase("花屏", "corrupt picture"),
        Cause.PICTURE_DARK: Phrase("画面过暗", "picture too dark"),
        Cause.PICTURE_BRIGHT: Phrase("画面过亮", "picture too bright"),
        Cause.PICTURE_NOISY: Phrase("雪花噪声", "noise, snow"),
        Cause.PICTURE_STRIPED: Phrase("条纹干扰", "stripes"),
        Cause.PICTURE_MOVED: Phrase("视角偏移", "view moved"),
        Cause.PICTURE_COVERED: Phrase("画面遮挡", "view covered"),
        Cause.PICTURE_BLURRED: Phrase("画面模糊", "blurred picture"),
        Cause.PICTURE_VEILED: Phrase("镜头蒙污", "veiled picture"),
        Cause.PICTURE_CAST: Phrase("画面偏色", "colour cast"),
        Cause.PICTURE_LOW_CONTRAST: Phrase("对比度低（雾）", "low contrast, fog"),
        Cause.CREDENTIALS_MISSING: Phrase("未配置账号密码", "credentials missing"),
        Cause.CREDENTIALS_REFUSED: Phrase("账号或密码错误", "credentials refused"),
        Cause.CREDENTIALS_FORBIDDEN: Phrase("账号无权限", "no permission"),
        Cause.ACCOUNT_LOCKED: Phrase("账号被锁定", "account locked"),
        Cause.CHALLENGE_MISSING: Phrase("要求登录但未说明方式", "no challenge in the 401"),
        Cause.AUTH_UNSUPPORTED: Phrase("认证方式不支持", "authentication not supported"),
        Cause.NONCE_LOOP: Phrase("认证随机数反复失效", "nonce loop"),
        Cause.DEVICE_BUSY: Phrase("设备连接数已满", "device busy"),
        Cause.NO_LOCAL_NETWORK: Phrase("监测端断网", "monitor has no network"),
        Cause.MONITOR_BLIND: Phrase("监测端整体失联", "monitor is blind"),
        Cause.MONITOR_ERROR: Phrase("监测程序出错", "error of the monitor"),
        Cause.MONITOR_STOPPED: Phrase("监测程序停运", "monitor stopped"),
        Cause.NOT_WATCHED: Phrase("未能按时检测", "not watched"),
        Cause.NOT_YET_OBSERVED: Phrase("尚未检测", "not yet observed"),
        Cause.CLOCK_JUMPED: Phrase("监测端时钟跳变", "monitor's clock jumped"),
        Cause.REMOVED_UNCONFIRMED: Phrase("移出清单未经确认", "removed, not confirmed"),
    }
)

NOTES: Mapping[Note, Phrase] = MappingProxyType(
    {
        Note.ANSWERED_ANONYMOUSLY: Phrase("无需密码即可观看", "answered without a password"),
        Note.PASSWORD_IN_CLEAR: Phrase("密码明文传输", "password sent in clear"),
        Note.NONCE_RENEWED: Phrase("认证随机数中途更换", "nonce renewed within the run"),
        Note.BODY_SHORT: Phrase("媒体描述短于所称长度", "description shorter than announced"),
        Note.CONTENT_TYPE_WRONG: Phrase("媒体描述类型标错", "description of a wrong content type"),
        Note.TRACK_URL_REPAIRED: Phrase("轨道地址有误，已换用", "track found by another URL"),
        Note.TRANSPORT_CHANGED: Phrase("传输方式已切换", "transport changed"),
        Note.PAYLOAD_TYPE_WRONG: Phrase("载荷类型与描述不符", "payload type other than announced"),
        Note.CHANNEL_WRONG: Phrase("视频通道号与应答不符", "channel other than granted"),
    }
)

FINDING_STATES: Mapping[FindingState, Phrase] = MappingProxyType(
    {
        FindingState.OK: Phrase("正常", "good"),
        FindingState.WARNING: Phrase("预警", "warning"),
        FindingState.FAULT: Phrase("异常", "faulty"),
        FindingState.CANNOT_JUDGE: Phrase("无法判断", "cannot judge"),
        FindingState.LEARNING: Phrase("学习中", "learning"),
    }
)

STATES: Mapping[State, Phrase] = MappingProxyType(
    {
        State.UP: Phrase("在线", "up"),
        State.DEGRADED: Phrase("画面异常", "degraded"),
        State.DOWN: Phrase("离线", "down"),
        State.UNKNOWN: Phrase("未监测", "unknown"),
    }
)

RUNGS: Mapping[Rung, Phrase] = MappingProxyType(
    {
        Rung.NONE: Phrase("未连通", "nothing"),
        Rung.REACH: Phrase("网络可达", "reachable"),
        Rung.RTSP: Phrase("视频服务应答", "answers in RTSP"),
        Rung.STREAM: Phrase("有视频数据", "video arrives"),
        Rung.KEYFRAME: Phrase("收到关键帧", "key frame received"),
        Rung.PICTURE: Phrase("画面正常", "picture good"),
    }
)

STAGES: Mapping[Stage, Phrase] = MappingProxyType(
    {
        Stage.DNS: Phrase("域名解析", "resolve the name"),
        Stage.TCP: Phrase("建立连接", "connect"),
        Stage.TLS: Phrase("加密握手", "TLS handshake"),
        Stage.DESCRIBE: Phrase("询问媒体", "DESCRIBE"),
        Stage.AUTH: Phrase("身份认证", "authenticate"),
        Stage.REDIRECT: Phrase("重定向", "redirect"),
        Stage.SDP: Phrase("读取媒体描述", "read the description"),
        Stage.SETUP: Phrase("建立会话", "SETUP"),
        Stage.PLAY: Phrase("请求播放", "PLAY"),
        Stage.FIRST_RTP: Phrase("等首个视频包", "first video packet"),
        Stage.KEYFRAME: Phrase("等关键帧", "key frame"),
        Stage.DEPACKETISE: Phrase("拼装关键帧", "put the key frame together"),
        Stage.DECODE: Phrase("解码", "decode"),
        Stage.PICTURE: Phrase("画面诊断", "judge the picture"),
        Stage.TEARDOWN: Phrase("结束会话", "TEARDOWN"),
    }
)

VERDICTS: Mapping[SlaVerdict, Phrase] = MappingProxyType(
    {
        SlaVerdict.MET: Phrase("达标", "target met"),
        SlaVerdict.MISSED: Phrase("未达标", "target missed"),
        SlaVerdict.NOT_PROVABLE: Phrase("监测不足，无法证明", "not provable: too little was watched"),
        SlaVerdict.UNDEFINED: Phrase("无可计数据", "no value: nothing counts"),
    }
)

BASES: Mapping[Basis, Phrase] = MappingProxyType(
    {
        Basis.FLEET_SECONDS: Phrase("全部时长", "all camera time"),
        Basis.CAMERA_PASS_SHARE: Phrase("达标摄像机占比", "cameras that pass"),
        Basis.SNAPSHOTS: Phrase("定时抽查", "timed inspections"),
    }
)

BLIND_TIMES: Mapping[BlindTime, Phrase] = MappingProxyType(
    {
        BlindTime.EXCLUDED: Phrase("不计入", "does not count"),
        BlindTime.DOWN: Phrase("按离线计", "counts as down"),
        BlindTime.UP: Phrase("按在线计", "counts as up"),
    }
)

CATEGORIES: Mapping[SiteCategory, Phrase] = MappingProxyType(
    {
        SiteCategory.PUBLIC_AREA: Phrase("公共区域", "public area"),
        SiteCategory.STREET: Phrase("街道", "street"),
        SiteCategory.JUNCTION: Phrase("路口", "junction"),
        SiteCategory.WATER: Phrase("塘坝沟渠", "water"),
        SiteCategory.SCHOOL: Phrase("学校", "school"),
        SiteCategory.OLD_BUILDING: Phrase("老旧房屋", "old building"),
        SiteCategory.OTHER: Phrase("其他", "other"),
    }
)

CAMERA_FIELDS: Mapping[str, Phrase] = MappingProxyType(
    {
        "id": Phrase("编号", "id"),
        "name": Phrase("名称", "name"),
        "carrier": Phrase("运营商", "carrier"),
        "url": Phrase("视频地址", "address"),
        "uplink": Phrase("上联", "uplink"),
        "recorder": Phrase("录像机", "recorder"),
        "credentials": Phrase("账号", "account"),
        "vendor": Phrase("厂商", "make"),
        "model": Phrase("型号", "model"),
        "in_contract": Phrase("纳入考核", "in contract"),
        "in_service_from": Phrase("启用日期", "in service from"),
        "in_service_to": Phrase("停用日期", "in service to"),
        "certificate": Phrase("证书要求", "certificate"),
        "onvif": Phrase("ONVIF 地址", "ONVIF address"),
        "cabinet": Phrase("配电箱", "power cabinet"),
        "site.id": Phrase("部位编号", "site id"),
        "site.name": Phrase("重点部位", "site"),
        "site.category": Phrase("部位类别", "site category"),
        "site.village": Phrase("村", "village"),
        "site.town": Phrase("乡镇", "town"),
        "site.county": Phrase("县", "county"),
    }
)

FINDINGS: Mapping[FindingKind, Phrase] = MappingProxyType(
    {
        FindingKind.CLOCK_DRIFT: Phrase("时钟不准", "clock off"),
        FindingKind.DEVICE_SWAPPED: Phrase("设备被更换", "device swapped"),
        FindingKind.FIRMWARE_CHANGED: Phrase("固件已变更", "firmware changed"),
        FindingKind.STREAM_CHANGED: Phrase("码流地址已变更", "stream address changed"),
        FindingKind.NO_SUB_STREAM: Phrase("没有子码流", "no sub-stream"),
    }
)

ORIGINS: Mapping[Origin, Phrase] = MappingProxyType(
    {
        Origin.CAMERA: Phrase("摄像机本身", "the camera"),
        Origin.RECORDER: Phrase("录像机", "the recorder"),
        Origin.POWER_CABINET: Phrase("配电箱（供电）", "the power cabinet"),
        Origin.UPLINK: Phrase("上联线路", "the uplink"),
        Origin.CARRIER_LINE: Phrase("运营商线路", "the carrier's line"),
        Origin.CREDENTIALS: Phrase("账号密码", "the credentials"),
        Origin.MONITOR: Phrase("监测端自身", "the monitor itself"),
        Origin.INVENTORY: Phrase("移出清单", "the inventory"),
    }
)

# Filled in: count, of, cause.
CLUES: Mapping[Clue, Phrase] = MappingProxyType(
    {
        Clue.FELL_TOGETHER: Phrase(
            "可见的 {of} 台中有 {count} 台几分钟内一同离线",
            "{count} of {of} {of:camera|cameras} in sight went down within minutes",
        ),
        Clue.OTHERS_ONLINE: Phrase(
            "同一线路上另有 {count} 台表明线路正常",
            "{count} other {count:camera|cameras} on the same line {count:shows|show} that it works",
        ),
        Clue.NOTHING_TO_COMPARE: Phrase(
            "同一线路上没有其他摄像机可比较", "no other camera on its line to compare with"
        ),
        Clue.NOTHING_ANSWERS: Phrase("{count} 个地址毫无应答", "nothing answers at {count} {count:address|addresses}"),
        Clue.DEVICE_ANSWERS: Phrase("设备有应答：{cause}", "the device answers: {cause}"),
        Clue.PLACE_LOST: Phrase("其探测地址已无应答", "its probe address has ceased to answer"),
        Clue.PLACE_ANSWERS: Phrase("其探测地址仍有应答", "its probe address answers"),
        Clue.CAME_BACK: Phrase("已有 {count} 台恢复", "{count} {count:camera is|cameras are} back"),
        Clue.FELL_AGAIN: Phrase(
            "恢复后一刻钟内再次离线，共 {count} 次",
            "down again within a quarter of an hour, {count} {count:time|times}",
        ),
        Clue.CREDENTIALS_REFUSED: Phrase("{count} 台设备：{cause}", "{count} {count:device|devices}: {cause}"),
        Clue.MONITOR_FAILED: Phrase("{count} 台：{cause}", "{count} {count:camera|cameras}: {cause}"),
        Clue.LEFT_INVENTORY: Phrase(
            "{count} 台已不在清单中，尚未确认",
            "{count} {count:camera is|cameras are} gone from the inventory, unconfirmed",
        ),
        Clue.REFUTED: Phrase("此推定后来证明不成立", "that guess proved wrong afterwards"),
    }
)

# ---------------------------------------------------------------- the report

SIMULATED = Phrase("模拟数据", "SIMULATED RECORD")
RECORDED = Phrase("实测数据", "real record")
SIMULATED_WARNING = Phrase(
    "模拟数据 / SIMULATED RECORD：本报告来自模拟摄像机，不得用于考核。",
    "SIMULATED RECORD / 模拟数据: made from simulated cameras, not to be used for any settlement.",
)
TITLE = Phrase("{town}视频监控在线率考核报告", "{town}: camera online rate report")
MONTH = Phrase("{year}年{month}月", "{year}-{month:02}")
CONTRACT_NAME = Phrase("合同：{title}（{id}）", "Contract: {title} ({id})")
PERIOD = Phrase("考核时段：{start} 至 {end}（时区 {zone}）", "Period: {start} to {end} ({zone})")
UNTIL = Phrase(
    "本月尚未结束：以下数字截至 {until}。",
    "The month is not over: all figures are as of {until}.",
)
NOT_BEGUN = Phrase(
    "本月尚未开始（{until} 开始）：还没有任何数字。",
    "The month has not begun; it does at {until}: there are no figures yet.",
)
CONCLUSION = Phrase("结论：{verdict}", "Verdict: {verdict}")
CONCLUSION_SO_FAR = Phrase("目前：{verdict}", "So far: {verdict}")
ONLINE_LINE = Phrase(
    "在线率 {rate}，合同目标 {target}（按{basis}计）",
    "online rate {rate}, target {target} (by {basis})",
)
INTACT_LINE = Phrase("完好率 {rate}，合同目标 {target}：{verdict}", "intact rate {rate}, target {target}: {verdict}")
INTACT_LINE_FREE = Phrase("完好率 {rate}（合同未设目标）", "intact rate {rate} (the contract sets no target)")
COVERAGE_LINE = Phrase("监测覆盖率 {rate}，合同最低 {minimum}", "coverage {rate}, at least {minimum} is required")
CAMERAS_LINE = Phrase(
    "考核摄像机 {count} 台，其中 {below} 台低于目标",
    "{count} cameras in the contract, {below} of them below the target",
)
FLIP_LINE = Phrase(
    "注意：换一种口径，结论相反——{basis} {rate}，{verdict}",
    "Note: another basis gives the opposite verdict: {basis} {rate}, {verdict}",
)
AGREE_LINE = Phrase("三种口径结论一致", "all three bases give the same verdict")
FORECAST_LINE = Phrase(
    "月末预测 {landing}；即日起全部在线可达 {best}；全镇还可离线 {budget}",
    "forecast for the month's end {landing}; at best {best}; the town may still lose {budget} of camera time",
)
UNRECOVERABLE_LINE = Phrase(
    "即使即日起全部在线，本月也无法达标", "even with everything up from now on, the target is lost"
)

HEAD_BASES = Phrase("三种口径", "Three bases")
HEAD_TIME = Phrase("全镇时长（各摄像机合计）", "The town's camera time")
HEAD_VILLAGES = Phrase("各村（由差到好）", "Villages, worst first")
HEAD_CARRIERS = Phrase("各运营商", "Carriers")
HEAD_CATEGORIES = Phrase("各类部位", "Kinds of site")
HEAD_BELOW = Phrase("未达标摄像机（{count} 台）", "Cameras below the target ({count})")
HEAD_OUTAGES = Phrase("离线记录（{count} 次，计入时长由长到短）", "Outages ({count}, longest counted time first)")
HEAD_MAINTENANCE = Phrase("计划维护（{count} 项）", "Planned maintenance ({count})")
HEAD_EXCLUSIONS = Phrase("免责（{count} 项）", "Exclusions ({count})")
HEAD_CLOSING = Phrase("结账与更正", "Closing and corrections")
HEAD_VOID = Phrase("不计的操作（{count} 项）", "Acts that do not count ({count})")
HEAD_FINDINGS = Phrase(
    "设备核查发现（{count} 项，不影响考核数字）", "Findings about devices ({count}; no figure depends on them)"
)
HEAD_CHANGES = Phrase("清单变动（{count} 项）", "Changes of the inventory ({count})")
HEAD_OUTSIDE = Phrase("不纳入考核的摄像机（{count} 台）", "Cameras outside the contract ({count})")
HEAD_RULES = Phrase("计算规则与依据", "Rules and record")

BASIS = Phrase("口径", "basis")
RATE = Phrase("数值", "rate")
CONCLUSION_COLUMN = Phrase("结论", "verdict")
GOOD_OF_COUNTED = Phrase("在线 / 计入", "online / counted")
CONTRACTUAL = Phrase("← 合同口径", "<- the contract's")
HOURS_UNIT = Phrase("{count} 小时", "{count} h")
CAMERAS_UNIT = Phrase("{count} 台", "{count} cameras")
LOOKS_UNIT = Phrase("{count} 次", "{count} looks")

LENGTH = Phrase("时长", "time")
KIND_OF_TIME = Phrase("类别", "kind")
SCHEDULED = Phrase("应监测", "scheduled")
UP_TIME = Phrase("在线且画面正常", "up, picture good")
DEGRADED_TIME = Phrase("在线但画面异常", "up, picture faulty")
DOWN_TIME = Phrase("离线", "down")
EXCLUDED_TIME = Phrase("免责", "excluded")
UNOBSERVED_TIME = Phrase("未监测", "unobserved")
COUNTED_TIME = Phrase("计入考核", "counted")

VILLAGE = Phrase("村", "village")
CARRIER = Phrase("运营商", "carrier")
CATEGORY = Phrase("部位类别", "kind of site")
CAMERA = Phrase("摄像机", "camera")
CAMERAS = Phrase("台数", "cameras")
CAMERA_ID = Phrase("编号", "id")
ONLINE = Phrase("在线率", "online")
INTACT = Phrase("完好率", "intact")
COVERAGE = Phrase("覆盖率", "coverage")
OFFLINE_TIME = Phrase("离线时长", "time down")
OUTAGES = Phrase("离线次数", "outages")
START = Phrase("开始", "from")
END = Phrase("结束", "until")
STILL_OPEN = Phrase("未恢复", "still down")
FINDING = Phrase("发现", "finding")
NUMBERS = Phrase("依据", "numbers")
LASTS = Phrase("仍存在", "lasts")
CLOCK_AHEAD = Phrase("快 {offset} 秒（允许 {limit} 秒）", "{offset} s ahead ({limit} s allowed)")
CLOCK_BEHIND = Phrase("慢 {offset} 秒（允许 {limit} 秒）", "{offset} s behind ({limit} s allowed)")
COUNTED_DURATION = Phrase("计入时长", "counted")
REASON = Phrase("原因", "cause")
WORK = Phrase("维护内容", "work")
EXCLUDED_DURATION = Phrase("免责时长", "excluded")
STEP = Phrase("{at} {what}：{role} {name}（{mark}）{text}", "{at} {what}: {role} {name} ({mark}) {text}")
EXCLUSION_LINE = Phrase(
    "{id} {state}：{cause}，{about}，{start} 至 {end}，{cameras} 台，免责 {excluded}；{text} {evidence}",
    "{id} {state}: {cause}, {about}, {start} to {end}, cameras: {cameras}, excluded {excluded}; {text} {evidence}",
)
VOID_ACT = Phrase(
    "{id}：{at} {what}，以{role} {name} 的名义；{why}", "{id}: {at} {what}, in the name of {role} {name}; {why}"
)
IN_WHOSE_NAME = Phrase("以何人名义", "in whose name")
WHAT_ACT = Phrase("操作", "act")
WHY_VOID = Phrase("为何不计", "why not")
SIGNED = Phrase("已签名", "signed")
UNSIGNED = Phrase("未签名", "unsigned")
CLOSED = Phrase(
    "第 {number} 次结账：{at}，{role} {name}（{mark}），数字摘要 {figures}",
    "closing {number}: {at}, {role} {name} ({mark}), digest of the figures {figures}",
)
DISAGREES = Phrase("（现台账算出的数字与此不同）", "(the record gives other figures today)")
CORRECTED = Phrase(
    "第 {number} 号更正：{at}，{role} {name}（{mark}）：{text}",
    "correction {number}: {at}, {role} {name} ({mark}): {text}",
)
MOVED = Phrase(
    "在线率 {before}% → {after}%，涉及摄像机 {cameras} 台",
    "online rate {before}% → {after}%, cameras changed: {cameras}",
)
MOVED_CAMERA = Phrase("{id} {name}：{changes}", "{id} {name}: {changes}")
MOVED_TIME = Phrase("{kind} {before} → {after} 秒", "{kind} {before} → {after} s")
MOVED_LOOKS = Phrase("抽查{kind} {before} → {after} 次", "inspections {kind} {before} → {after}")
MOVED_BASIS = Phrase(
    "{basis}：{before} {verdict_before} → {after} {verdict_after}（计入 {counted_before} → {counted_after}）",
    "{basis}: {before} {verdict_before} → {after} {verdict_after} (counted {counted_before} → {counted_after})",
)
MOVED_LINE = Phrase(
    "评分项目“{title}”：次数 {count_before} → {count_after}，扣分 {before} → {after}",
    "line of the scorecard “{title}”: count {count_before} → {count_after}, points lost {before} → {after}",
)
MOVED_REPAIR = Phrase(
    "{id} {name} 自 {start} 的故障，超时修复计时：{before} → {after}",
    "{id} {name}, fault since {start}, clock of the late repair: {before} → {after}",
)
NOT_LATE = Phrase("未超时", "not late")
ACTOR = Phrase("{role} {name}（{mark}）", "{role} {name} ({mark})")
WHOLE_TOWN = Phrase("全镇", "the whole town")
ABOUT = Phrase("针对", "about")
NOTHING_MOVED = Phrase("数字未变", "no figure moved")
OPEN_CORRECTION = Phrase("更正尚未结账，以下为目前数字", "this correction is not closed yet; the figures are as of now")
WHEN = Phrase("时间", "when")
WHAT = Phrase("变动", "what")
ADDED = Phrase("新增", "added")
REMOVED = Phrase("移出清单（未经确认，仍按离线计）", "left the inventory (not confirmed: counts as down)")
FIELD_CHANGE = Phrase("{field}：{before} → {after}", "{field}: {before} → {after}")
NOTHING = Phrase("（空）", "(nothing)")
NONE = Phrase("无", "none")
MORE = Phrase(
    "……另有 {count} 项，见同月的 Excel 工作簿或 JSON 文件", "... and {count} more, in the workbook and the JSON file"
)

# what people do
ROLES = {
    Role.VENDOR: Phrase("维护单位", "vendor"),
    Role.OFFICE: Phrase("综治办", "office"),
    Role.OPERATOR: Phrase("运行人员", "operator"),
}
EXCLUSION_CAUSES = {
    ExclusionCause.POWER: Phrase("停电", "power"),
    ExclusionCause.CARRIER_LINE: Phrase("运营商线路", "carrier line"),
    ExclusionCause.CONSTRUCTION: Phrase("施工", "construction"),
    ExclusionCause.DEMOLITION: Phrase("拆除", "demolition"),
    ExclusionCause.FORCE_MAJEURE: Phrase("不可抗力", "force majeure"),
    ExclusionCause.OFFICE_REQUEST: Phrase("综治办要求", "office's request"),
    ExclusionCause.OTHER: Phrase("其他", "other"),
}
EXCLUSION_STATES = {
    ExclusionState.PROPOSED: Phrase("待对方决定", "proposed"),
    ExclusionState.APPROVED: Phrase("已同意", "approved"),
    ExclusionState.REJECTED: Phrase("已驳回", "rejected"),
    ExclusionState.WITHDRAWN: Phrase("已撤回", "withdrawn"),
}
ACTS = {
    "exclusion_proposed": Phrase("免责申请", "exclusion proposed"),
    "exclusion_approved": Phrase("免责同意", "exclusion approved"),
    "exclusion_rejected": Phrase("免责驳回", "exclusion rejected"),
    "exclusion_withdrawn": Phrase("免责撤回", "exclusion withdrawn"),
    "acknowledged": Phrase("离线知晓", "outage acknowledged"),
    "work_ordered": Phrase("工单", "work order"),
    "removal_confirmed": Phrase("移出确认", "removal confirmed"),
    "view_approved": Phrase("视角确认", "view approved"),
    "period_closed": Phrase("结账", "month closed"),
    "period_corrected": Phrase("更正", "correction"),
    "item_declared": Phrase("申报", "declared"),
    "declaration_withdrawn": Phrase("申报撤回", "declaration withdrawn"),
    "note": Phrase("备注", "note"),
    "maintenance_planned": Phrase("计划维护", "planned work"),
    "maintenance_repeated": Phrase("重复的计划维护", "repeated planned work"),
    "maintenance_cancelled": Phrase("取消计划维护", "planned work cancelled"),
}

NOTHING_EXCLUDED = Phrase("不扣除免责", "nothing excluded")
PARTIES_LINE = Phrase("合同双方：{office}、{vendor}", "Parties: {office}, {vendor}")
CUT_LINE = Phrase("未计入：{cuts}", "not counted: {cuts}")
CONTRACT_FILE = Phrase("合同文件 SHA-256：{sha256}", "contract file, SHA-256: {sha256}")
CHAIN_LINE = Phrase("其他链：{vantage} 第 {seq} 条，链头 {head}", "other chain: {vantage}, entry {seq}, head {head}")
BUDGET_ALLOWED = Phrase("允许离线", "allowed")
BUDGET_USED = Phrase("已用", "used")
BUDGET_LEFT = Phrase("剩余", "left")
BUDGET_OVERDRAWN = Phrase("已超支", "overdrawn")
HEAD_BUDGET = Phrase("可离线额度", "Error budget")
HEAD_RECORDERS = Phrase("各录像机（由差到好）", "Recorders, worst first")
RECORDER = Phrase("录像机", "recorder")
HEAD_RELIABILITY = Phrase("修复与重复故障", "Repairs and repeat faults")
FAULTS = Phrase("故障", "faults")
REPAIRED = Phrase("已修复", "repaired")
UNREPAIRED = Phrase("未修复", "not repaired")
REPEATS = Phrase("重复", "repeats")
MTTR = Phrase("平均修复时间", "MTTR")
MTBF = Phrase("平均无故障时间", "MTBF")
GROUP = Phrase("范围", "of")
HEAD_TREND = Phrase("近十二个月", "Twelve months")
PASSING = Phrase("达标台数", "passing")

RULE_RATE = Phrase(
    "在线率 =（在线且画面正常 + 在线但画面异常）÷ 计入考核；完好率 = 在线且画面正常 ÷ 计入考核",
    "online = (up, picture good + up, picture faulty) ÷ counted; intact = up, picture good ÷ counted",
)
RULE_BLIND = Phrase(
    "未监测的时间：{rule}；百分数只舍不入", "unobserved time {rule}; percentages are cut, never rounded up"
)
RULE_MAINTENANCE = Phrase("计划维护时间不计入", "planned maintenance does not count")
RULE_MAINTENANCE_COUNTS = Phrase("计划维护时间照常计入", "planned maintenance counts like any other time")
RULE_HOURS = Phrase("考核时间：{hours}；抽查时间：{looks}", "service hours: {hours}; inspections: {looks}")
DAILY = Phrase("每天 {hours}", "{hours} every day")
WHOLE_DAY = Phrase("每天24小时", "24 hours every day")
SOURCE = Phrase(
    "台账第 {seq} 条，链头 {head}；程序版本 {version}",
    "ledger entry {seq}, head {head}; version {version}",
)

DURATION_HOURS = Phrase("{hours:,}小时{minutes:02}分", "{hours:,} h {minutes:02} min")
DURATION_MINUTES = Phrase("{minutes}分{seconds:02}秒", "{minutes} min {seconds:02} s")
DURATION_SECONDS = Phrase("{seconds}秒", "{seconds} s")

CSV_MONTH = Phrase("月份", "month")
CSV_RECORD = Phrase("数据性质", "record")
CSV_TARGET_MET = Phrase("是否达标", "reaches target")
CSV_YES = Phrase("是", "yes")
CSV_NO = Phrase("否", "no")
CSV_NO_VALUE = Phrase("—", "—")
CSV_REMOVED_AT = Phrase("移出时间", "removed at")
CSV_SECONDS = Phrase("{kind}（秒）", "{kind}, seconds")
CSV_PERCENT = Phrase("{rate}（%）", "{rate}, %")
CSV_LOOKS = Phrase("抽查次数", "inspections")
CSV_LOOKS_ONLINE = Phrase("抽查在线次数", "inspections online")


def finding_numbers(finding: DeviceFinding, language: Language) -> str:
    """What a finding rests on; "" where it has no numbers."""
    if finding.offset_us is not None and finding.limit_us is not None:
        phrase = CLOCK_AHEAD if finding.offset_us > 0 else CLOCK_BEHIND
        return phrase[language].format(offset=_tenths(abs(finding.offset_us)), limit=_tenths(finding.limit_us))
    return f"{finding.before} → {finding.after}" if finding.before or finding.after else ""


def _tenths(us: int) -> str:
    """Microseconds as seconds, cut to a tenth."""
    return f"{us // 1_000_000}.{us // 100_000 % 10}"


def clue_text(evidence: Evidence, language: Language) -> str:
    """One clue in words."""
    cause = CAUSES[evidence.cause][language] if evidence.cause else ""
    return CLUES[evidence.clue][language].format(count=Count(evidence.count), of=Count(evidence.of), cause=cause)

"""What the commands of people say, in both languages."""

from __future__ import annotations

from monitor.language import Phrase
from monitor.model import Repeat
from monitor.wording import ACTS as KINDS
from monitor.wording import EXCLUSION_CAUSES as CAUSES
from monitor.wording import EXCLUSION_STATES as STATES
from monitor.wording import ROLES

__all__ = ["CAUSES", "KINDS", "ROLES", "STATES"]

HELP_EXCLUDE = Phrase("申请免责(停电、线路、施工等)", "ask to leave time out: power, carrier line, construction ...")
HELP_APPROVE = Phrase("同意对方的免责申请", "agree to the other party's exclusion")
HELP_REJECT = Phrase("驳回对方的免责申请", "do not agree to the other party's exclusion")
HELP_WITHDRAW = Phrase("撤回本方的免责申请或申报", "take an exclusion or a declaration of one's own back")
HELP_DECLARE = Phrase(
    "申报评分表中的事项(未交月报、弄虚作假等)",
    "declare what the scorecard counts and no probe sees: a missing report ...",
)
HELP_DECLARATIONS = Phrase("列出申报事项及其经过", "list what was declared")
HELP_ACK = Phrase("确认已知晓某次离线", "take notice of an outage")
HELP_NOTE = Phrase("写一条备注", "write a note")
HELP_WORK_ORDER = Phrase("登记某次离线的工单", "record the work order of an outage")
HELP_CONFIRM_REMOVAL = Phrase("确认某台摄像机可以移出清单", "confirm that a camera may leave the inventory")
HELP_APPROVE_VIEW = Phrase(
    "确认某台摄像机现在的视角就是应有的视角", "confirm that what a camera shows now is what it is meant to show"
)
HELP_CLOSE = Phrase("某月结账,此后数字不变", "close a month: its figures stay")
HELP_CORRECT = Phrase(
    "更正已结账的月份:说明理由后重新打开", "correct a closed month: give the reason, and it is open again"
)
HELP_OUTAGES = Phrase("列出某月离线记录及其建议原因", "list the outages of a month and the cause each suggests")
HELP_STORM_OUT = Phrase(
    "把有建议原因的写成 CSV,核对后可用 exclude --file 提交",
    "write those that suggest a cause as a CSV: look it over and pass it to exclude --file",
)
HELP_EXCLUSIONS = Phrase("列出免责申请及其经过", "list exclusions and what was done about them")
HELP_KEYGEN = Phrase("生成一对签名密钥", "make a pair of keys to sign with")
HELP_SIGN = Phrase("离线制作一份已签名的操作文件", "make a signed file of an act, without the record at hand")
HELP_IMPORT = Phrase("导入带来的操作文件:先核验再写入", "bring in a file of acts: verified first, then recorded")
HELP_EXPORT = Phrase(
    "把免责申请写成文件,供对方审阅签字", "write proposals into a file, for the other party to read and sign"
)
HELP_MAINTENANCE = Phrase("计划维护:登记、查看、取消", "planned work: add, list, cancel")
HELP_MAINTENANCE_ADD = Phrase("登记计划维护(一次或重复)", "plan work, once or again and again")
HELP_MAINTENANCE_LIST = Phrase("列出计划维护", "list planned work")
HELP_MAINTENANCE_CANCEL = Phrase("取消计划维护", "cancel planned work")

HELP_BY = Phrase("姓名", "the name of whoever acts")
HELP_ROLE = Phrase("代表哪一方:vendor 维护单位,office 综治办,operator 运行人员", "for whom: vendor, office or operator")
HELP_KEY = Phrase("用此私钥文件签名", "sign with the private key in this file")
HELP_CONTRACT = Phrase("合同编号", "the contract's id")
HELP_CAMERA = Phrase("摄像机编号,可重复", "a camera's id; may be repeated")
HELP_SITE = Phrase("部位编号,可重复", "a site's id; may be repeated")
HELP_VILLAGE = Phrase("村,可重复", "a village; may be repeated")
HELP_TOWN = Phrase("乡镇,可重复", "a town; may be repeated")
HELP_RECORDER = Phrase("录像机,可重复", "a recorder; may be repeated")
HELP_CARRIER = Phrase("运营商,可重复", "a carrier; may be repeated")
HELP_UPLINK = Phrase("上联,可重复", "an uplink; may be repeated")
HELP_FROM = Phrase("开始,当地时间,如 '2026-10-03 08:00'", "from, in local time: '2026-10-03 08:00'")
HELP_TO = Phrase("结束,当地时间", "to, in local time")
HELP_CAUSE = Phrase("原因", "the cause")
HELP_TEXT = Phrase("说明", "in words")
HELP_EVIDENCE = Phrase("依据,如通知文号", "where the proof is, such as the number of a letter")
HELP_OUTAGE = Phrase(
    "某次离线,写作 摄像机@时间,自动填写时段与原因", "an outage, as CAMERA@TIME: fills in span and cause"
)
HELP_FILE = Phrase("批量:CSV 文件,每行一项", "many at once: a CSV file, one exclusion a line")
HELP_EXCLUSION = Phrase("免责编号;批量申请的编号代表整批", "an exclusion's id; that of a batch stands for all of it")
HELP_PROPOSAL = Phrase(
    "离线时:对方申请的文件(ledger export)", "without the record: the file of the proposals (`ledger export`)"
)
HELP_ORDER = Phrase("工单编号", "the work order's number")
HELP_STATE = Phrase("只看此状态", "only those in this state")
HELP_KEY_FILE = Phrase(
    "私钥写入此文件(不得已存在)", "the private key is written into this file, which must not exist yet"
)
HELP_PASSPHRASE = Phrase("用口令加密私钥", "encrypt the private key with a passphrase")
HELP_ACTS = Phrase("操作文件", "a file of acts")
HELP_ACTS_OUT = Phrase("写入此文件", "write into this file")
HELP_ITEM = Phrase("评分项目编号(合同 scorecard 中)", "the id of the line, as in the contract's scorecard")
HELP_COUNT = Phrase("次数(默认 1)", "how often (default 1)")
HELP_MONTH = Phrase("月份,如 2026-10", "the month, as in 2026-10")
HELP_TITLE = Phrase("维护内容", "what is done")
HELP_EVERY = Phrase("重复:day 每天,week 每周,month 每月", "again every day, week or month")
HELP_AT = Phrase("重复时的起止钟点,如 23:00-01:00", "with --every: from and to, such as 23:00-01:00")
HELP_WEEKDAYS = Phrase("每周哪几天:mon ... sun 或 周一 ... 周日", "with --every week: mon ... sun; may be repeated")
HELP_DAYS = Phrase("每月哪几日", "with --every month: days of the month; may be repeated")
HELP_WORK = Phrase("计划维护编号", "the id of the planned work")

RECORDED = Phrase("已记入台账:{what} {id}", "recorded: {what} {id}")
WRITTEN = Phrase("已写入 {path}:{count} 项", "written to {path}: {count} acts")
REFUSED = Phrase("拒绝({where}):{why}", "refused ({where}): {why}")
NOTHING_WRITTEN = Phrase("什么也没有写入。", "nothing was written.")
UNSIGNED = Phrase("未签名", "unsigned")
SIGNED = Phrase("已签名", "signed")
FILLED_IN = Phrase(
    "按离线记录填写:{camera} {start} 至 {end},原因 {cause}",
    "filled in from the outage: {camera} {start} to {end}, cause {cause}",
)
STILL_OPEN = Phrase("该离线尚未恢复,只填到现在", "the outage is not over: filled in up to now")
NO_CAUSE = Phrase(
    "看不出原因:请用 --cause 说明", "nothing else was down with it, so no cause suggests itself: say it with --cause"
)
NO_OUTAGE = Phrase(
    "{camera} 在 {at} 没有离线;最近的离线始于:{near}",
    "{camera} was not down at {at}; its nearest outages began: {near}",
)
NO_RECORD = Phrase(
    "这项操作要查台账,这里没有({path}):在监测机上做,或用台账副本",
    "this needs the record, and there is none here ({path}): do it at the monitor, or with a copy",
)
NO_SETTINGS = Phrase(
    "没有配置文件 {path}:离线签名请用 --contract 写明合同编号,或用 --config 指明配置文件",
    "there is no settings file {path}: to sign without one, say the contract's id with --contract; or name a file with "
    "--config",
)
NONE = Phrase("(无)", "(none)")
OUTAGE_FORM = Phrase("离线写作 摄像机@时间,不是 {text}", "write an outage as CAMERA@TIME, not {text}")
MISSING = Phrase("缺少 {what}", "{what} is missing")
NOT_TOGETHER = Phrase("{first} 与 {second} 不能同时使用", "{first} and {second} cannot stand together")
NO_TIME = Phrase(
    "缺少时间:一次用 --from 和 --to,重复用 --every 和 --at",
    "when is missing: once (--from, --to) or again and again (--every, --at)",
)
NOT_REMOVED = Phrase("{camera} 没有被移出清单", "{camera} was not removed from the inventory")
NO_SUCH_EXCLUSION = Phrase(
    "没有免责申请 {id}:用 ledger exclusions 查编号", "there is no exclusion {id}: see `ledger exclusions`"
)
KEY_EXISTS = Phrase(
    "{path} 已存在:密钥不覆盖,请换文件名", "{path} exists: keys are not overwritten, choose another name"
)
KEY_OPEN = Phrase(
    "{path} 别人可读:先 chmod 600,或用口令加密的密钥",
    "{path} can be read by others: chmod 600 it, or use a key with a passphrase",
)
KEY_MISSING = Phrase(
    "没有密钥文件 {path}:请核对路径,或用 ledger keygen 生成",
    "there is no key file {path}: check the path, or make one with `ledger keygen`",
)
KEY_UNREADABLE = Phrase("{path} 不是 Ed25519 私钥", "{path} holds no Ed25519 private key")
KEY_WRONG_PASSPHRASE = Phrase("{path}:口令不对", "{path}: wrong passphrase")
ASK_PASSPHRASE = Phrase("{path} 的口令:", "passphrase of {path}: ")
ASK_PASSPHRASE_AGAIN = Phrase("再输一次:", "once more: ")
PASSPHRASES_DIFFER = Phrase("两次口令不同", "the two passphrases differ")
PASSPHRASE_EMPTY = Phrase("口令不能为空", "an empty passphrase protects nothing")
KEY_MADE = Phrase(
    "私钥在 {path},只属于本人,不要交给任何人。\n公钥(写入合同 parties 下本方的 key):{public}",
    "the private key is in {path}: it is yours alone, hand it to nobody.\n"
    "public key (for the contract, as key of your party): {public}",
)
NO_ACT_FILE = Phrase("{path} 第 {line} 行不是一项操作:{why}", "{path}, line {line}: is no act: {why}")
EMPTY_ACT_FILE = Phrase("{path} 中没有操作", "{path} holds no act")
BAD_TABLE = Phrase("缺少列 {columns}", "columns are missing: {columns}")
STRANGE_COLUMNS = Phrase(
    "不认识的列 {columns}:请改名或删去,以免免责范围有误",
    "nobody knows the columns {columns}: rename them or leave them out, so that no scope is misread",
)
VOID = Phrase("无效的操作(不计):", "acts in the record that do not count:")
NO_EXCLUSIONS = Phrase("没有免责申请。", "there are no exclusions.")
NO_DECLARATIONS = Phrase("没有申报。", "nothing was declared.")
NO_OUTAGES = Phrase("没有离线记录。", "there are no outages.")
FOLDING = Phrase("归并事件", "working out incidents")
PRESUMED = Phrase("事件 {id}，推定：{origin}", "incident {id}, presumed: {origin}")
PRESUMED_WRONGLY = Phrase(
    "事件 {id}，曾推定：{origin}，后不成立", "incident {id}, was presumed {origin}, which proved wrong"
)
SURE = Phrase("（把握 {percent} %）：{clues}", " (confidence {percent} %): {clues}")
SHARED_ONLY = Phrase("仅限与其他摄像机共同离线的时段", "only the time it shares with the others")
NEIGHBOURS_DOWN = Phrase("同线路或同村的其他摄像机同时离线", "the others of its line or village were down as well")
NOT_OVER = Phrase("尚未恢复", "not over")
STORM_WRITTEN = Phrase(
    "已写入 {path}:{count} 次离线,核对后用 ledger exclude --file {path} 提交",
    "written to {path}: {count} {count:outage|outages}; look it over and pass it to `ledger exclude --file {path}`",
)
NO_WORK = Phrase("没有计划维护。", "there is no planned work.")
AND = Phrase("、", ", ")
BESIDES = Phrase("；", "; ")
EVERY = {
    Repeat.DAY: Phrase("每天", "every day"),
    Repeat.WEEK: Phrase("每周{days}", "every week on {days}"),
    Repeat.MONTH: Phrase("每月 {days} 日", "every month on {days}"),
}
WEEKDAYS = tuple(
    Phrase(*names) for names in zip("一二三四五六日", ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], strict=True)
)
FROM_SETTINGS = Phrase("(来自配置)", "(from the settings)")
CANCELLED = Phrase("(已取消)", "(cancelled)")
WHOLE_TOWN = Phrase("全镇", "the whole town")
CHAIN_BROKEN = Phrase(
    "不能结账：{path} 的哈希链不完整，请先运行 sharp-eyes ledger verify",
    "not closed: the chain of {path} does not hold; run `ledger verify` first",
)
UNDECIDED = Phrase(
    "注意:{month} 还有 {count} 项免责未决定,结账后不计",
    "note: {count} {count:exclusion|exclusions} of {month} {count:is|are} undecided and will not count",
)

"""Why an act is refused: a closed list of reasons, and what people are told, with what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monitor.language import Language, Phrase


class Reason(StrEnum):
    """The ways in which an act goes against the contract or against what is known."""

    # the act as such
    OTHER_CONTRACT = "other_contract"
    MADE_IN_FUTURE = "made_in_future"
    REPLAYED = "replayed"
    ALTERED = "altered"
    FORGED = "forged"
    NOT_SIGNED = "not_signed"
    ROLE_MAY_NOT = "role_may_not"
    INCOMPLETE = "incomplete"
    OUTSIDE_CALENDAR = "outside_calendar"
    ILLEGIBLE = "illegible"
    TOO_LONG = "too_long"
    # exclusions
    CAUSE_NOT_ACCEPTED = "cause_not_accepted"
    SPAN_EMPTY = "span_empty"
    SPAN_IN_FUTURE = "span_in_future"
    CAP_EXCEEDED = "cap_exceeded"
    CAP_USED_UP = "cap_used_up"
    UNKNOWN_EXCLUSION = "unknown_exclusion"
    OTHER_PROPOSAL = "other_proposal"
    OWN_PROPOSAL = "own_proposal"
    NOT_OWN_PROPOSAL = "not_own_proposal"
    ALREADY_DECIDED = "already_decided"
    # months
    PERIOD_CLOSED = "period_closed"
    PERIOD_NOT_OVER = "period_not_over"
    PERIOD_NOT_CLOSED = "period_not_closed"
    WRONG_NUMBER = "wrong_number"
    FIGURES_DIFFER = "figures_differ"
    FIGURES_OVERTAKEN = "figures_overtaken"
    NOT_ALONE = "not_alone"
    NO_MONTH = "no_month"
    # declarations
    UNKNOWN_ITEM = "unknown_item"
    COUNT_OUT_OF_RANGE = "count_out_of_range"
    MONTH_TO_COME = "month_to_come"
    UNKNOWN_DECLARATION = "unknown_declaration"
    ALREADY_WITHDRAWN = "already_withdrawn"
    # planned work
    WORK_IN_PAST = "work_in_past"
    UNKNOWN_WORK = "unknown_work"
    WORK_OVER = "work_over"
    # what is known of cameras and outages
    UNKNOWN_NAME = "unknown_name"
    OUTSIDE_CONTRACT = "outside_contract"
    UNKNOWN_OUTAGE = "unknown_outage"
    NOT_REMOVED = "not_removed"
    ALREADY_CONFIRMED = "already_confirmed"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason, and what it is about: an id, a name, a month, a limit."""

    reason: Reason
    about: str = ""

    def say(self, language: Language) -> str:
        """A plain sentence and what to do next."""
        return TEXTS[self.reason][language].format(about=self.about)


TEXTS = {
    Reason.OTHER_CONTRACT: Phrase(
        "这项操作属于合同 {about},不是本合同:请核对合同编号",
        "this act is under the contract {about}, not this one: check the contract's id",
    ),
    Reason.MADE_IN_FUTURE: Phrase(
        "操作时间 {about} 晚于现在:请校准制作这份文件的电脑的时钟后重做",
        "it was made at {about}, which is yet to come: set the clock of the computer it was made on, and make it again",
    ),
    Reason.REPLAYED: Phrase(
        "重放:编号 {about} 的操作已在台账中,同一份文件只能导入一次;需要再做一次请重新制作",
        "replayed: act {about} is in the record already, a file is imported once; to do the same again, make a new act",
    ),
    Reason.ALTERED: Phrase(
        "被改动:操作 {about} 的内容与其签名不符;请向签名人重新索取文件",
        "altered: the content of act {about} is not what was signed; ask whoever signed it for the file again",
    ),
    Reason.FORGED: Phrase(
        "伪造:不是用合同中 {about} 的密钥签的;请用该方自己的密钥重新签名,或核对合同中的公钥",
        "forged: not signed with the key the contract names for the {about}; sign it with that party's own key, or "
        "check the public key in the contract",
    ),
    Reason.NOT_SIGNED: Phrase(
        "合同为 {about} 指定了公钥,其操作须签名:加 --key 文件,或用 ledger sign 离线制作后 ledger import",
        "the contract names a key for the {about}, so its acts must be signed: add --key FILE, or make it with "
        "`ledger sign` and bring it with `ledger import`",
    ),
    Reason.ROLE_MAY_NOT: Phrase(
        "{about} 无权做这项操作:请由合同规定的一方来做",
        "the {about} may not do this: let a party do it that may",
    ),
    Reason.INCOMPLETE: Phrase("{about} 不能为空:请填写", "{about} must not be empty: fill it in"),
    Reason.OUTSIDE_CALENDAR: Phrase(
        "时间 {about} 不在 1970 至 2199 年之间:请改正", "{about} is not within 1970 to 2199: correct the time"
    ),
    Reason.ILLEGIBLE: Phrase(
        "文字中有看不见的字符({about}),可能掩盖内容:请删去后重做",
        "its words hold a character nobody sees ({about}), which could hide what they say: make it again without",
    ),
    Reason.TOO_LONG: Phrase("文字过长({about}):请缩短", "its words are too long ({about}): shorten them"),
    Reason.CAUSE_NOT_ACCEPTED: Phrase(
        "合同不接受免责原因 {about}:请改用合同列出的原因",
        "the contract accepts no exclusion for {about}: use a cause it lists",
    ),
    Reason.SPAN_EMPTY: Phrase(
        "结束时间 {about} 不晚于开始时间:请改正", "the end {about} is not after the start: correct it"
    ),
    Reason.SPAN_IN_FUTURE: Phrase(
        "时段要到 {about} 才结束:等结束后再提;将来的工作用 maintenance add 登记",
        "the span ends at {about}, which is yet to come: propose it when it is over; plan work with `maintenance add`",
    ),
    Reason.CAP_EXCEEDED: Phrase(
        "超过合同对该原因的上限({about}):请缩短时段,或改用其他原因",
        "more than the contract allows for this cause ({about}): shorten the span, or use another cause",
    ),
    Reason.CAP_USED_UP: Phrase(
        "超过合同对该原因在本结算周期内余下的上限(申请 > 余下):{about};已同意和待决定的免责均已计入。"
        "请缩短时段,或改用其他原因",
        "more than is left under the contract's cap for this cause in the settlement period (asked > left): {about}; "
        "what was approved and what is undecided counts. Shorten the span, or use another cause",
    ),
    Reason.UNKNOWN_EXCLUSION: Phrase(
        "没有免责申请 {about}:用 ledger exclusions 查编号",
        "there is no exclusion {about}: `ledger exclusions` lists them",
    ),
    Reason.OTHER_PROPOSAL: Phrase(
        "这项决定针对的不是台账中 {about} 的内容:请重新导出该申请,看过后再签",
        "this decision is about another proposal than the record's {about}: export that proposal, read it, and sign",
    ),
    Reason.OWN_PROPOSAL: Phrase(
        "{about} 是本方自己提出的,只能由对方同意或驳回;要收回请用 ledger withdraw",
        "{about} is this party's own proposal: the other party decides on it; take it back with `ledger withdraw`",
    ),
    Reason.NOT_OWN_PROPOSAL: Phrase(
        "{about} 是对方提出的,不能由本方撤回;不同意请用 ledger reject",
        "{about} is the other party's proposal and not this one's to take back; use `ledger reject`",
    ),
    Reason.ALREADY_DECIDED: Phrase(
        "{about} 已有决定:用 ledger exclusions 查看;要改变请重新提出",
        "{about} is decided already: see `ledger exclusions`; to change it, propose anew",
    ),
    Reason.PERIOD_CLOSED: Phrase(
        "{about} 已结账,数字不再变动;确需更正请先用 ledger correct {about} 说明理由",
        "{about} is closed and its figures stay; if they must change, first say why with `ledger correct {about}`",
    ),
    Reason.PERIOD_NOT_OVER: Phrase("{about} 尚未结束:月末之后再结账", "{about} is not over: close it when it is"),
    Reason.PERIOD_NOT_CLOSED: Phrase(
        "{about} 没有结账,无须更正:直接提出免责即可", "{about} is not closed: nothing needs correcting, simply propose"
    ),
    Reason.WRONG_NUMBER: Phrase(
        "更正序号不连续,应为 {about}:请重做这项更正", "corrections are numbered without gaps, this one would be {about}"
    ),
    Reason.FIGURES_DIFFER: Phrase(
        "按这份台账算出的 {about} 数字与此次结账不符:请在监测机上核对合同与程序版本后重新结账",
        "this record gives other figures for {about} than it is to be closed with: compare contract and program, and "
        "close it anew",
    ),
    Reason.FIGURES_OVERTAKEN: Phrase(
        "制作此结账之后,台账中又有影响 {about} 数字的内容(例如新同意的免责),按它结账会漏计:请用现在的台账重新结账",
        "since this closing was made, the record has come to give other figures for {about}, by an exclusion approved "
        "meanwhile, say, which it would leave out: close the month anew, on the record as it is now",
    ),
    Reason.NOT_ALONE: Phrase(
        "{about} 的结账与其他操作在同一份文件中:请先导入其他操作,再重新结账",
        "the closing of {about} stands in one file with other acts: bring those first, then close the month anew",
    ),
    Reason.NO_MONTH: Phrase(
        "{about} 不是月份:请写作 2026-10", "{about} is not a month: write year and month like 2026-10"
    ),
    Reason.UNKNOWN_ITEM: Phrase(
        "合同评分表中没有可申报的项目 {about}:请用合同 scorecard 中 kind 为 declared 或 missing_report 的项目编号",
        "the contract's scorecard has no line {about} that counts what is declared: use the id of one of the kind "
        "declared or missing_report",
    ),
    Reason.COUNT_OUT_OF_RANGE: Phrase(
        "一次申报的次数为 1 至 {about}:请改正", "a declaration counts from 1 to {about}: correct it"
    ),
    Reason.MONTH_TO_COME: Phrase("{about} 尚未开始:发生之后再申报", "{about} has not begun: declare what has happened"),
    Reason.UNKNOWN_DECLARATION: Phrase(
        "没有申报 {about}:用 ledger declarations 查编号", "there is no declaration {about}: see `ledger declarations`"
    ),
    Reason.ALREADY_WITHDRAWN: Phrase(
        "申报 {about} 已撤回:要重新申报请用 ledger declare",
        "the declaration {about} is withdrawn already: to declare it again, use `ledger declare`",
    ),
    Reason.WORK_IN_PAST: Phrase(
        "计划维护从 {about} 开始,已是过去:维护须事先登记;已发生的请用 ledger exclude 申请免责",
        "the work begins at {about}, which is past: work is planned, not claimed; for what has happened, use "
        "`ledger exclude`",
    ),
    Reason.UNKNOWN_WORK: Phrase(
        "没有手工登记的计划维护 {about}:用 maintenance list 查编号;来自配置文件的请在配置中修改",
        "no planned work {about} was entered by hand: see `maintenance list`; what the settings plan is changed there",
    ),
    Reason.WORK_OVER: Phrase(
        "计划维护 {about} 已结束或已取消,不能再取消",
        "the planned work {about} is over or cancelled: nothing is left to cancel",
    ),
    Reason.UNKNOWN_NAME: Phrase(
        "台账中没有 {about}:请核对编号或名称", "the record knows no {about}: check the id or the name"
    ),
    Reason.OUTSIDE_CONTRACT: Phrase(
        "{about} 不在合同范围内,其时间本不计入,无须免责",
        "{about} is not in the contract: its time counts nowhere anyway",
    ),
    Reason.UNKNOWN_OUTAGE: Phrase(
        "没有离线记录 {about}:写作 摄像机@开始时间,用 ledger outages 查",
        "there is no outage {about}: write CAMERA@START, `ledger outages` lists them",
    ),
    Reason.NOT_REMOVED: Phrase(
        "{about} 没有被移出清单,无须确认", "{about} was not removed from the inventory: there is nothing to confirm"
    ),
    Reason.ALREADY_CONFIRMED: Phrase(
        "{about} 的移出已经确认过,无须再做", "the removal of {about} is confirmed already: nothing is left to do"
    ),
}

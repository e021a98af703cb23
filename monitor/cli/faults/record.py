"""What is wrong with the record, with files beside it, and with acts that somebody carried over."""

from __future__ import annotations

from typing import Final

from monitor.language import Phrase

RECORD: Final = (
    Phrase("{file}: {why}", "{file}: {why}"),
    Phrase("{why} ({more})", "{why} ({more})"),
    # the ledger's file
    Phrase("没有台账文件:请核对路径", "there is no ledger"),
    Phrase("不能作为台账打开:{why}", "cannot be opened as a ledger: {why}"),
    Phrase("无法打开:{why}", "cannot be opened: {why}"),
    Phrase("无法打开并写入:{why}", "cannot be opened for writing: {why}"),
    Phrase("不是本程序的台账", "is not a ledger of this program"),
    Phrase(
        "由本程序的更新版本写成(格式 {number}):请更新本程序",
        "was written by a newer version of this program (schema {number}); update it",
    ),
    Phrase(
        "进程 {number} 正在写入此台账:请先停止它,或只读打开",
        "process {number} is writing this ledger; stop it first, or open it for reading only",
    ),
    Phrase("只读打开,不能写入", "was opened for reading only"),
    Phrase("其间另有人写入了 {vantage}:请再试一次", "somebody else added to {vantage} meanwhile; try again"),
    Phrase("什么也没有写入:{why}", "nothing was written: {why}"),
    Phrase(
        "监测点名称 {name}:限 1 至 64 个字母、数字、点、短横或下划线",
        "vantage {name}: use 1 to 64 letters, digits, dots, dashes or underscores",
    ),
    Phrase(
        "监测点名称 {name}:以 {ending} 结尾的名称留给人员操作,请换一个",
        "vantage {name}: names ending in {ending} are for what people do; use another one",
    ),
    Phrase("{why};请运行 `ledger verify`", "{why}; run `ledger verify`"),
    Phrase("{vantage} 第 {seq} 条:{why}", "vantage {vantage}, seq {seq}: {why}"),
    # ways in which a chain does not hold
    Phrase("编号缺失", "seq missing"),
    Phrase("与前一条不相连", "prev differs"),
    Phrase("哈希不符", "hash differs"),
    Phrase("记录时间倒退", "recorded_at goes back"),
    Phrase("写法不规范", "not canonical"),
    Phrase("无法读取", "unreadable"),
    Phrase("camera_id 或 at 与正文不符", "camera_id or at differs from the body"),
    Phrase("链尾被截去或调换", "the end of the chain was cut off or exchanged"),
    Phrase("链中没有所要求的链头", "the expected head is not in the chain"),
    Phrase("某月结账时所依据的不是这一条", "a month was closed on another entry than this"),
    Phrase("数据库文件已损坏", "the database file is damaged"),
    # a closed month
    Phrase(
        "{month} 结账时的数字为 {then},现在算出 {now}:合同、程序或台账已不是结账时的,请恢复原样,"
        "或用 `ledger correct` 更正",
        "{month} was closed with the figures {then} and now gives {now}: the contract, this program or the record are "
        "not those it was closed with; put them back, or `ledger correct` it",
    ),
    # the outbox
    Phrase(
        "另一个监测程序正在用此发件箱发送:请先停止它",
        "another monitor is sending from this outbox; stop it first",
    ),
    Phrase("还没有发件箱:从未有消息要发", "there is no outbox yet: nothing was ever due"),
    Phrase(
        "等待渠道恢复的消息已超过 {count} 条",
        "more than {count} notices wait for a channel that works",
    ),
    Phrase("无法写入:{why}", "cannot be written: {why}"),
    Phrase("不是本版本能读的发件箱:请移到别处", "is not an outbox this version can read: move it aside"),
    # what SQLite says
    Phrase("文件不是数据库", "file is not a database"),
    Phrase("打不开数据库文件", "unable to open database file"),
    Phrase("数据库文件已损坏", "database disk image is malformed"),
    Phrase("数据库正被占用", "database is locked"),
    Phrase("数据库只读", "attempt to write a readonly database"),
    Phrase("磁盘读写出错", "disk I/O error"),
    Phrase("磁盘已满", "database or disk is full"),
    # acts in a file
    Phrase("不是 JSON", "is not JSON"),
    Phrase("应为 kind 和 body", "kind and body expected"),
    Phrase("没有这一种操作:{kind}", "unknown kind {kind}"),
    Phrase("没有写明何人所为(stamp)", "an act without a stamp"),
    Phrase("{what} 的字段不符:{names}", "{what} has other fields: {names}"),
    Phrase("应为 {wanted},却是 {found}", "{wanted} expected, found {found}"),
    Phrase("{value} 不能用于 {kind}", "{value} is not a valid {kind}"),
    Phrase("有一个时刻超出了日历", "an instant lies beyond the calendar"),
)

"""What is wrong with one value, with YAML, or with a file as a whole."""

from __future__ import annotations

from typing import Final

from monitor.language import Phrase

# What may stand at the end of any text.
HINTS: Final = (
    Phrase(";是否想写 {name}?", "; did you mean {name}?"),
    Phrase(";可用:{names}", "; known: {names}"),
)

# Parts of other texts.
PARTS: Final = (
    Phrase("所写内容", "what is written"),
    Phrase("(也没有 host 列)", " (nor is there a column host)"),
    Phrase(":端口请写在 port 列", ": a port goes into the column port"),
    Phrase("密码", "password"),
    Phrase("令牌", "token"),
    Phrase("网址", "web address"),
    Phrase("Authorization 的值", "value of Authorization"),
    Phrase("环境变量", "the environment variable"),
    Phrase(
        "请写 192.0.2.7、192.0.2.0/24 或 192.0.2.10-192.0.2.20",
        "write 192.0.2.7, 192.0.2.0/24 or 192.0.2.10-192.0.2.20",
    ),
    Phrase("{noun}文件", "the {noun} file"),
    # what an operating system says of a file
    Phrase("没有这个文件或目录", "No such file or directory"),
    Phrase("这是目录,不是文件", "Is a directory"),
    Phrase("路径中有一段不是目录", "Not a directory"),
    Phrase("没有权限", "Permission denied"),
    Phrase("文件名过长", "File name too long"),
    Phrase("符号链接循环", "Too many levels of symbolic links"),
    Phrase("读写出错", "Input/output error"),
    Phrase("已有同名文件", "File exists"),
    Phrase("磁盘已满", "No space left on device"),
    Phrase("文件系统只读", "Read-only file system"),
    Phrase("不允许此操作", "Operation not permitted"),
    Phrase("地址已被占用", "Address already in use"),
    Phrase("与 {key} 重复", "stands beside {key}"),
    Phrase("{one} 用 {zone},{other} 用 {other_zone}", "{one} is in {zone}, {other} in {other_zone}"),
    Phrase(" 等另外 {count} 台", " and {count} more"),
)

VALUES: Final = (
    # one value
    Phrase("为空", "is empty"),
    Phrase("{what}为空", "{what} is empty"),
    Phrase("超过 {count} 个字符", "is longer than {count} characters"),
    Phrase("含控制字符 {char}:请删去", "has the control character {char}: delete it"),
    Phrase("{what} 不是编号:1 至 64 个字符,限 A-Z a-z 0-9 . _ -", "{what} is not an id: 1 to 64 of A-Z a-z 0-9 . _ -"),
    Phrase("{what} 不是整数", "{what} is not a whole number"),
    Phrase("{what} 不是 true 或 false", "{what} is neither true nor false"),
    Phrase("{what} 不是数:请写比例,如 0.95", "{what} is not a number: write a share such as 0.95"),
    Phrase("{what} 像是百分数:请写 {share}", "{what} looks like a percentage: write {share}"),
    Phrase("{what} 须大于 0 且不超过 1", "{what} must be more than 0 and at most 1"),
    Phrase(
        "{what} 不是金额或分数:请写数字,至多两位小数,如 30000.00",
        "{what} is not an amount: write digits with at most two decimals, such as 30000.00",
    ),
    Phrase(
        "不是 Ed25519 公钥:请写其 32 字节的 base64,共 44 个字符,以 = 结尾",
        "is not an Ed25519 public key: write its 32 bytes in base64, 44 characters ending in =",
    ),
    Phrase("{what} 不是 0.05 这样的数", "{what} is not a number such as 0.05"),
    Phrase(
        "{what} 不是时长:请写数字加 ms、s、m、h 或 d,如 10s",
        "{what} is not a duration: write a number and ms, s, m, h or d, such as 10s",
    ),
    Phrase(
        "{what} 没有单位:按秒请写 {number}s,或用 ms、m、h、d",
        "{what} has no unit: write {number}s for seconds, or use ms, m, h or d",
    ),
    Phrase(
        "{what} 不是大小:请写数字加 kB 或 MB,如 8MB", "{what} is not a size: write a number and kB or MB, such as 8MB"
    ),
    Phrase(
        "{what} 没有单位:按字节请写 {number}B,或用 kB、MB",
        "{what} has no unit: write {number}B for bytes, or use kB or MB",
    ),
    Phrase(
        "{what} 不是带宽:请写数字加 kbit、Mbit 或 Gbit,如 20Mbit",
        "{what} is not a bandwidth: write a number and kbit, Mbit or Gbit, such as 20Mbit",
    ),
    Phrase(
        "{what} 没有单位:按 Mbit/s 请写 {number}Mbit,或用 kbit、Gbit",
        "{what} has no unit: write {number}Mbit for Mbit/s, or use kbit or Gbit",
    ),
    Phrase("{what} 须在 {low} 至 {high} 之间", "{what} must be from {low} to {high}"),
    Phrase("{what} 不是下列之一:{names}", "{what} is none of {names}"),
    Phrase("{what} 不是日期:请写成 2026-01-31", "{what} is not a date: write it as 2026-01-31"),
    Phrase(
        "{what} 不在 {low} 至 {high} 年之间:不指具体日期就请留空",
        "{what} is not in {low} to {high}: leave it out if no day is meant",
    ),
    Phrase("{what} 不在 {low} 至 {high} 年之间", "{what} is not in {low} to {high}"),
    Phrase(
        "{what} 不是地址:请写 主机:端口,如 192.0.2.1:80",
        "{what} is not an address: write host:port, such as 192.0.2.1:80",
    ),
    Phrase(
        "{what} 没有写明向哪台主机发回显:请写 icmp:主机,如 icmp:192.0.2.1",
        "{what} asks no host for an echo: write icmp:host, such as icmp:192.0.2.1",
    ),
    Phrase(
        "{what} 不是探测地址:TCP 连接请写 主机:端口,如 192.0.2.1:80;ICMP 回显请写 icmp:主机",
        "{what} is not a probe address: write host:port for a TCP connection, such as 192.0.2.1:80, "
        "or icmp:host for an ICMP echo",
    ),
    Phrase("{what} 不是主机名,也不是 IP 地址", "{what} is neither a host name nor an IP address"),
    Phrase("{what} 不是端口:{low} 至 65535", "{what} is not a port: {low} to 65535"),
    Phrase(
        "{what} 不是日期和时间:请写成 2026-12-01 08:00", "{what} is not a date and time: write it as 2026-12-01 08:00"
    ),
    Phrase("{what} 日历上没有", "{what} is not on the calendar"),
    Phrase("{what} 在 {zone} 有两次:请写明时差,{offsets}", "{what} happens twice in {zone}: add the offset, {offsets}"),
    Phrase("{what} 在 {zone} 不存在:时钟跳过了它", "{what} does not exist in {zone}: the clocks jump over it"),
    Phrase("{what} 不是时刻:请写成 09:00", "{what} is not a time of day: write it as 09:00"),
    Phrase("{what} 不是时段:请写成 08:00-18:00", "{what} is not a span of hours: write it as 08:00-18:00"),
    Phrase("{what} 起止相同:全天是 00:00-24:00", "{what} ends when it begins: the whole day is 00:00-24:00"),
    Phrase("{what} 不是月份:请写年和月,如 2026-10", "{what} is not a month: write year and month like 2026-10"),
    Phrase("{what} 不是 IPv4 地址范围:{why}", "{what} is no range of IPv4 addresses: {why}"),
    Phrase("{what} 的末尾在开头之前", "{what} ends before it begins"),
    Phrase(
        "{what} 含非主机地址(低于 1.0.0.0 或高于 223.255.255.255)",
        "{what} has addresses that are no host's (below 1.0.0.0 or above 223.255.255.255)",
    ),
    # YAML
    Phrase("没有值", "has no value"),
    Phrase("应为单个值,不是列表", "must be a single value, not a list"),
    Phrase("应为单个值,不是键值表", "must be a single value, not a mapping"),
    Phrase("应为键和值", "must be a mapping of keys and values"),
    Phrase("应为列表:每项以短横(-)开头", "must be a list: begin each item with a dash (-)"),
    Phrase("是空列表:请填写,或删去此键", "is an empty list: fill it or leave the key out"),
    Phrase("缺少", "is missing"),
    Phrase("没有这个键", "is not a known key"),
    Phrase("已写在第 {line} 行", "is already on line {line}"),
    Phrase("含第二份文档:只保留一份", "holds a second document: keep one"),
    Phrase("有一个键不是普通名称", "has a key that is not a plain name"),
    Phrase("嵌套超过 {count} 层", "is nested more than {count} levels deep"),
    Phrase(
        "用了锚点或别名(& 或 *):请把值写全,或加引号",
        "uses an anchor or alias (& or *): write the value out, or put it in quotes",
    ),
    Phrase("用了标签(!):请写普通的值,或加引号", "uses a tag (!): write the plain value, or put it in quotes"),
    Phrase("缩进用了制表符:请用空格", "is indented with a tab: use spaces"),
    Phrase("不是有效的 YAML", "is not valid YAML"),
    Phrase("不是有效的 YAML:{why}", "is not valid YAML: {why}"),
    Phrase(
        "不是有效的 YAML:{why}(所在部分从第 {line} 行开始)",
        "is not valid YAML: {why}, in what begins on line {line}",
    ),
    Phrase("不是 UTF-8:请把文件存为 UTF-8", "is not UTF-8: save the file as UTF-8"),
    # a file as a whole
    Phrase("无法读取:不是路径", "cannot be read: not a path"),
    Phrase("无法读取:{why}", "cannot be read: {why}"),
    Phrase("大于 {size}", "is larger than {size}"),
)

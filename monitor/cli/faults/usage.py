"""What argparse says of a command line that cannot be meant, and the words of its help."""

from __future__ import annotations

from typing import Final

from monitor.language import Phrase

USAGE: Final = (
    Phrase("参数 {name}:{why}", "argument {name}: {why}"),
    Phrase("缺少参数:{names}", "the following arguments are required: {names}"),
    Phrase("下列参数须写其一:{names}", "one of the arguments {names} is required"),
    Phrase("不认识的参数:{names}", "unrecognized arguments: {names}"),
    Phrase("没有 {value};可用:{names}", "invalid choice: {value} (choose from {names})"),
    Phrase("{value} 不能用在这里({kind})", "invalid {kind} value: {value}"),
    Phrase("后面须有一个值", "expected one argument"),
    Phrase("后面至多一个值", "expected at most one argument"),
    Phrase("后面至少一个值", "expected at least one argument"),
    Phrase("后面须有 {count} 个值", "expected {count} arguments"),
    Phrase("不能与 {name} 并用", "not allowed with argument {name}"),
    Phrase("{name} 不明确,可能是 {names}", "ambiguous option: {name} could match {names}"),
    Phrase("后面不带值:{value}", "ignored explicit argument {value}"),
)

HELP: Final = (
    Phrase("用法:", "usage: "),
    Phrase("\n位置参数:\n", "\npositional arguments:\n"),
    Phrase("\n选项:\n", "\noptions:\n"),
    Phrase("显示此帮助并退出", "show this help message and exit"),
    Phrase("显示版本并退出", "show program's version number and exit"),
)

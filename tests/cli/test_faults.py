"""Whatever can be wrong in a file or on the command line has Chinese words."""

from __future__ import annotations

import ast
import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from monitor.cli import main
from monitor.cli.exits import Exit
from monitor.cli.faults import told, told_all
from monitor.cli.faults.telling import TEXTS
from monitor.cli.faults.values import HINTS, PARTS
from monitor.errors import Fault
from monitor.language import Language, Phrase
from monitor.ledger.chain import Breach, BrokenLink
from monitor.reading import Unreadable, read_at_most

ROOT = Path(__file__).parents[2] / "monitor"
READERS = [
    *sorted(path for name in ("settings", "inventory", "parsing") for path in (ROOT / name).rglob("*.py")),
    *(ROOT / name for name in ("reading.py", "service.py", "cli/main.py", "cli/people/bulk.py", "cli/people/files.py")),
    *(ROOT / name for name in ("ledger/opening.py", "ledger/store.py", "ledger/rows.py", "notify/outbox.py")),
    *(ROOT / name for name in ("canonical.py", "reporting.py", "calendar.py")),
]
OF_THE_RECORD = {"LedgerError", "LedgerMoved", "LedgerBroken", "OutboxError", "OutboxUnavailable", "FiguresMoved"}
RAISED = {"ValueError", "BrokenTable", "Refused", "Unreadable", "ArgumentTypeError", "SharpEyesError", *OF_THE_RECORD}
KEPT = {"what", "both", "LACKING"}  # names under which a fault's words lie until they are used
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def written(node: ast.expr) -> list[str]:
    """The texts an expression may become; what stands in them only when it runs is ``'x'``, at their end nothing."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=values):
            parts = [part.value if isinstance(part, ast.Constant) else None for part in values]
            last = len(parts) - 1
            after_letter = last > 0 and isinstance(parts[last - 1], str) and str(parts[last - 1])[-1].isalpha()
            return [
                "".join(
                    str(part) if part is not None else "" if nth == last and after_letter else "'x'"
                    for nth, part in enumerate(parts)
                )
            ]
        case ast.IfExp(body=body, orelse=orelse):
            return written(body) + written(orelse)
        case _:
            return []


def words_of_faults(path: Path) -> Iterator[str]:
    """Every text that a file of ours has for what is wrong in somebody else's."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[*_, last]) if name in RAISED | {"Fault"}:
                yield from written(last)
            case ast.Call(func=ast.Attribute(attr=name), args=[*_, last]) if name in RAISED | {"fault"}:
                yield from written(last)
            case ast.Call(keywords=keywords):
                for keyword in keywords:
                    if keyword.arg == "refused":
                        yield from written(keyword.value)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in KEPT:
                yield from written(value)
            case _:
                pass


SAID = sorted({(path.relative_to(ROOT).as_posix(), text) for path in READERS for text in words_of_faults(path) if text})


def test_reading_has_many_things_to_say() -> None:
    assert len(SAID) > 170


@pytest.mark.parametrize(("place", "text"), SAID)
def test_every_fault_of_a_file_has_chinese_words(place: str, text: str) -> None:
    if re.fullmatch(r"(?:'x'|[^A-Za-z])*", text):  # nothing but what others say
        return
    said = told(text, Language.ZH)
    assert CHINESE.search(said), f"{place}: {text}"
    assert said.count("'x'") == text.count("'x'"), said
    assert told(text, Language.EN) == text


def test_both_languages_fill_in_the_same_values_and_no_text_has_two_translations() -> None:
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}

    every: tuple[Phrase, ...] = (*TEXTS, *PARTS, *HINTS)
    assert not [phrase.en for phrase in every if names(phrase.en) != names(phrase.zh)]
    assert len({phrase.en for phrase in every}) == len(every)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("'pobe' is none of a, b; did you mean probe?", "'pobe' 不是下列之一:a, b;是否想写 probe?"),
        ("is not a known key; known: a, b", "没有这个键;可用:a, b"),
        ("the password file cannot be read: No such file", "密码文件无法读取:No such file"),
        ("is missing, and so is token_file: write one of them", "缺少,也没有 token_file:两者写一个"),
        ("argument --x: '7' must be from 1s to 3d", "参数 --x:'7' 须在 1s 至 3d 之间"),
        ("what is written has no unit: write 5s for seconds, or use ms, m, h or d",
         "所写内容 没有单位:按秒请写 5s,或用 ms、m、h、d"),
        ("a word nobody has thought of", "a word nobody has thought of"),
        ("no camera has 'password'", "没有摄像机有 'password'"),
        ("a.db: cannot be opened as a ledger: file is not a database", "a.db: 不能作为台账打开:文件不是数据库"),
        ("a.db: vantage v, seq 3: unreadable (unknown kind 'x'); run `ledger verify`",
         "a.db: v 第 3 条:无法读取 (没有这一种操作:'x');请运行 `ledger verify`"),
        ("a.yml:3: penalty: 没有这个键", "a.yml:3: penalty: 没有这个键"),
    ],
)  # fmt: skip
def test_names_stay_as_they_were_written_and_our_own_words_do_not(english: str, chinese: str) -> None:
    assert told(english, Language.ZH) == chinese


def test_every_way_in_which_a_chain_does_not_hold_has_chinese_words() -> None:
    for breach in Breach:
        said = told(str(BrokenLink("town", 3, breach, "zz")), Language.ZH)
        assert re.fullmatch(r"town 第 3 条:(.+) \(zz\)", said), said
        assert CHINESE.search(said.partition(":")[2]), said


def test_each_fault_keeps_its_place() -> None:
    faults = (Fault("a.yml", 3, "probe.interval", "has no value"), Fault("b.csv", 7, "url", "is empty"))
    assert told_all(faults, Language.ZH) == "a.yml:3: probe.interval: 没有值\nb.csv:7: url: 为空"
    assert told_all(faults, Language.EN) == "\n".join(map(str, faults))


def test_what_is_no_name_and_no_line_of_a_file_is_not_told_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as gone:
        read_at_most(tmp_path / "gone.yml", 10)
    with pytest.raises(Unreadable) as folder:
        read_at_most(tmp_path, 10)
    faults = (
        Fault("gone.yml", 0, "file", str(gone.value)),
        Fault("folder", 0, "file", str(folder.value)),
        Fault("b.csv", 7, "file", "has more than 5 columns"),
        Fault("b.csv", 9, "row", "has neither an id nor an address"),
        Fault("am.yml", 0, "receivers", "is missing"),
    )
    assert told_all(faults, Language.ZH).splitlines() == [
        "gone.yml: 无法读取:没有这个文件或目录",
        "folder: 无法读取:这是目录,不是文件",
        "b.csv:7: 超过 5 列",
        "b.csv:9: 整行: 没有编号,也没有地址",
        "am.yml: receivers: 缺少",
    ]


def test_everything_this_system_says_when_a_file_cannot_be_opened_has_chinese_words() -> None:
    reading = (errno.ENOENT, errno.EISDIR, errno.ENOTDIR, errno.EACCES, errno.ENAMETOOLONG, errno.ELOOP, errno.EIO)
    for number in (*reading, errno.EEXIST, errno.ENOSPC, errno.EROFS, errno.EPERM, errno.EADDRINUSE):
        said = told(f"cannot be read: {os.strerror(number)}", Language.ZH)
        assert not re.search("[A-Za-z]", said), said


def test_check_config_names_the_faults_in_the_language_of_whoever_asks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "s.yml").write_text("inventory: c.csv\nprobe: {interval: 10}\nlitsen: x\n", "utf-8")
    (tmp_path / "c.csv").write_text("camera_id,name,village,url\na,,v,http://192.0.2.1/\n", "utf-8")
    for command in ("check-config", "run"):
        assert main([command, "--config", str(tmp_path / "s.yml"), "--lang", "zh"]) == Exit.NO
        told_of = capsys.readouterr()
        said = told_of.out + told_of.err
        assert "s.yml:2: probe.interval: '10' 没有单位:按秒请写 10s,或用 ms、m、h、d\n" in said
        assert "s.yml:3: litsen: 没有这个键;是否想写 listen?\n" in said
        assert "c.csv:2: url: 须以 rtsp:// 或 rtsps:// 开头\n" in said
        assert "c.csv:2: name: 缺少\n" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["demo", "--duration", "5"], "参数 --duration:'5' 没有单位:按秒请写 5s"),
        (["probe"], "缺少参数:target"),
        (["demo", "--cameras", "3"], "参数 --cameras:'3' 须在 27 至 5000 之间"),
        (["check-config", "--frobnicate"], "不认识的参数:--frobnicate"),
        (["frobnicate"], "可用:"),
        (["run", "--config"], "后面须有一个值"),
        (["discover", "--range", "10.0.0.0/99"], "不是 IPv4 地址范围"),
    ],
)
def test_a_command_line_that_cannot_be_meant_is_told_in_chinese(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == Exit.USAGE
    told_of = capsys.readouterr().err
    assert told_of.startswith("用法:")
    assert said in told_of


def test_help_is_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["report", "--help", "--lang", "zh"])
    told_of = capsys.readouterr().out
    assert told_of.startswith("用法:")
    assert "显示此帮助并退出" in told_of
    assert "usage:" not in told_of
    assert "options:" not in told_of

"""``sharp-eyes alerts``: one test message and what was answered; what became of the others."""

from __future__ import annotations

import ast
import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor import notify
from monitor.alerting import Draft, Severity
from monitor.cli.exits import Exit
from monitor.cli.faults import told
from monitor.cli.main import main
from monitor.language import Language
from monitor.notify import Answer, Outbox, Outcome
from monitor.notify.mail import NOT_OFFERED
from tests.addresses import free_port
from tests.alerting.samples import notice
from tests.cli.test_faults import written as texts_of
from tests.notify.samples import NOW
from tests.robots import SECRET, TOKEN, mail_server, robots


def written(folder: Path, url: str, sign: str = SECRET) -> Path:
    (folder / "url").write_text(url, "utf-8")
    (folder / "sign").write_text(sign, "utf-8")
    path = folder / "sharp-eyes.yml"
    path.write_text(
        "town: 青溪镇\ninventory: cameras.csv\nledger: ledger.db\nalerts:\n"
        "  receivers: {vendor-on-call: {channels: [ding]}, tickets: {channels: [ding]}}\n"
        "  channels: {ding: {kind: dingtalk, url_file: url, sign_file: sign}}\n",
        "utf-8",
    )
    return path


async def run(*words: str) -> int:
    return await asyncio.to_thread(main, ["alerts", *words])


async def test_a_test_message_is_marked_and_the_answer_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with robots() as vendors:
        config = str(written(tmp_path, vendors.url("dingtalk")))
        assert await run("test", "ding", "--config", config, "--lang", "zh") == Exit.OK
        assert capsys.readouterr().out == "ding (dingtalk): 已送达:errcode 0: ok\n"
        assert vendors.texts["dingtalk"][0].startswith("【测试】青溪镇 摄像机在线率监测\n这是一条测试消息")

        written(tmp_path, vendors.url("dingtalk"), "SECwrong")
        assert await run("test", "ding", "--config", config, "--lang", "en") == Exit.NO
        out = capsys.readouterr().out
        assert "refused" in out
        assert "errcode 310000: sign not match" in out
        assert TOKEN not in out

        assert await run("test", "bell", "--config", config, "--lang", "en") == Exit.USAGE
        assert "no channel bell; alerts.channels has: ding" in capsys.readouterr().err


async def test_a_mail_that_one_of_two_does_not_get_is_no_success(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with mail_server() as box:
        config = written(tmp_path, "http://127.0.0.1/")
        mail = (
            f"{{kind: mail, server: 127.0.0.1:{box.port}, security: none, from: m@example.org, "
            "to: [a@example.org, b@example.org]}"
        )
        config.write_text(config.read_text("utf-8").replace("{ding: {", f"{{post: {mail}, ding: {{"), "utf-8")
        assert await run("test", "post", "--config", str(config), "--lang", "en") == Exit.OK
        box.unknown = "b@example.org"
        assert await run("test", "post", "--config", str(config), "--lang", "en") == Exit.NO
    assert "accepted for 1 of 2, refused for b@example.org" in capsys.readouterr().out


async def test_a_channel_that_cannot_be_reached_is_told_in_the_language_of_whoever_asks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = str(written(tmp_path, f"http://127.0.0.1:{free_port()}/"))
    assert await run("test", "ding", "--config", config, "--lang", "zh") == Exit.NO
    out = capsys.readouterr().out
    assert out == "ding (dingtalk): 未送达,对方不可达或暂不接收:无法连接:对方拒绝连接\n"
    assert await run("test", "ding", "--config", config, "--lang", "en") == Exit.NO
    assert "cannot connect: Connection refused\n" in capsys.readouterr().out


async def test_a_test_message_needs_no_password_of_a_camera_and_its_own_secrets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with robots() as vendors:
        path = written(tmp_path, vendors.url("dingtalk"))
        cameras = "credentials: {hik: {username: admin, password_env: NOT_SET}}\n"
        path.write_text(cameras + path.read_text("utf-8"), "utf-8")
        assert await run("test", "ding", "--config", str(path), "--lang", "en") == Exit.OK
        (tmp_path / "sign").unlink()
        assert await run("test", "ding", "--config", str(path), "--lang", "en") == Exit.NO
    assert "alerts.channels.ding.sign_file" in capsys.readouterr().err


def answers() -> Iterator[str]:
    """Every text of its own that a sender gives for an answer."""
    for path in sorted(Path(notify.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Answer":
                yield from texts_of(node.args[1])


SAID = sorted(text for text in answers() if not re.fullmatch(r"HTTP ('x'|\d+)", text))


def test_senders_have_several_things_to_say() -> None:
    assert len(SAID) > 7


@pytest.mark.parametrize("text", SAID)
def test_what_a_sender_says_has_chinese_words(text: str) -> None:
    assert told(text, Language.ZH) != text
    assert told(text, Language.EN) == text


@pytest.mark.parametrize("text", NOT_OFFERED.values())
def test_what_a_mail_server_lacks_has_chinese_words(text: str) -> None:
    assert "服务器" in told(text, Language.ZH)
    assert "server" not in told(text, Language.ZH)


def test_what_somebody_else_said_stays_as_it_is() -> None:
    for text in ("errcode 310000: sign not match", "HTTP 404 no such page", "550 mailbox unavailable", ""):
        assert told(text, Language.ZH) == text


def test_the_list_says_what_became_of_each_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = str(written(tmp_path, "http://127.0.0.1/"))
    assert main(["alerts", "list", "--config", config, "--lang", "en"]) == Exit.CANNOT
    assert "nothing was ever due" in capsys.readouterr().err
    outbox = Outbox.open(tmp_path / "ledger-outbox.db")
    outbox.put([("ding", None, notice())], NOW)
    outbox.compose("ding", [1], [Draft("柳溪村 12 台离线", "x", Severity.CRITICAL)], NOW)
    message = outbox.next("ding", NOW)
    assert message is not None
    outbox.sent(message, Answer(Outcome.SENT, "errcode 0: ok"), NOW)
    assert main(["alerts", "list", "--config", config, "--lang", "en"]) == Exit.OK
    assert capsys.readouterr().out.splitlines() == [
        "Not delivered yet: 0",
        "#1  2026-11-27 03:14:00  ding  delivered  柳溪村 12 台离线  errcode 0: ok",
    ]
    outbox.close()

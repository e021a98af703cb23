"""Each kind of channel against a server that behaves as the vendor's does: what arrives, and what answers mean."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import web

from monitor.alerting import Apprise, DingTalk, Encoding, Feishu, Gateway, Security, Target, WeCom
from monitor.cli.faults import told
from monitor.clock import SystemClock
from monitor.language import Language
from monitor.model import Secret
from monitor.notify import Answer, Carrier, Message, Outcome
from monitor.notify.mail import NOT_OFFERED
from monitor.notify.robots import dingtalk_sign
from tests.addresses import free_port
from tests.notify.samples import NOW, channel, dingtalk, feishu, mail, message, sms, wecom
from tests.robots import SECRET, TOKEN, Robots, mail_server, robots

Chosen = Callable[[Robots], Target]


@pytest.fixture
async def vendors() -> AsyncIterator[Robots]:
    async with robots() as found:
        yield found


async def send(target: Target, one: Message | None = None) -> Answer:
    async with Carrier(SystemClock()) as carrier:
        return await carrier.send(channel(target), one or message())


@pytest.mark.parametrize(("vendor", "target"), [("dingtalk", dingtalk), ("wecom", wecom), ("feishu", feishu)])
async def test_a_robot_takes_a_signed_message_with_its_number(vendors: Robots, vendor: str, target: Chosen) -> None:
    answer = await send(target(vendors))
    assert answer.outcome is Outcome.SENT, answer
    assert vendors.texts[vendor] == ["【严重·故障】柳溪村\n12 台摄像机离线\n#7"]
    assert vendors.phones == ([] if vendor == "feishu" else [["13800000001"]])


@pytest.mark.parametrize(("vendor", "target"), [("dingtalk", dingtalk), ("feishu", feishu)])
async def test_a_wrong_signature_is_refused_and_no_secret_stands_in_the_answer(
    vendors: Robots, vendor: str, target: Chosen
) -> None:
    right = target(vendors)
    assert isinstance(right, DingTalk | Feishu)
    wrong = replace(right, sign=Secret("SECwrong"))
    answer = await send(wrong)
    assert answer.outcome is Outcome.REFUSED
    assert "sign" in answer.text
    for secret in (SECRET, TOKEN, "SECwrong"):
        assert secret not in repr((answer, wrong, channel(wrong)))
    assert vendors.texts[vendor] == []


@pytest.mark.parametrize(
    ("vendor", "target", "burst", "mute"),
    [("dingtalk", dingtalk, 20, 600), ("wecom", wecom, 20, 60), ("feishu", feishu, 5, 60)],
)
async def test_a_robot_that_says_too_many_is_left_alone_as_long_as_it_wants(
    vendors: Robots, vendor: str, target: Chosen, burst: int, mute: float
) -> None:
    async with Carrier(SystemClock()) as carrier:
        answers = [await carrier.send(channel(target(vendors)), message(nth)) for nth in range(burst + 1)]
    assert [answer.outcome for answer in answers] == [Outcome.SENT] * burst + [Outcome.LIMITED]
    assert answers[-1].wait == timedelta(seconds=mute)
    assert len(vendors.texts[vendor]) == burst


@pytest.mark.parametrize(("vendor", "target"), [("dingtalk", dingtalk), ("feishu", feishu)])
async def test_a_robot_that_asks_for_a_key_word_finds_it_once_in_every_message(
    vendors: Robots, vendor: str, target: Chosen
) -> None:
    for word in ("雪亮", "摄像机"):
        assert (await send(replace(target(vendors), keyword=word))).outcome is Outcome.SENT  # type: ignore[arg-type]
    first, second = vendors.texts[vendor]
    assert first == "【严重·故障】柳溪村\n12 台摄像机离线\n#7\n雪亮"
    assert second == "【严重·故障】柳溪村\n12 台摄像机离线\n#7"


def answering(body: Any, status: int = 200) -> Callable[[], Any]:
    async def answer() -> web.Response:
        return web.Response(text=body if isinstance(body, str) else json.dumps(body), status=status)

    return answer


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (answering({"errcode": -1, "errmsg": "系统繁忙"}), Outcome.UNREACHED),
        (answering({"errcode": 40035, "errmsg": "no"}), Outcome.REFUSED),
        (answering("\ufeff <html>请先登录"), Outcome.FOREIGN),
        (answering("", 511), Outcome.FOREIGN),
        (answering({"errmsg": "ok"}), Outcome.UNANSWERED),
        (answering("no such page", 404), Outcome.REFUSED),
        (answering("", 302), Outcome.FOREIGN),
        (answering("bad gateway", 502), Outcome.UNANSWERED),
        (answering("", 429), Outcome.LIMITED),
        (answering("[1]"), Outcome.UNANSWERED),
        (answering("x" * 10_000_000), Outcome.UNANSWERED),
    ],
)
async def test_every_other_answer_has_its_meaning(vendors: Robots, answer: Any, outcome: Outcome) -> None:
    vendors.instead["wecom"] = answer
    found = await send(wecom(vendors))
    assert found.outcome is outcome
    assert len(found.text) <= 200


@pytest.mark.parametrize("target", [dingtalk, wecom, feishu, lambda vendors: sms(vendors, expect="queued")])
async def test_a_login_page_in_place_of_the_answer_is_told_by_its_title_in_both_languages(
    vendors: Robots, target: Chosen
) -> None:
    page = answering(f"<!DOCTYPE html><head><TITLE lang=zh>请先登录\n{TOKEN}</TITLE></head>")
    vendors.instead |= dict.fromkeys(("dingtalk", "wecom", "feishu", "sms"), page)
    answer = await send(target(vendors))
    assert answer.outcome is Outcome.FOREIGN
    assert "a web page in place of an answer: does the network want a login" in answer.text
    assert "请先登录" in answer.text
    assert TOKEN not in answer.text
    assert told(answer.text, Language.ZH).startswith("HTTP 200,是网页而不是应答")


@asynccontextmanager
async def repeating_what_it_is_asked() -> AsyncIterator[str]:
    """A robot and gateway that refuses and says which address and header it was sent; yields its address."""

    async def refuse(request: web.Request) -> web.Response:
        text = (
            f"bad webhook http://robot{request.raw_path} {dict(request.query)} {request.headers.get('Authorization')}"
        )
        said = json.dumps({"errcode": 40001, "errmsg": text, "code": 40001, "msg": text})
        as_php = json.dumps(text).replace("/", r"\/")
        return web.Response(text=f'{said[:-1]}, "again": {as_php}}}', content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", refuse)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


KEY = "k/9+f 8e%7d"  # as nasty as a key may be
QUOTED = quote(KEY, safe="")


@pytest.mark.parametrize(
    "make",
    [
        lambda at: DingTalk(Secret(f"{at}/robot/send?access_token={QUOTED}"), Secret(SECRET)),
        lambda at: WeCom(Secret(f"{at}/cgi-bin/webhook/send?key={QUOTED}")),
        lambda at: Feishu(Secret(f"{at}/open-apis/bot/v2/hook/{QUOTED}"), Secret(SECRET)),
        lambda at: Gateway(Secret(f"{at}/sms/{QUOTED}?key={QUOTED}&to={{phones}}&n={{number}}"), expect="never"),
        lambda at: Gateway(Secret(f"{at}/"), headers={"Authorization": Secret(f"Bearer {KEY}")}, expect="never"),
    ],
)
async def test_a_key_that_the_other_side_repeats_is_hidden_in_every_form(
    make: Callable[[str], Target], monkeypatch: pytest.MonkeyPatch
) -> None:
    signs = []

    def sign(stamp: str, secret: Secret) -> str:
        signs.append(dingtalk_sign(stamp, secret))
        return signs[-1]

    monkeypatch.setattr("monitor.notify.robots.dingtalk_sign", sign)
    monkeypatch.setattr("monitor.notify.values.LONGEST_ANSWER", 2000)
    async with repeating_what_it_is_asked() as address:
        answer = await send(make(address))
    assert answer.outcome is Outcome.REFUSED
    assert "bad webhook" in answer.text
    for hidden in (KEY, KEY.replace("/", r"\/"), QUOTED, quote(KEY), *signs, *(quote(each, safe="") for each in signs)):
        assert hidden not in answer.text, answer.text
    assert "***" in answer.text


async def test_a_short_key_of_a_header_is_hidden_where_it_stands_alone() -> None:
    async def refuse() -> web.Response:
        return web.json_response({"err": "bad key s3kr1t7"}, status=400)

    async with robots() as vendors:
        vendors.instead["sms"] = refuse
        answer = await send(sms(vendors, headers={"Authorization": Secret("Bearer s3kr1t7")}))
    assert answer == Answer(Outcome.REFUSED, 'HTTP 400 {"err": "bad key ***"}')


async def test_an_answer_in_many_pieces_is_read_to_its_end() -> None:
    pieces = [b'{"errco', b'de": 0, ', b'"errmsg": "ok"}']
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {sum(map(len, pieces))}\r\n\r\n".encode()

    async def dribble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for piece in (head, *pieces):
            await asyncio.sleep(0.05)  # so that each goes in a packet of its own
            writer.write(piece)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(dribble, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    answer = await send(WeCom(Secret(f"http://127.0.0.1:{port}/send?key={TOKEN}")))
    server.close()
    assert answer == Answer(Outcome.SENT, "errcode 0: ok")


async def test_nobody_there_is_surely_not_delivered_and_a_broken_connection_may_be(vendors: Robots) -> None:
    nobody = DingTalk(Secret(f"http://127.0.0.1:{free_port()}/robot/send?access_token={TOKEN}"))
    answer = await send(nobody)
    assert answer.outcome is Outcome.UNREACHED
    assert TOKEN not in answer.text

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert (await send(DingTalk(Secret(f"http://127.0.0.1:{port}/?x={TOKEN}")))).outcome is Outcome.UNANSWERED
    server.close()
    assert (await send(DingTalk(Secret("no address")))).outcome is Outcome.REFUSED


async def test_a_repetition_says_that_it_may_be_one(vendors: Robots) -> None:
    await send(wecom(vendors), message(doubtful=True))
    assert vendors.texts["wecom"][0].endswith("\n（可能重复 repeated?）#7")


async def test_a_gateway_gets_its_template_filled_in_and_the_number_to_tell_repetitions(vendors: Robots) -> None:
    nasty = message(title='a"b', text='he said "no"\nand {left}', readers=())
    answer = await send(sms(vendors, phones=("10086",)), nasty)
    assert answer.outcome is Outcome.SENT
    ((headers, body),) = vendors.bodies
    assert json.loads(body) == {"to": "10086", "text": 'he said "no"\nand {left}\n#7', "id": "7"}
    assert (headers["Idempotency-Key"], headers["Content-Type"]) == ("7", "application/json")


async def test_a_form_and_an_address_are_quoted(vendors: Robots) -> None:
    gateway = sms(vendors, encoding=Encoding.FORM, body="text={title}&n={number}", headers={"X-App": Secret("a1")})
    gateway = replace(gateway, url=Secret(vendors.url("sms") + "&to={phones}"), method="PUT")
    await send(gateway, message(title="50% & 更多"))
    ((headers, body),) = vendors.bodies
    assert body.decode() == "text=50%25%20%26%20%E6%9B%B4%E5%A4%9A&n=7"
    assert (headers["to"], headers["X-App"]) == ("13800000001", "a1")


async def test_a_gateway_that_does_not_say_the_expected_word_has_refused(vendors: Robots) -> None:
    answer = await send(sms(vendors, expect="queued"))
    assert (answer.outcome, answer.text) == (Outcome.REFUSED, 'HTTP 200 {"code": "OK"}')


async def test_a_mail_has_the_title_as_its_subject_and_the_same_id_each_time() -> None:
    async with mail_server() as box:
        for doubtful in (False, True):
            answer = await send(mail(box.port), message(doubtful=doubtful))
            assert (answer.outcome, answer.text) == (Outcome.SENT, "accepted for 2 of 2")
    first, second = box.letters
    assert (first["Subject"], first["To"]) == ("【严重·故障】柳溪村", "office@example.org, vendor@example.org")
    assert first["Message-ID"] == second["Message-ID"] == f"<{NOW:%Y%m%d%H%M%S}.7@sharp-eyes.invalid>"
    assert "12 台摄像机离线" in first.get_content()


async def test_a_mail_that_is_refused_for_one_of_two_says_for_whom() -> None:
    async with mail_server() as box:
        box.unknown = "vendor@example.org"
        answer = await send(mail(box.port))
    assert (answer.outcome, answer.missed) == (Outcome.SENT, 1)
    assert answer.text == "accepted for 1 of 2, refused for vendor@example.org"
    assert told(answer.text, Language.ZH) == "2 个收件人中已收下 1 个,被拒绝的:vendor@example.org"


@pytest.mark.parametrize(("refusal", "outcome"), [("451 later", Outcome.UNREACHED), ("554 never", Outcome.REFUSED)])
async def test_a_mail_server_says_later_or_never(refusal: str, outcome: Outcome) -> None:
    async with mail_server() as box:
        box.refusal = refusal
        answer = await send(mail(box.port))
    assert (answer.outcome, answer.text) == (outcome, refusal)


async def test_no_password_is_sent_where_the_server_offers_no_encryption() -> None:
    async with mail_server() as box:
        answer = await send(mail(box.port, security=Security.STARTTLS, username="u", password=Secret("pw-1234")))
    assert answer == Answer(Outcome.REFUSED, NOT_OFFERED["STARTTLS"])
    assert box.letters == []
    assert "pw-1234" not in repr(answer)


async def test_a_server_that_takes_no_login_is_named_as_such() -> None:
    letter = mail(free_port(), username="u", password=Secret("pw-1234"))
    async with mail_server() as box:
        answer = await send(replace(letter, port=box.port, security=Security.NONE))
    assert answer == Answer(Outcome.REFUSED, NOT_OFFERED["AUTH"])


async def test_no_mail_server_is_surely_not_delivered() -> None:
    assert (await send(mail(free_port()))).outcome is Outcome.UNREACHED


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # apprise imports it
async def test_apprise_carries_a_message_and_says_no_more_than_whether_it_did(vendors: Robots) -> None:
    address = vendors.url("sms").replace("http://", "json://")
    assert (await send(Apprise(Secret(address)))).outcome is Outcome.SENT
    ((_, body),) = vendors.bodies
    assert json.loads(body)["message"] == message().whole
    assert (await send(Apprise(Secret(f"json://127.0.0.1:{free_port()}/")))).outcome is Outcome.UNANSWERED
    assert (await send(Apprise(Secret("nonsense://x")))).outcome is Outcome.REFUSED

"""The console as a client meets it."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from monitor.console import make_app, serve
from monitor.console.shared import accepts_gzip
from monitor.metrics import ALL_GROUPS, AREAS
from tests.console.fakes import FakeSource, console, raw
from tests.metrics.town import DrivenClock, camera, group, status, town


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(auto_decompress=False, headers={"Accept-Encoding": "identity"}) as session:
        yield session


async def document(client: aiohttp.ClientSession, url: str, status: int = 200) -> Any:
    async with client.get(url) as answer:
        assert answer.status == status, await answer.text()
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        return json.loads(await answer.read())


async def test_metrics_come_in_the_type_prometheus_3_insists_on(client: aiohttp.ClientSession) -> None:
    async with console(FakeSource()) as address, client.get(f"{address}/metrics") as answer:
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert b'sharpeyes_camera_up{camera_id="c1"} 1\n' in await answer.read()


async def test_metrics_are_zipped_only_for_those_who_take_it(client: aiohttp.ClientSession) -> None:
    async with console(FakeSource()) as address:
        async with client.get(f"{address}/metrics", headers={"Accept-Encoding": "gzip"}) as zipped:
            assert zipped.headers["Content-Encoding"] == "gzip"
            assert zipped.headers["Vary"] == "Accept-Encoding"
            unpacked = gzip.decompress(await zipped.read())
        async with client.get(f"{address}/metrics") as plain:
            assert "Content-Encoding" not in plain.headers
            assert await plain.read() == unpacked


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.5", True),
        ("gzip ; q=0", False),
        ("gzip;q=0.000, identity", False),
        ("x-gzip", False),
        ("", False),
    ],
)
def test_gzip_is_taken_when_named_and_not_refused(header: str, taken: bool) -> None:
    assert accepts_gzip(header) is taken


async def test_scrapes_within_a_second_share_one_rendering(client: aiohttp.ClientSession) -> None:
    source, clock = FakeSource(), DrivenClock()
    async with console(source, clock) as address:

        async def scrape() -> bytes:
            async with client.get(f"{address}/metrics") as answer:
                return await answer.read()

        first, second = await asyncio.gather(scrape(), scrape())
        assert first == second
        assert source.views_asked == 1
        clock.seconds += 1.5
        await scrape()
        assert source.views_asked == 2


async def test_health_and_readiness_say_what_is_wrong(client: aiohttp.ClientSession) -> None:
    source = FakeSource()
    async with console(source) as address:

        async def ask(path: str) -> tuple[int, str]:
            async with client.get(f"{address}{path}") as answer:
                return answer.status, await answer.text()

        assert await ask("/-/healthy") == (200, "healthy\n")
        assert await ask("/-/ready") == (200, "ready\n")
        source.wrong, source.missing = "the ledger cannot be written", "the first round is not over"
        assert await ask("/-/healthy") == (503, "not healthy: the ledger cannot be written\n")
        assert await ask("/-/ready") == (503, "not ready: the first round is not over\n")


async def test_reloading_is_forbidden_unless_switched_on(client: aiohttp.ClientSession) -> None:
    source = FakeSource()
    async with console(source) as address, client.post(f"{address}/-/reload") as answer:
        assert answer.status == 403
        assert "switched off" in await answer.text()
    assert source.reloads == 0


async def test_reloading_answers_what_the_source_says(client: aiohttp.ClientSession) -> None:
    source = FakeSource()
    async with console(source, reload_enabled=True) as address:
        async with client.post(f"{address}/-/reload") as answer:
            assert (answer.status, await answer.text()) == (200, "settings taken\n")
        source.reload_says = (False, "sharp-eyes.yml:3: probe.interval: not a duration")
        async with client.put(f"{address}/-/reload") as answer:
            assert (answer.status, await answer.text()) == (500, "sharp-eyes.yml:3: probe.interval: not a duration\n")
        async with client.get(f"{address}/-/reload") as answer:
            assert answer.status == 405
            assert set(answer.headers["Allow"].split(",")) == {"POST", "PUT"}
    assert source.reloads == 2


async def test_a_web_page_cannot_ask_for_a_reload(client: aiohttp.ClientSession) -> None:
    source = FakeSource()
    origin = {"Origin": "http://elsewhere.example"}
    async with (
        console(source, reload_enabled=True) as address,
        client.post(f"{address}/-/reload", headers=origin) as answer,
    ):
        assert answer.status == 403
    assert source.reloads == 0


async def test_the_state_of_the_town_is_one_document(client: aiohttp.ClientSession) -> None:
    async with console(FakeSource()) as address:
        said = await document(client, f"{address}/api/v1/status")
    assert said["at"] == "2026-03-15T12:00:00.000+00:00"
    assert said["target"] == 0.95
    assert said["town"]["name"] == "清河镇"
    assert said["town"]["online_ratio"] == 0.92
    assert said["villages"][0]["states"] == {"up": 1, "degraded": 0, "down": 1, "unknown": 0}
    assert said["town"]["ahead"] == {
        "budget_seconds": 36000.0,
        "budget_left_seconds": 7200.0,
        "recoverable": True,
        "unrecoverable_cameras": 1,
    }
    assert said["trips"] == [{"village": "柳溪村", "cameras": 1, "gain_seconds": 32400.0, "landing_ratio": 0.945}]
    down = said["cameras"][1]
    assert (down["id"], down["state"], down["cause"]) == ("c2", "down", "tcp_timeout")
    assert down["since_at"] == "2026-03-15T11:00:00.000+00:00"
    assert down["last_probe"]["took_seconds"] == 0.312


@pytest.mark.parametrize(("path", "kinds"), [("/metrics", AREAS), ("/", AREAS), ("/api/v1/status", ALL_GROUPS)])
async def test_sites_are_added_up_only_for_the_document_that_shows_them(
    client: aiohttp.ClientSession, path: str, kinds: tuple[str, ...]
) -> None:
    source = FakeSource()
    async with console(source) as address, client.get(f"{address}{path}") as answer:
        assert answer.status == 200
    assert source.kinds_asked == kinds


async def test_a_town_without_cameras_is_shown_too(client: aiohttp.ClientSession) -> None:
    source = FakeSource()
    source.view = town(groups=())
    async with console(source) as address:
        said = await document(client, f"{address}/api/v1/status")
        assert (said["town"], said["cameras"]) == (None, [])
        async with client.get(address) as page:
            assert "—" in await page.text()


async def test_changes_of_state_are_read_in_pages(client: aiohttp.ClientSession) -> None:
    async with console(FakeSource()) as address:
        first = await document(client, f"{address}/api/v1/transitions?limit=3")
        assert [one["number"] for one in first["transitions"]] == [1, 2, 3]
        assert first["transitions"][0]["new"] == "down"
        rest = await document(client, f"{address}/api/v1/transitions?after={first['next_after']}")
        assert [one["number"] for one in rest["transitions"]] == [4, 5]
        none = await document(client, f"{address}/api/v1/transitions?after=5")
        assert (none["transitions"], none["next_after"]) == ([], 5)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("transitions?after=x", "after must be a whole number from 0 to 9223372036854775807, not 'x'"),
        ("transitions?after=-1", "after must be a whole number from 0 to 9223372036854775807, not '-1'"),
        ("transitions?after=٣", "after must be a whole number from 0 to 9223372036854775807, not '٣'"),
        ("transitions?after=99999999999999999999999", "not '99999999999999999999999'"),
        ("transitions?limit=0", "limit must be a whole number from 1 to 1000, not '0'"),
        ("transitions?limit=1001", "limit must be a whole number from 1 to 1000, not '1001'"),
        ("transitions?since=1", "no parameter 'since' here; it takes after, limit"),
        ("status?village=x", "no parameter 'village' here; it takes none"),
    ],
)
async def test_a_wrong_question_is_told_what_is_wrong(client: aiohttp.ClientSession, question: str, said: str) -> None:
    async with console(FakeSource()) as address:
        assert said in (await document(client, f"{address}/api/v1/{question}", status=400))["error"]


async def test_an_unknown_api_path_is_answered_in_json(client: aiohttp.ClientSession) -> None:
    async with console(FakeSource()) as address:
        assert "Not Found" in (await document(client, f"{address}/api/v1/nothing", status=404))["error"]


@pytest.mark.parametrize(
    ("asked", "header", "word"),
    [("", "zh-CN,zh;q=0.9", "本月累计在线率"), ("", "en-GB", "month to date"), ("?lang=zh", "en", "本月累计在线率")],
)
async def test_the_landing_page_speaks_both_languages(
    client: aiohttp.ClientSession, asked: str, header: str, word: str
) -> None:
    headers = {"Accept-Language": header}
    async with console(FakeSource()) as address, client.get(f"{address}/{asked}", headers=headers) as answer:
        text = await answer.text()
    assert word in text
    assert "92.00 %" in text


async def test_a_rate_just_below_the_target_is_never_rounded_up_to_it(client: aiohttp.ClientSession) -> None:
    source = FakeSource()
    source.view = town(groups=(group(online_ratio=0.9499999),))
    async with console(source) as address, client.get(address) as answer:
        assert "94.99 %" in await answer.text()


async def test_a_name_cannot_bring_script_into_the_page(client: aiohttp.ClientSession) -> None:
    source = FakeSource()
    source.view = town(groups=(group(name="<script>alert(1)</script>"),))
    async with console(source) as address, client.get(address) as answer:
        text = await answer.text()
    assert "<script" not in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize("path", ["/", "/metrics", "/console.css", "/-/healthy", "/api/v1/status", "/nothing"])
async def test_every_answer_carries_the_security_headers(client: aiohttp.ClientSession, path: str) -> None:
    async with console(FakeSource()) as address, client.get(f"{address}{path}") as answer:
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


async def test_neither_addresses_nor_credentials_of_cameras_are_shown(client: aiohttp.ClientSession) -> None:
    source = FakeSource()
    source.view = town(status(watched=camera(url="rtsp://127.0.0.9:8554/secret-path", credentials="office-login")))
    async with console(source) as address:
        for path in ("/", "/metrics", "/api/v1/status", "/api/v1/transitions"):
            async with client.get(f"{address}{path}") as answer:
                text = await answer.text()
            assert "127.0.0.9" not in text
            assert "secret-path" not in text
            assert "office-login" not in text


async def test_an_endless_header_is_refused() -> None:
    async with console(FakeSource()) as address:
        answer = await raw(address, f"GET / HTTP/1.1\nHost: x\nX-Long: {'a' * 20_000}\n\n")
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 "))


async def test_a_port_already_taken_is_an_error_and_not_a_hang() -> None:
    async with console(FakeSource()) as address:
        port = int(address.rsplit(":", 1)[1])
        with pytest.raises(OSError, match="address already in use"):
            await serve(make_app(FakeSource()), "127.0.0.1", port)

"""Asking Alertmanager what it holds: whatever else answers at that address is told apart from "nothing fires"."""

from __future__ import annotations

import json
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerting import Manager
from monitor.errors import AlertmanagerUnavailable
from monitor.model import Secret
from monitor.notify import Held, alertmanager, held
from monitor.notify.alertmanager import elements
from tests.addresses import free_port

WATCHDOG = b'[{"fingerprint": "w", "startsAt": "T", "labels": {}}]'


@asynccontextmanager
async def answering(
    body: bytes, status: int = 200, login: str | None = None, context: ssl.SSLContext | None = None
) -> AsyncIterator[Manager]:
    """Alertmanager as it is asked; with a ``login`` it wants to see that."""

    async def answer(request: web.Request) -> web.Response:
        assert request.query["filter"] == 'incident=""'
        return web.Response(body=body, status=status if request.headers.get("Authorization") == login else 401)

    app = web.Application()
    app.router.add_get("/am/api/v2/alerts", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    try:
        yield Manager(f"http{'s' if context else ''}://127.0.0.1:{runner.addresses[0][1]}/am")
    finally:
        await runner.cleanup()


async def test_what_fires_is_known_by_its_fingerprints_however_much_it_is() -> None:
    labels = {"x": "y" * 1000}
    many = [{"fingerprint": str(nth), "startsAt": f"T{nth}", "labels": labels} for nth in range(300)]
    async with answering(json.dumps(many).encode()) as manager:
        assert await held(manager, "7") == Held(frozenset(map(str, range(300))), "T7")
    down = {"fingerprint": "d", "startsAt": "T", "labels": {"alertname": "SharpEyesMonitorDown"}}
    blind = {
        "fingerprint": "b",
        "startsAt": "T",
        "labels": {"alertname": "SharpEyesMonitorBlind", "county": "安平县"},
    }
    for more, out in (([down], {""}), ([blind], {"安平县"}), ([], set())):
        async with answering(json.dumps([*many, *more]).encode()) as manager:
            assert (await held(manager, "7")).out == out


@pytest.mark.parametrize(
    ("out", "of_one", "of_another", "of_any"),
    [
        ([], True, True, True),
        (["安平县"], False, True, False),
        ([""], False, False, False),  # whose monitor it is it does not say
    ],
)
def test_what_a_monitor_that_is_out_would_say_is_missing_for_that(
    out: list[str], of_one: bool, of_another: bool, of_any: bool
) -> None:
    answered = Held(frozenset(), "", frozenset(out))
    assert [answered.proves(county) for county in ("安平县", "清河县", "")] == [of_one, of_another, of_any]


@given(st.lists(st.dictionaries(st.text(), st.text() | st.lists(st.integers()))), st.sampled_from([None, 0, 3]))
def test_a_list_is_read_piece_by_piece_as_it_would_be_at_once(alerts: list[object], indent: int | None) -> None:
    assert list(elements(f" {json.dumps(alerts, indent=indent)}\n")) == alerts


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"[]", 503, "HTTP 503"),
        (b"[]", 302, "HTTP 302"),
        (b"<html>", 200, "not a list of alerts"),
        (b'{"status": 1}', 200, "not a list of alerts"),
        (b"[{}]", 200, "not a list of alerts"),
        (b"7", 200, "not a list of alerts"),
        (b'[{"fingerprint": "w", "startsAt": "T", "labels": 7}]', 200, "not a list of alerts"),
        (WATCHDOG[:-1], 200, "not a list of alerts"),
        (WATCHDOG[:-1] + b",]", 200, "not a list of alerts"),
        (WATCHDOG[:-1] + b" {}]", 200, "not a list of alerts"),
        (WATCHDOG + b"]", 200, "not a list of alerts"),
        (b"[" * 2000, 200, "more than 1000 bytes"),
        (b"[]", 200, "does not hold the SharpEyesWatchdog"),
        (b'[{"fingerprint": "x", "startsAt": "T", "labels": {}}]', 200, "does not hold the SharpEyesWatchdog"),
    ],
)
async def test_another_answer_is_no_news_of_an_end(
    monkeypatch: pytest.MonkeyPatch, body: bytes, status: int, said: str
) -> None:
    monkeypatch.setattr(alertmanager, "MOST_HELD", 1000)
    async with answering(body, status) as manager:
        with pytest.raises(AlertmanagerUnavailable, match=said):
            await held(manager, "w")


async def test_where_nobody_answers_the_setting_is_named() -> None:
    with pytest.raises(AlertmanagerUnavailable, match=r"alerts\.alertmanager"):
        await held(Manager(f"http://127.0.0.1:{free_port()}"), "w")


async def test_a_login_is_shown_where_one_is_asked_for_and_a_refusal_names_the_setting_and_no_secret() -> None:
    async with answering(WATCHDOG, login="Bearer s3cret-token") as manager:
        with pytest.raises(
            AlertmanagerUnavailable, match=r"HTTP 401: it asks for a login: write alerts\.alertmanager_"
        ):
            await held(manager, "w")
        with pytest.raises(AlertmanagerUnavailable, match="HTTP 401: it refuses what it is shown") as refused:
            await held(replace(manager, authorization=Secret("Bearer s3cret-other")), "w")
        assert "s3cret" not in str(refused.value)
        known = replace(manager, authorization=Secret("Bearer s3cret-token"))
        assert (await held(known, "w")).fingerprints == {"w"}
        assert "s3cret" not in repr(known)


def vouched_for(folder: Path) -> ssl.SSLContext:
    """A server's certificate for 127.0.0.1, signed by itself: ``folder / "cert"``."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=am"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(folder / "key"), "-out", str(folder / "cert")]
    subprocess.run([*command, *names], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert", folder / "key")
    return context


async def test_a_certificate_counts_where_the_named_authority_vouches_for_it(tmp_path: Path) -> None:
    async with answering(WATCHDOG, context=vouched_for(tmp_path)) as manager:
        with pytest.raises(AlertmanagerUnavailable, match=r"alerts\.alertmanager_ca_file vouch for it"):
            await held(manager, "w")
        known = replace(manager, authorities=(tmp_path / "cert").read_text("ascii"))
        assert (await held(known, "w")).watched_since == "T"

"""The command line as a person types it: what it prints, and what it tells the shell."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor import __version__
from monitor.cli import main
from monitor.cli.exits import Exit
from monitor.clock import SystemClock
from monitor.demo.place import Place, Tempo, furnish
from monitor.demo.seed import seed
from monitor.devices import Devices, Stream, devices_path
from monitor.language import Language
from monitor.ledger import Ledger
from monitor.model import Transport
from monitor.simulator.town import build_town
from tests.addresses import BASE

TOWN = build_town(27, base=BASE)


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place, now = Place(tmp_path_factory.mktemp("furnished")), SystemClock().now()
    furnish(place, TOWN.cameras, TOWN.credentials, TOWN.cameras[0].id, now, Tempo(), Language.EN)
    with Ledger.open(place.ledger) as ledger:
        seed(ledger, TOWN.cameras, now)
    return place


@pytest.fixture
def place(furnished: Place, tmp_path: Path) -> Place:
    """A record of two months, of one's own."""
    shutil.copytree(furnished.folder, tmp_path, dirs_exist_ok=True)
    return Place(tmp_path)


def last_month() -> str:
    first = SystemClock().now().astimezone().replace(day=1)
    return f"{first - timedelta(days=2):%Y-%m}"


@pytest.fixture(scope="module")
def simulator() -> Iterator[None]:
    command = [sys.executable, "-m", "monitor.simulator", "--cameras", "27", "--villages", "27", "--base", BASE]
    with subprocess.Popen(
        [*command, "--duration", "600"], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        yield
        process.terminate()


def said(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    return captured.out + captured.err


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == Exit.OK
    assert __version__ in said(capsys)


@pytest.mark.parametrize(("language", "word"), [("zh", "退出码"), ("en", "exit codes")])
def test_help_speaks_both_languages(language: str, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--lang", language, "--help"])
    assert ended.value.code == Exit.OK
    assert word in said(capsys)


@pytest.mark.parametrize("words", [[], ["fly"], ["report"], ["demo", "--duration", "soon"], ["demo", "--cameras", "3"]])
def test_wrong_usage_is_told_apart(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == Exit.USAGE


def test_a_good_configuration_is_counted(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-config", "--lang", "en", "--config", str(place.settings)]) == Exit.OK
    assert "27 cameras, 27 villages, 27 uplinks" in said(capsys)


def test_routes_to_a_receiver_without_a_channel_are_a_fault_with_its_line(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    routes = Path(__file__).parents[2] / "config" / "alertmanager" / "alertmanager.yml"
    words = ["check-config", "--lang", "en", "--config", str(place.settings), "--alertmanager", str(routes)]
    assert main(words) == Exit.NO
    line = routes.read_text("utf-8").splitlines().index("  - name: past-the-relay") + 1
    found = said(capsys)
    assert f"{routes}:{line}: receivers.past-the-relay: has no channel" in found
    assert "receivers.office: calls the relay, which takes no calls: alerts.path" in found


def test_routes_that_cannot_be_read_are_a_fault_in_the_language_of_whoever_asks(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["check-config", "--config", str(place.settings), "--alertmanager", str(place.settings.parent / "none.yml")]
    assert main([*words, "--lang", "zh"]) == Exit.NO
    out = said(capsys)
    assert "none.yml: 无法读取:没有这个文件或目录" in out
    assert "Errno" not in out


def test_prometheus_is_asked_whether_its_alerts_lead_to_the_same_console(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = Path(__file__).parents[2] / "config" / "prometheus" / "prometheus.yml"
    words = ["check-config", "--config", str(place.settings), "--prometheus", str(shipped)]
    written = place.settings.read_text("utf-8")
    people = "receivers: {vendor-on-call: {channels: [a]}, tickets: {channels: [a]}}"
    gateway = "channels: {a: {kind: gateway, url: 'http://a', encoding: text, body: '{text}'}}"
    for port, good in ((9105, True), (9106, False)):
        link = f"link: http://127.0.0.1:{port}"
        place.settings.write_text(f"{written}\nalerts: {{{link}, {people}, {gateway}}}\n", "utf-8")
        assert main([*words, "--lang", "en"]) == (Exit.OK if good else Exit.NO)
        line = shipped.read_text("utf-8").splitlines().index("    console: http://127.0.0.1:9105") + 1
        told = f"{shipped}:{line}: global.external_labels.console: is not alerts.link of the settings"
        assert (told in said(capsys)) is not good
    assert main([*words, "--lang", "zh"]) == Exit.NO
    assert "告警中的链接与消息、看板中的链接会指向两处" in said(capsys)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "could not be compared: the settings have no alerts.link"), ("zh", "无从核对")]
)
def test_prometheus_is_read_and_not_compared_where_the_settings_have_no_link(
    language: str, words: str, place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = Path(__file__).parents[2] / "config" / "prometheus" / "prometheus.yml"
    command = ["check-config", "--lang", language, "--config", str(place.settings), "--prometheus"]
    assert main([*command, str(shipped)]) == Exit.OK
    assert words in said(capsys)
    assert main([*command, str(place.settings.parent / "none.yml")]) == Exit.NO
    assert "none.yml" in said(capsys)


def test_all_faults_of_a_configuration_are_printed_together(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    text = place.settings.read_text("utf-8").replace("heartbeat:", "hartbeat:").replace("zone: Asia", "zone: Asien")
    place.settings.write_text(text, "utf-8")
    assert main(["check-config", "--lang", "en", "--config", str(place.settings)]) == Exit.NO
    out = said(capsys)
    assert out.startswith("2 faults:")
    assert "did you mean heartbeat?" in out


def test_a_missing_configuration_is_a_plain_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--config", str(tmp_path / "none.yml")]) == Exit.NO
    assert "none.yml" in said(capsys)


def test_the_month_s_report_goes_to_the_screen(place: Place, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["report", last_month(), "--lang", "zh", "--config", str(place.settings)]) == Exit.OK
    assert "监测覆盖率" in capfdbinary.readouterr().out.decode("utf-8")


def test_several_formats_go_into_a_folder(place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["report", last_month(), "--format", "csv,json", "--config", str(place.settings), "--lang", "en"]
    assert main(words) == Exit.USAGE
    assert "--out" in said(capsys)
    assert main([*words, "--out", str(tmp_path / "out")]) == Exit.OK
    written = tmp_path / "out" / f"sla-{last_month()}.json"
    assert str(written) in said(capsys)
    assert json.loads(written.read_bytes())["report"]["simulated"] is True


@pytest.mark.parametrize(
    ("place_of", "words", "language"),
    [
        ("file", "is a file, or below one: name a folder with --out", "en"),
        ("file", "是文件或在文件之下:--out 后请写目录", "zh"),
        ("file/below", "是文件或在文件之下:--out 后请写目录", "zh"),
        ("x" * 300, "(文件名过长):请给予权限", "zh"),
    ],
)
def test_a_folder_that_is_none_is_told_before_the_report_is_made(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str], place_of: str, words: str, language: str
) -> None:
    (tmp_path / "file").write_text("mine", "utf-8")
    place.ledger.unlink()  # of which a report that was made would speak
    asked = ["report", last_month(), "--config", str(place.settings), "--lang", language]
    assert main([*asked, "--out", str(tmp_path / place_of)]) == Exit.USAGE
    assert f"{tmp_path / place_of}" in (told := said(capsys))
    assert words in told
    assert (tmp_path / "file").read_text("utf-8") == "mine"


def test_a_format_whose_parts_are_missing_is_told_when_the_others_are_written(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)  # how Python remembers that there is none
    words = ["report", last_month(), "--format", "pdf,csv,text", "--config", str(place.settings), "--lang", "en"]
    assert main([*words, "--out", str(tmp_path / "out")]) == Exit.CANNOT
    told = capsys.readouterr()
    last = told.err.splitlines()[-1]  # a slow machine says before it how far it is
    assert last.startswith("sharp-eyes: PDF needs WeasyPrint: pip install weasyprint")
    endings = ["-bases.csv", "-exclusions.csv", "-groups.csv", "-outages.csv", "-sources.csv", ".csv", ".txt"]
    names = [f"sla-{last_month()}{ending}" for ending in endings]
    assert [path.name for path in sorted((tmp_path / "out").iterdir())] == names
    assert all(name in told.out for name in names)


@pytest.mark.parametrize(
    ("words", "possible"),
    [(["2026-13"], "2026-10"), (["2026-10", "--format", "doc"], "text, csv, json, html, xlsx, pdf")],
)
def test_an_impossible_report_says_what_is_possible(
    place: Place, words: list[str], possible: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", *words, "--lang", "en", "--config", str(place.settings)]) == Exit.USAGE
    assert possible in said(capsys)


def test_a_workbook_does_not_go_to_a_terminal(place: Place) -> None:
    words = [sys.executable, "-m", "monitor", "report", last_month(), "--format", "xlsx", "--lang", "en"]
    master, terminal = os.openpty()
    try:
        told = subprocess.run(
            [*words, "--config", str(place.settings)], stdout=terminal, stderr=subprocess.PIPE, text=True, check=False
        )
    finally:
        os.close(terminal)
        os.close(master)
    assert told.returncode == Exit.USAGE
    assert "--out" in told.stderr


def test_a_workbook_goes_into_a_pipe(place: Place, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    words = ["report", last_month(), "--format", "xlsx", "--lang", "en", "--config", str(place.settings)]
    assert main(words) == Exit.OK
    assert zipfile.ZipFile(io.BytesIO(capfdbinary.readouterr().out)).testzip() is None


def divide(place: Place, *more: str) -> None:
    """Give the town a contract for each carrier, in place of the inline one."""
    carriers = sorted({camera.carrier for camera in TOWN.cameras})
    for number, carrier in enumerate(carriers, 1):
        text = f"id: lines-{number}\ntitle: 第{number}份\nscope: {{carriers: [{carrier}]}}\n"
        (place.folder / f"lines-{number}.yml").write_text("\n".join([text, *more]), "utf-8")
    names = ", ".join(f"lines-{number}.yml" for number, _ in enumerate(carriers, 1))
    text = place.settings.read_text("utf-8")
    assert "contract:" not in text
    place.settings.write_text(f"{text}\ncontracts: [{names}]\n", "utf-8")


def test_of_several_contracts_one_must_be_chosen_for_a_report(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    divide(place)
    words = ["report", last_month(), "--format", "json,text", "--out", str(tmp_path), "--config", str(place.settings)]
    assert main([*words, "--lang", "en"]) == Exit.USAGE
    assert "there are several contracts, choose one by --contract: lines-1, lines-2" in said(capsys)
    assert main([*words, "--lang", "en", "--contract", "lines-3"]) == Exit.USAGE
    assert "no contract lines-3; there are lines-1, lines-2" in said(capsys)
    reported = set()
    for name in ("lines-1", "lines-2"):
        assert main([*words, "--contract", name, "--lang", "en"]) == Exit.OK
        report = json.loads((tmp_path / f"sla-{last_month()}-{name}.json").read_bytes())["report"]
        assert report["contract_id"] == name
        assert len({figure["camera"]["carrier"] for figure in report["cameras"]}) == 1
        reported |= {figure["camera"]["id"] for figure in report["cameras"]}
        text = (tmp_path / f"sla-{last_month()}-{name}.txt").read_text("utf-8")
        assert f"Contract: {report['contract_title']} ({name})" in text
    assert reported == {camera.id for camera in TOWN.cameras if camera.in_contract}


def test_the_only_contract_may_be_named(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["report", last_month(), "--config", str(place.settings), "--contract"]
    assert main([*words, "default"]) == Exit.OK
    assert main([*words, "other"]) == Exit.USAGE


def test_each_contract_is_named_with_its_cameras(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    divide(place)
    assert main(["check-config", "--lang", "en", "--config", str(place.settings)]) == Exit.OK
    out = said(capsys)
    counts = [
        int(count)
        for count in re.findall(r"^contract lines-\d: (\d+) cameras in its scope. 第\d份$", out, re.MULTILINE)
    ]
    assert len(counts) == 2
    assert sum(counts) == sum(camera.in_contract for camera in TOWN.cameras)
    first = min(camera.carrier for camera in TOWN.cameras)
    one = next(camera.id for camera in TOWN.cameras if camera.carrier == first and camera.in_contract)
    (place.folder / "lines-1.yml").write_text(f"id: lines-1\ntitle: A\nscope: {{cameras: [{one}]}}", "utf-8")
    assert main(["check-config", "--lang", "en", "--config", str(place.settings)]) == Exit.OK
    assert f"in no contract: {len(TOWN.cameras) - counts[1] - 1} cameras" in said(capsys)


def test_what_is_odd_and_no_fault_is_said_beside_what_is_good(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    alerts = (
        "alerts: {receivers: {vendor-on-call: {channels: [a]}, tickets: {channels: [a]}},"
        " channels: {a: {kind: gateway, url: 'http://g/?text={text}'}}, roster: [{name: 张三, villages: [无此村]}]}\n"
    )
    place.settings.write_text(place.settings.read_text("utf-8") + alerts, "utf-8")
    assert main(["check-config", "--lang", "en", "--config", str(place.settings)]) == Exit.OK
    assert "mind: " in (out := said(capsys))
    assert "张三 is never called for it: no camera is in '无此村'" in out


@pytest.mark.parametrize(
    ("language", "refusal"),
    [
        (
            "en",
            (
                "{at}:3: village: '东村' is in '县/乙镇' here and in '县/甲镇' at {at}:2: a village is known by its "
                "name alone. Write the same town for one village, or put the town into the names of two"
            ),
        ),
        (
            "zh",
            (
                "{at}:3: village: '东村' 此处在 '县/乙镇',{at}:2 在 '县/甲镇':系统只按村名识别村。"
                "同一个村请写相同的乡镇,不同的村请把乡镇写进村名"
            ),
        ),
    ],
    ids=("en", "zh"),
)
def test_two_villages_of_one_name_are_refused_where_the_second_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, refusal: str
) -> None:
    rows = [f"c{nth},门口{nth},东村,{town},县,rtsp://127.0.0.1/{nth}" for nth, town in enumerate(("甲镇", "乙镇"))]
    table = "\n".join(["camera_id,name,village,town,county,url", *rows])
    (tmp_path / "c.csv").write_text(table, "utf-8")
    settings = tmp_path / "s.yml"
    settings.write_text("inventory: c.csv\n", "utf-8")
    assert main(["check-config", "--lang", language, "--config", str(settings)]) == Exit.NO
    assert refusal.format(at=tmp_path / "c.csv") in said(capsys)
    (tmp_path / "c.csv").write_text(table.replace(",东村,乙镇", ",乙镇东村,乙镇"), "utf-8")
    assert main(["check-config", "--lang", "en", "--config", str(settings)]) == Exit.OK
    assert "2 cameras, 2 villages" in said(capsys)


def test_contracts_that_share_cameras_are_refused_by_name(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    divide(place)
    (place.folder / "lines-2.yml").write_text("id: lines-2\ntitle: A\n", "utf-8")
    assert main(["check-config", "--lang", "en", "--config", str(place.settings)]) == Exit.NO
    assert "contract lines-2: scope: the contract lines-1 is about QX-" in said(capsys)


def test_an_untouched_ledger_is_verified_and_a_touched_one_named(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["ledger", "verify", "--lang", "en", "--config", str(place.settings)]
    assert main(words) == Exit.OK
    assert "the chain holds" in said(capsys)
    assert main([*words, "--expect-head", "f" * 64]) == Exit.NO
    with sqlite3.connect(place.ledger) as raw:
        for (trigger,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {trigger}")
        raw.execute("UPDATE events SET body = replace(body, 'down', 'up') WHERE seq = 200")
        raw.execute("UPDATE events SET recorded_at = recorded_at + 1 WHERE seq = 300")
    raw.close()
    assert main(words) == Exit.NO
    assert "the chain is broken" in said(capsys)


def test_entries_are_shown_one_per_line(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "show", "--limit", "3", "--config", str(place.settings)]) == Exit.OK
    lines = said(capsys).splitlines()
    assert [line.split()[:2] for line in lines] == [["local", "1"], ["local", "2"], ["local", "3"]]


def test_a_reader_that_has_seen_enough_is_no_error(place: Place) -> None:
    command = f"{sys.executable} -m monitor ledger show --config {place.settings} | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (Exit.OK, "", 1)


def test_a_ledger_in_use_is_a_plain_message(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    with Ledger.open(place.ledger):
        assert main(["run", "--config", str(place.settings)]) == Exit.CANNOT
    assert "sharp-eyes:" in said(capsys)


def test_a_camera_is_probed_and_explained_stage_by_stage(
    place: Place, simulator: None, capsys: pytest.CaptureFixture[str]
) -> None:
    camera = next(camera for camera in TOWN.cameras if camera.credentials)
    assert main(["probe", camera.id, "-v", "--lang", "en", "--config", str(place.settings)]) == Exit.OK
    out = said(capsys)
    assert "> DESCRIBE" in out
    assert "picture 640×360" in out
    assert "transport: tcp" in out
    assert "packets missing before the key frame was whole: 0" in out
    assert "verdict: online, picture good" in out
    assert TOWN.credentials[camera.credentials].password.reveal() not in out


def test_a_wrong_password_is_explained_and_never_printed(
    simulator: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    camera = next(camera for camera in TOWN.cameras if camera.credentials)
    monkeypatch.setenv("SHARP_EYES_PASSWORD", "not-the-password")
    assert main(["probe", camera.url, "--user", "admin", "-v", "--lang", "en"]) == Exit.NO
    out = said(capsys)
    assert "credentials_refused" in out
    assert "docs/causes.md#credentials_refused" in out
    assert "not-the-password" not in out


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "设备拒绝了该密码,暂停至"), ("en", "because the device refused this password")]
)
def test_a_refused_password_is_shown_again_only_if_a_person_insists(
    simulator: None, tmp_path: Path, language: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    camera = next(camera for camera in TOWN.cameras if camera.credentials)
    (tmp_path / "secret").write_text("not-the-password", "utf-8")
    text = "inventory: cameras.csv\ncredentials:\n  cam: {username: admin, password_file: secret}\n"
    (tmp_path / "settings.yml").write_text(text, "utf-8")
    (tmp_path / "cameras.csv").write_text(
        f"camera_id,name,village,url,credentials\na,甲,村,{camera.url},cam\n", "utf-8"
    )
    command = ["probe", "a", "--lang", language, "--config", str(tmp_path / "settings.yml")]
    assert main(command) == Exit.NO
    assert "credentials_refused" in said(capsys)
    assert main(command) == Exit.NO
    told = said(capsys)
    assert words in told
    assert "credentials_refused" not in told
    assert main([*command, "--insist"]) == Exit.NO
    assert "credentials_refused" in said(capsys)


def test_the_transport_that_worked_last_is_asked_for_first(
    place: Place, simulator: None, capsys: pytest.CaptureFixture[str]
) -> None:
    camera = TOWN.cameras[0]
    devices = Devices(devices_path(place.ledger))
    devices.learn(camera.id, camera.url, Stream(transport=Transport.UDP))
    devices.flush()
    assert main(["probe", camera.id, "-v", "--lang", "en", "--config", str(place.settings)]) == Exit.OK
    out = said(capsys)
    assert "client_port=" in out
    assert "transport: " in out


@pytest.fixture
def open_camera() -> Iterator[str]:
    """The address of a device that asks for no password, names itself, and knows no track."""
    sdp = b"a=tool:LIVE555\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"

    def serve(listener: socket.socket) -> None:
        line, _ = listener.accept()
        with line:
            line.recv(4096)
            line.sendall(
                b"RTSP/1.0 200 OK\r\nServer: Odd/1.0\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%b"
                % (len(sdp), sdp)
            )
            line.recv(4096)
            line.sendall(b"RTSP/1.0 404 Not Found\r\n\r\n")
            line.recv(4096)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        device = threading.Thread(target=serve, args=(listener,))
        device.start()
        yield f"rtsp://127.0.0.1:{listener.getsockname()[1]}/cam"
        device.join()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_probe_that_is_ended_says_goodbye_to_the_device(number: signal.Signals) -> None:
    sdp = b"m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
    grants = b"Session: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"rtsp://127.0.0.1:{listener.getsockname()[1]}/cam"
        with subprocess.Popen([sys.executable, "-m", "monitor", "probe", url], stdout=subprocess.DEVNULL) as probing:
            line, _ = listener.accept()
            with line:
                for fields, body in ((b"", sdp), (grants, b""), (b"", b"")):
                    line.recv(4096)
                    line.sendall(b"RTSP/1.0 200 OK\r\n%bContent-Length: %d\r\n\r\n%b" % (fields, len(body), body))
                probing.send_signal(number)
                assert line.recv(4096).startswith(b"TEARDOWN ")
            assert probing.wait(20) == Exit.INTERRUPTED


def test_what_a_device_says_of_itself_and_what_was_odd_is_told(
    open_camera: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHARP_EYES_PASSWORD", "not-the-password")
    assert main(["probe", open_camera, "--user", "admin", "-v", "--lang", "en"]) == Exit.NO
    out = said(capsys)
    assert "the device calls itself: Odd/1.0; LIVE555" in out
    assert "note: description of a wrong content type (content_type_wrong)" in out
    assert "answered_anonymously" not in out  # it may still ask before it shows anything
    assert "docs/causes.md#track_not_found" in out


def test_a_password_in_the_url_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["probe", "rtsp://admin:hunter2@127.0.0.1/x", "--lang", "en"]) == Exit.USAGE
    assert "hunter2" not in said(capsys)


@pytest.mark.parametrize("url", ["rtsp://", "rtsp:///x", "rtsp://127.0.0.1:99999/x"])
def test_an_address_nothing_can_be_dialled_by_is_wrong_usage(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["probe", url, "--lang", "en"]) == Exit.USAGE
    assert "the URL" in said(capsys)


def test_faults_of_settings_and_inventory_are_told_together(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.settings.write_text(place.settings.read_text("utf-8").replace("heartbeat:", "hartbeat:"), "utf-8")
    rows = place.inventory.read_text("utf-8").splitlines()
    place.inventory.write_text("\n".join([*rows, rows[1]]), "utf-8")
    assert main(["check-config", "--lang", "en", "--config", str(place.settings)]) == Exit.NO
    out = said(capsys)
    assert all(word in out for word in ("2 faults", "hartbeat", "cameras.csv:29"))


def test_planned_work_of_nobody_is_told_beside_faults_of_the_settings(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    text = place.settings.read_text("utf-8").replace("heartbeat:", "hartbeat:").replace("cameras: [", "villages: [X")
    place.settings.write_text(text, "utf-8")
    assert main(["check-config", "--lang", "en", "--config", str(place.settings)]) == Exit.NO
    out = said(capsys)
    assert all(word in out for word in ("2 faults", "hartbeat", "no camera has 'X"))


def test_a_limit_for_a_line_nobody_has_is_told(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    text, uplink = place.settings.read_text("utf-8"), TOWN.cameras[0].uplink
    limits = f"uplinks: {{{uplink}: {{sessions: 2}}, {uplink}X: {{sessions: 2}}}}"
    place.settings.write_text(text.replace("per_uplink: 8", f"per_uplink: 8, {limits}"), "utf-8")
    assert main(["check-config", "--lang", "en", "--config", str(place.settings)]) == Exit.NO
    out = said(capsys)
    assert out.startswith("1 fault:")
    assert f"limits.uplinks.{uplink}X: no camera has the uplink '{uplink}X'; did you mean {uplink}?" in out


def test_a_report_and_a_proof_need_no_camera_password(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (place.folder / "secrets").iterdir():
        path.unlink()
    assert main(["ledger", "verify", "--config", str(place.settings)]) == Exit.OK
    assert main(["report", last_month(), "--config", str(place.settings)]) == Exit.OK


def test_an_unknown_camera_names_the_nearest(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["probe", "QX-01-1", "--lang", "en", "--config", str(place.settings)]) == Exit.USAGE
    assert "QX-01-01" in said(capsys)


def test_the_capacity_of_a_town_is_told_line_by_line(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["capacity", "--lang", "en", "--config", str(place.settings)]) == Exit.OK
    out = said(capsys)
    assert out.startswith("27 cameras (0 of them measured): 5.4 probes a second, 5.4 of them decoded")
    assert len(re.findall(r" cameras?, sessions ", out)) == 27
    assert "warning" not in out


def test_a_limit_that_makes_probes_late_is_a_warning_and_a_no(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    text = place.settings.read_text("utf-8")
    place.settings.write_text(text.replace("per_uplink: 8", "per_uplink: 8, uplink_bandwidth: 200kbit"), "utf-8")
    uplink = TOWN.cameras[0].uplink
    with Ledger.open(place.ledger):
        devices = Devices(devices_path(place.ledger))
        for camera in TOWN.cameras:
            devices.learn(camera.id, camera.url, Stream(received=125_000, took=timedelta(seconds=2)))
        devices.flush()
    assert main(["capacity", "--lang", "zh", "--json", "--config", str(place.settings)]) == Exit.NO
    found = json.loads(said(capsys))
    assert (found["cameras"], found["measured"], found["late"]) == (27, 27, True)
    line = next(line for line in found["lines"] if line["name"] == uplink)
    assert (line["peak_rate"], line["bandwidth"], line["late"]) == (500_000, 200_000, True)
    assert main(["capacity", "--lang", "zh", "--config", str(place.settings)]) == Exit.NO
    assert f"警告:上联 {uplink} 的限额太小" in said(capsys)

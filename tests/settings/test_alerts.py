"""The section ``alerts``: what is read, and every fault with its line and without a secret."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from monitor.alerting import DingTalk, Gateway, Mail, Manager, Shift
from monitor.errors import SettingsError
from monitor.model import Secret
from monitor.settings import AlertPath, AlertSettings, BulletinKind, BulletinPlan, load_settings
from tests.test_consistency import DOCS, blocks
from tests.test_prometheus_rules import routing

ENVIRON = {
    "DING": "https://oapi.example/robot/send?access_token=s3cret",
    "SIGN": "SECs3cret",
    "TOKEN": "s3cret-token",
    "EMPTY": "",
    "WECOM_URL": "https://q.example/send?key=s3cret",
    "SMS_TOKEN": "Bearer s3cret",
}
GOOD = """\
inventory: cameras.csv
alerts:
  receivers:
    vendor-on-call: {channels: [ding]}
    tickets: {channels: [ding]}
  channels:
    ding: {kind: dingtalk, url_env: DING, sign_env: SIGN}
"""
BY_ALERTMANAGER = "alerts:\n  path: alertmanager\n  token_env: TOKEN\n  alertmanager: http://alertmanager:9093/\n"


def read(folder: Path, text: str) -> AlertSettings | None:
    path = folder / "sharp-eyes.yml"
    path.write_text(text, "utf-8")
    return load_settings(path, ENVIRON).alerts


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(folder, text)
    assert "s3cret" not in str(caught.value)
    return [f"{fault.line}: {fault.where}: {fault.what}" for fault in caught.value.faults]


def test_without_the_section_nobody_is_told(tmp_path: Path) -> None:
    assert read(tmp_path, "inventory: cameras.csv\n") is None


def test_a_short_section_is_enough_and_shows_no_secret(tmp_path: Path) -> None:
    found = read(tmp_path, GOOD)
    assert found is not None
    assert (found.path, found.token, found.receivers["tickets"]) == (AlertPath.EMBEDDED, None, ("ding",))
    assert found.channels["ding"].target == DingTalk(Secret(ENVIRON["DING"]), Secret("SECs3cret"))
    assert "s3cret" not in repr(found)


def test_alertmanager_is_asked_at_its_address(tmp_path: Path) -> None:
    text = GOOD.replace("alerts:\n", BY_ALERTMANAGER).replace(
        "    tickets", "    office: {channels: [ding]}\n    tickets"
    )
    found = read(tmp_path, text)
    assert found is not None
    assert (found.path, found.alertmanager) == (AlertPath.ALERTMANAGER, Manager("http://alertmanager:9093"))


def test_the_office_has_the_hours_of_the_shipped_routes_unless_others_are_written(tmp_path: Path) -> None:
    usual, other = (
        read(tmp_path, GOOD),
        read(tmp_path, GOOD + "  office_hours: {hours: 09:00-18:00, weekdays: [sat]}\n"),
    )
    assert usual is not None
    assert other is not None
    (shipped,) = routing()["time_intervals"][0]["time_intervals"]
    (span,) = shipped["times"]
    assert shipped["weekdays"] == ["monday:friday"]
    assert usual.office_hours.weekdays == frozenset(range(5))
    assert [f"{at:%H:%M}" for at in (usual.office_hours.start, usual.office_hours.end)] == list(span.values())
    assert other.office_hours == Shift("", "", weekdays=frozenset({5}), start=time(9), end=time(18))


def test_the_example_of_the_page_is_understood(tmp_path: Path) -> None:
    for name in ("ding-url", "ding-sign", "mail"):
        (tmp_path / "secrets").mkdir(exist_ok=True)
        (tmp_path / "secrets" / name).write_text("https://example.org/s3cret\n", "utf-8")
    (example,) = blocks(DOCS / "alerts.md", "yaml")
    found = read(tmp_path, f"inventory: cameras.csv\n{example}")
    assert found is not None
    assert [type(channel.target).__name__ for channel in found.channels.values()] == [
        "DingTalk",
        "WeCom",
        "Mail",
        "Gateway",
    ]
    mail, sms = found.channels["mail"].target, found.channels["sms"].target
    assert isinstance(mail, Mail)
    assert isinstance(sms, Gateway)
    assert (mail.host, mail.port, sms.headers["Authorization"]) == ("mail.example.org", 587, Secret("Bearer s3cret"))
    assert [shift.name for shift in found.roster] == ["张三", "李四"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("path: alertmanager", "alerts.token_env: is missing, and so is token_file"),
        ("path: alertmanager", "alerts.alertmanager: is missing: it is asked which alerts have ended"),
        ("alertmanager: alertmanager:9093", "alerts.alertmanager: is not an address of Alertmanager"),
        ("alertmanager: http://h:9093/am/?x=1", "alerts.alertmanager: is not an address of Alertmanager"),
        ("alertmanager: 'http://h:9093/#/alerts'", "alerts.alertmanager: is not an address of Alertmanager"),
        ("link: http://h:9105/?lang=zh", "alerts.link: is not the console's address"),
        ("alertmanager: http://alertmanager:9093", "alerts.alertmanager: nobody asks it with path: embedded"),
        ("alertmanager_username: u", "alerts.alertmanager_username: nobody asks it with path: embedded"),
        ("office_hours: {hours: 9-17}", "alerts.office_hours.hours: '9' is not a time of day"),
        ("token_env: TOKEN", "alerts.token_env: opens a second path beside path: embedded"),
        ("path: [embedded, alertmanager]", "alerts.path: both would tell everybody twice"),
        ("link: ftp://x", "alerts.link: is not the console's address"),
        ("remind: {critical: 1s}", "alerts.remind.critical: '1s' must be from 10m to 30d"),
        ("roster: [{name: 张三, phone: s3cret}]", "alerts.roster[1].phone: is not a telephone number"),
        ("roster: [{name: a, from: 2026-02-01, to: 2026-01-01}]", "alerts.roster[1].to: must not be before from"),
        ("languages: [fr]", "alerts.languages[1]: 'fr' is none of zh, en"),
        ("chanels: {}", "alerts.chanels: is not a known key"),
    ],
)
def test_a_fault_of_the_section_says_what_to_do(tmp_path: Path, written: str, said: str) -> None:
    assert any(said in fault for fault in faults(tmp_path, f"{GOOD}  {written}\n"))


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ("{kind: telegram}", "alerts.channels.x.kind: 'telegram' is none of dingtalk, wecom, feishu, mail, gateway"),
        ("{kind: wecom}", "alerts.channels.x.url_env: is missing, and so is url_file"),
        (
            "{kind: wecom, url: 'https://q/?key=s3cret'}",
            "alerts.channels.x.url: a web address does not belong",
        ),
        ("{kind: wecom, url_env: NONE}", "alerts.channels.x.url_env: names an environment variable that is not set"),
        ("{kind: wecom, url_env: TOKEN}", "alerts.channels.x.url_env: does not hold the address of a web service"),
        ("{kind: dingtalk, url_env: DING, per_minute: 20}", "alerts.channels.x.per_minute: '20' must be from 1 to 18"),
        ("{kind: dingtalk, url_env: DING, fallback: y}", "alerts.channels.x: its fallback 'y' is not one of"),
        ("{kind: dingtalk, url_env: DING, fallback: x}", "alerts.channels.x: its fallbacks lead in a circle"),
        ("{kind: mail, server: 'm:25', from: a@b.c, to: nobody}", "alerts.channels.x.to: is not a mail address"),
        (
            "{kind: mail, server: 'm:25', from: a@b.c, to: d@e.f, security: none, username: u, password_env: SIGN}",
            "alerts.channels.x.security: none would send the password in clear",
        ),
        ("{kind: gateway, url: 'http://g/', body: '{\"a\": {text}}'}", "alerts.channels.x.body: is not JSON once"),
        ("{kind: gateway, url: 'http://g/', headers: {Authorization: s3cret}}", "goes into authorization_env"),
        ("{kind: gateway, url: 'http://g/', body: '{\"to\": \"{phones}\"}'}", "alerts.channels.x.phones: is missing"),
        ("{kind: gateway, url: 'http://g/?to={phones}'}", "alerts.channels.x.phones: is missing"),
        ("{kind: gateway, url: 'http://g/', body: '{\"a\": \"{txt}\"}'}", "body: {txt} is no placeholder"),
        ("{kind: dingtalk, url_env: DING, keyword: " + "雪" * 21 + "}", "x.keyword: is longer than the 20 characters"),
        ("{kind: wecom, url_env: WECOM_URL, most_bytes: 2049}", "x.most_bytes: '2049' must be from 120 to 2048"),
        ("{kind: feishu, url_env: WECOM_URL, most_bytes: 15001}", "x.most_bytes: '15001' must be from 120 to 15000"),
        ("{kind: gateway, url: 'http://g/', most_bytes: 15001}", "x.most_bytes: '15001' must be from 120 to 15000"),
        ("{kind: dingtalk, url_env: DING}", "alerts.channels.x: has the address of ding: together they would exceed"),
        ("{kind: dingtalk, url_file: ding}", "alerts.channels.x: has the address of ding: together they would exceed"),
        ("{kind: gateway, url: 'http://g/', method: DELETE}", "alerts.channels.x.method: 'DELETE' is none of GET"),
    ],
)
def test_a_fault_of_a_channel_says_what_to_do(tmp_path: Path, channel: str, said: str) -> None:
    (tmp_path / "ding").write_text(ENVIRON["DING"] + "\n", "utf-8")
    told = faults(tmp_path, f"{GOOD}    x: {channel}\n")
    assert any(said in fault for fault in told), told
    assert all(fault.startswith("8: ") for fault in told)


def test_one_gateway_may_serve_several_channels_and_take_long_texts(tmp_path: Path) -> None:
    gateway = "{kind: gateway, url: 'http://g/', body: '{text}', encoding: text, most_bytes: 15000}"
    found = read(tmp_path, f"{GOOD}    x: {gateway}\n    y: {gateway}\n")
    assert found is not None
    assert found.channels["x"].most_bytes == found.channels["y"].most_bytes == 15_000


def test_robots_of_which_nobody_reads_the_addresses_are_not_called_one(tmp_path: Path) -> None:
    path = tmp_path / "sharp-eyes.yml"
    path.write_text(f"{GOOD}    x: {{kind: dingtalk, url_env: OTHER}}\n", "utf-8")
    assert load_settings(path, None).alerts is not None


def test_whoever_is_told_of_incidents_must_have_a_channel(tmp_path: Path) -> None:
    told = faults(tmp_path, GOOD.replace("    tickets: {channels: [ding]}\n", ""))
    assert told == ["3: alerts.receivers: tickets is missing: incidents are told to tickets, vendor-on-call"]
    by_alertmanager = GOOD.replace("alerts:\n", BY_ALERTMANAGER)
    told = faults(tmp_path, by_alertmanager)
    assert told == ["6: alerts.receivers: office is missing: incidents are told to office, tickets, vendor-on-call"]
    told = faults(tmp_path, GOOD.replace("tickets: {channels: [ding]}", "tickets: {channels: [bell]}"))
    assert any("'bell' is not one of alerts.channels: ding" in fault for fault in told)


# ---------------------------------------------------------------- bulletins

OFFICE = GOOD.replace("  channels:\n", "    office: {channels: [ding]}\n  channels:\n", 1)


def bulletins(folder: Path, text: str) -> tuple[BulletinPlan, ...]:
    found = read(folder, OFFICE + text)
    assert found is not None
    return found.bulletins


def test_the_office_gets_all_bulletins_unless_something_else_is_written(tmp_path: Path) -> None:
    assert bulletins(tmp_path, "") == (
        BulletinPlan(BulletinKind.DAILY, time(7, 30), ("office",)),
        BulletinPlan(BulletinKind.PATROL, time(19, 30), ("office",)),
        BulletinPlan(BulletinKind.PICTURES, time(8, 30), ("vendor-on-call",), weekdays=(0, 1, 2, 3, 4)),
        BulletinPlan(BulletinKind.MONTH, time(8), ("office",), (20, 25, 28)),
    )


def test_bulletins_have_other_hours_other_receivers_or_are_not_sent(tmp_path: Path) -> None:
    text = "  bulletins: {daily: {at: '08:15', receivers: [office, tickets]}, patrol: null, month: {days: 27},"
    text += " pictures: {weekdays: [周一, fri], receivers: tickets}}\n"
    assert bulletins(tmp_path, text) == (
        BulletinPlan(BulletinKind.DAILY, time(8, 15), ("office", "tickets")),
        BulletinPlan(BulletinKind.PICTURES, time(8, 30), ("tickets",), weekdays=(0, 4)),
        BulletinPlan(BulletinKind.MONTH, time(8), ("office",), (27,)),
    )


def test_a_patrol_list_after_the_patrol_has_left_and_an_unknown_receiver_are_faults(tmp_path: Path) -> None:
    text = "  bulletins: {patrol: {at: '21:00'}, daily: {receivers: [nobody]}}\n"
    late, nobody = sorted(faults(tmp_path, OFFICE + text), reverse=True)
    assert "the patrol leaves at 21:00" in late
    assert "'nobody' is not one of alerts.receivers" in nobody


def test_a_bulletin_that_nobody_would_get_is_a_fault_that_says_what_to_do(tmp_path: Path) -> None:
    told = faults(tmp_path, GOOD + "  bulletins: {daily: {at: '08:15'}, patrol: null}\n")
    assert [fault.partition(": is missing")[0] for fault in told] == [
        "8: alerts.bulletins.daily.receivers",
        "8: alerts.bulletins.month.receivers",
    ]
    assert "Add office to alerts.receivers, name others here (receivers: [NAME]), or write daily: null" in told[0]


def test_where_nothing_is_said_of_bulletins_and_there_is_no_office_only_the_vendor_has_one(tmp_path: Path) -> None:
    found = read(tmp_path, GOOD)
    assert found is not None
    assert [plan.kind for plan in found.bulletins] == [BulletinKind.PICTURES]


# ---------------------------------------------------------------- gateways that say nothing

MUTE = """\
inventory: cameras.csv
alerts:
  receivers:
    vendor-on-call: {channels: [ding]}
    tickets: {channels: [TICKETS]}
    heartbeat: {channels: [pulse]}
  channels:
    ding: {kind: dingtalk, url_env: DING, keyword: 雪亮}
    pulse: {kind: gateway, url: 'http://watch.example.org/ping/1', method: GET}
    sms: {kind: gateway, url: 'http://sms.example.org/?text={title}'}
"""


def test_a_gateway_whose_template_says_nothing_is_good_for_signs_of_life_alone(tmp_path: Path) -> None:
    found = read(tmp_path, MUTE.replace("TICKETS", "sms"))
    assert found is not None
    assert found.channels["ding"].target == DingTalk(Secret(ENVIRON["DING"]), None, "雪亮")
    (told,) = faults(tmp_path, MUTE.replace("TICKETS", "pulse"))
    assert told.startswith("5: alerts.receivers.tickets.channels: pulse says nothing: neither its body nor its url has")


def test_a_gateway_that_says_nothing_takes_over_from_nobody(tmp_path: Path) -> None:
    text = MUTE.replace("TICKETS", "sms").replace("keyword: 雪亮", "fallback: pulse")
    (told,) = faults(tmp_path, text)
    assert told.startswith("8: alerts.channels.ding: its fallback 'pulse' says nothing")


def test_an_address_that_is_not_read_is_not_called_empty(tmp_path: Path) -> None:
    path = tmp_path / "sharp-eyes.yml"
    path.write_text(MUTE.replace("TICKETS", "sms").replace("url: 'http://sms.example.org/?text={title}'", "url_env: X"))
    assert load_settings(path, None).alerts is not None

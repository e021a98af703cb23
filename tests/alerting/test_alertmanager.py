"""Alertmanager's webhook: what is taken from it, and that nothing it sends breaks us."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerting import (
    Due,
    Left,
    Patience,
    Record,
    Severity,
    Spot,
    Stage,
    Storm,
    Told,
    Village,
    call_of,
    due_of_alert,
    is_seen_over,
    over_alert,
)
from monitor.alerting.alertmanager import is_chinese
from monitor.alerting.telling import OUTAGE_ALERTS
from monitor.language import Phrase
from tests.alerting.samples import NIGHT, ZONE
from tests.test_prometheus_rules import rules


def payload(**alert: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "status": "firing",
        "labels": {"alertname": "SharpEyesLedgerFailing", "severity": "critical", "village": "柳溪村"},
        "annotations": {
            "summary": "台账写不进去 / the ledger cannot be written",
            "description": "磁盘可能已满。\nThe disk of 青溪镇 may be full.",
        },
        "startsAt": "2026-03-15T19:00:00.123456789Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": "abc",
    }
    return {"version": "4", "receiver": "office", "status": "firing", "alerts": [usual | alert]}


def call(body: object) -> Any:
    return call_of(json.dumps(body).encode())


def test_an_alert_is_read_with_both_of_its_languages() -> None:
    (alert,) = call(payload()).alerts
    assert alert.summary == Phrase("台账写不进去", "the ledger cannot be written")
    assert alert.description == (Phrase("磁盘可能已满。", "The disk of 青溪镇 may be full."),)
    assert (alert.severity, alert.villages, alert.firing) == (Severity.CRITICAL, ("柳溪村",), True)
    assert alert.starts_at == datetime(2026, 3, 15, 19, 0, 0, 123456, tzinfo=UTC)
    assert alert.subject == "SharpEyesLedgerFailing/abc"


def judge(told: Told | None, at: datetime, began: str) -> Due | None:
    (alert,) = call(payload(startsAt=f"2026-03-15T{began}Z")).alerts
    return due_of_alert(told, alert, None, at, Patience())


def test_an_alert_of_its_own_is_told_once_repeated_late_and_told_to_be_over() -> None:
    first = judge(None, NIGHT, "19:00:00")
    assert first is not None
    assert first[1].title.zh == "【严重·告警】台账写不进去"
    assert judge(first[0], NIGHT + timedelta(hours=3), "19:00:00") is None
    again = judge(first[0], NIGHT + timedelta(hours=4), "19:00:00")
    assert again is not None
    assert again[1].stage is Stage.REMINDER
    later = NIGHT + timedelta(hours=5)
    known, end = over_alert(again[0], Left(), later - timedelta(minutes=15), later, ZONE)
    assert (known.open, end.stage, end.subject) == (False, Stage.RECOVERED, first[1].subject)
    assert end.title.en == "[RECOVERED] was: the ledger cannot be written"
    assert end.lines[0] == Phrase("原先告知：磁盘可能已满。", "it said: The disk of 青溪镇 may be full.")
    assert end.lines[1].zh.startswith("03-16 03:00 至 03-16 07:59")


def test_a_prometheus_that_restarts_begins_no_other_story() -> None:
    first = judge(None, NIGHT, "19:00:00")
    assert first is not None
    assert judge(first[0], NIGHT + timedelta(hours=1), "20:14:00") is None
    again = judge(first[0], NIGHT + timedelta(hours=4), "20:14:00")
    assert again is not None
    assert (again[1].stage, again[0].since_at) == (Stage.REMINDER, first[0].since_at)


def test_what_is_called_for_soon_after_its_end_is_news_only_if_it_began_about_then() -> None:
    first = judge(None, NIGHT, "19:00:00")
    assert first is not None
    over, soon = NIGHT + timedelta(minutes=20), NIGHT + timedelta(minutes=21)
    told, _ = over_alert(first[0], Left(), NIGHT, over, ZONE)
    assert judge(told, soon, "19:30:00") is None  # the late copy of another Alertmanager, or of a Prometheus of a pair
    newer = judge(told, soon, "19:33:00")
    assert newer is not None
    assert newer[1].stage is Stage.OPENED
    assert judge(told, over + timedelta(minutes=10), "19:00:00") is not None  # it goes on all the same


def test_a_storm_is_told_in_the_figures_of_the_record_and_again_when_it_has_grown_much() -> None:
    labels = {"alertname": "SharpEyesManyDown", "severity": "critical", "county": "安平县", "town": "清河镇"}
    alert = call(
        payload(labels=labels, annotations={"summary": "清河镇大面积离线", "description": "有 10 台。"})
    ).alerts[0]
    assert alert.area == ("安平县", "清河镇")
    first = due_of_alert(None, alert, Storm(100, ("东村", "西村")), NIGHT, Patience())
    assert first is not None
    told, notice = first
    assert notice.title.zh == "【严重·故障】清河镇大面积离线"
    assert [line.zh for line in notice.lines] == [
        "现有 100 台摄像机同时离线，不能归到同一线路或录像机。先问供电和运营商",
        "涉及：东村、西村",
    ]
    assert (notice.villages, notice.down, notice.area) == (("东村", "西村"), 100, alert.area)
    soon = NIGHT + timedelta(minutes=1)
    assert due_of_alert(told, alert, Storm(199, ()), soon, Patience()) is None
    grown = due_of_alert(told, alert, Storm(200, tuple(f"{nth}村" for nth in range(12))), soon, Patience())
    assert grown is not None
    assert grown[1].title.en == "[critical, WORSE] 清河镇大面积离线"
    assert grown[1].lines[0].en.startswith("200 cameras are down now")
    assert grown[1].lines[1].zh.endswith("9村等 12 个村")
    assert due_of_alert(grown[0], alert, Storm(399, ()), soon, Patience()) is None
    again = due_of_alert(grown[0], alert, Storm(30, ()), NIGHT + timedelta(hours=4), Patience())
    assert again is not None
    assert (again[1].stage, again[1].cameras, again[0].cameras) == (Stage.REMINDER, 30, 200)
    later = NIGHT + timedelta(hours=5)
    partly = over_alert(again[0], Left(29, 3), later, later, ZONE)[1]
    assert partly.title.zh == "【部分恢复】清河镇大面积离线；现有 29 台离线；现有 3 台未能监测"
    assert partly.title.en.endswith("; 29 down now; 3 not watched now")
    assert partly.lines[0] == Phrase("最多时 200 台同时离线", "200 cameras were down at most")
    assert partly.lines[1].zh.startswith("03-16 03:00 至 03-16 08:14")
    whole = over_alert(again[0], Left(), later, later, ZONE)[1]
    assert whole.title.zh == "【已恢复】清河镇大面积离线"
    regrouped = over_alert(again[0], Left(210), later, later, ZONE)[1]  # a cabinet is known to have failed by now
    assert regrouped.title.zh == "【不再单列】清河镇大面积离线；现有 210 台离线"
    assert regrouped.lines[0].zh == "最多时 210 台同时离线"


@pytest.mark.parametrize(
    ("left", "stage", "title"),
    [
        (Left(), Stage.RECOVERED, "【已恢复】西村摄像机全部离线"),
        (Left(7), Stage.PARTLY, "【部分恢复】西村摄像机全部离线；现有 7 台离线"),
        (Left(0, 7, 2), Stage.UNSEEN, "【未能监测】西村摄像机全部离线；现有 7 台未能监测"),
        (Left(7, gone=True), Stage.TAKEN, "【不再单列】西村摄像机全部离线；清单中已无其摄像机"),
    ],
)
def test_the_end_of_a_dark_village_says_what_is_left_of_it(left: Left, stage: Stage, title: str) -> None:
    told = Told("SharpEyesVillageDown/f", True, NIGHT, NIGHT, Phrase("西村摄像机全部离线", "dark"), incident=False)
    known, notice = over_alert(told, left, NIGHT, NIGHT, ZONE)
    assert (known.open, notice.stage, notice.title.zh) == (False, stage, title)


@pytest.mark.parametrize(
    ("left", "stage", "lines"),
    [
        (Left(), Stage.RECOVERED, ["原先告知：桥头"]),
        (Left(2), Stage.RECOVERED, ["原先告知：桥头", "已有画面，但仍有 2 台摄像机离线"]),
        (Left(gone=True), Stage.TAKEN, ["原先告知：桥头"]),
    ],
)
def test_a_site_is_shown_again_by_one_camera_and_whether_others_are_down_is_said(
    left: Left, stage: Stage, lines: list[str]
) -> None:
    place = Phrase("桥头", "the bridge")
    told = Told("SharpEyesBlindSpot/f", True, NIGHT, NIGHT, Phrase("盲区", "dark"), incident=False, line=place)
    _, notice = over_alert(told, left, NIGHT, NIGHT, ZONE)
    assert (notice.stage, [line.zh for line in notice.lines[:-1]]) == (stage, lines)
    assert ("清单中已无其摄像机" in notice.title.zh) == left.gone


@pytest.mark.parametrize(
    ("name", "storm", "village", "blind", "over"),
    [
        ("SharpEyesManyDown", Storm(10, ()), Village(20), False, False),
        ("SharpEyesManyDown", Storm(9, ()), Village(20), False, True),
        ("SharpEyesManyDown", Storm(4, (), planned=6), Village(20), False, False),
        ("SharpEyesManyDown", Storm(80, ()), Village(266), False, False),
        ("SharpEyesManyDown", Storm(80, ()), Village(267), False, True),  # three tenths
        ("SharpEyesManyDown", None, Village(20), False, True),
        ("SharpEyesManyDown", None, None, False, False),  # a town of another monitor
        ("SharpEyesVillageDown", None, Village(5, up=0, down=0), False, False),  # nobody knows
        ("SharpEyesVillageDown", None, Village(5, up=1, down=4), False, True),
        ("SharpEyesVillageDown", None, Village(5, down=4, up_at_work=1), False, True),
        ("SharpEyesVillageDown", None, Village(5, up=1, ours=1), False, False),  # how many are back nobody knows yet
        ("SharpEyesVillageDown", None, Village(0, removed=5), False, True),  # there is none any more
        ("SharpEyesManyDown", None, Village(20, up=19, ours=1), False, False),
        ("SharpEyesVillageDown", None, None, False, False),  # a village of another monitor
        ("SharpEyesBlindSpot", None, Village(1), False, False),
        ("SharpEyesBlindSpot", None, Village(2), False, True),
        ("SharpEyesBlindSpot", None, None, False, False),  # a site of another monitor
        ("SharpEyesMonitorBlind", None, Village(5), True, False),
        ("SharpEyesMonitorBlind", None, Village(5), False, True),
        ("SharpEyesMonitorBlind", None, None, False, False),  # another monitor, of which this one knows nothing
        ("SharpEyesTargetUnrecoverable", None, Village(5), False, False),
    ],
)
def test_the_record_knows_of_few_alerts_that_they_are_over(
    name: str, storm: Storm | None, village: Village | None, blind: bool, over: bool
) -> None:
    (alert,) = call(payload(labels={"alertname": name}, status="resolved")).alerts
    storms, villages = {("", ""): storm} if storm else {}, {("", "", ""): village} if village else {}
    sites = {("", "", "", ""): Spot(village.cameras, shown=village != Village(1))} if village else {}
    assert is_seen_over(alert, Record(villages, storms, sites, blind)) is over


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "mapping"),
        (b"{}", "version"),
        (b'{"version": "4", "receiver": 1, "alerts": []}', "receiver"),
        (b'{"version": "4", "receiver": "x", "alerts": {}}', "alerts"),
        (b'{"version": "4", "receiver": "x", "alerts": [1]}', "mapping"),
        (b'{"version": "4", "receiver": "x", "alerts": [{"labels": {"a": 1}}]}', "texts"),
        (b'{"version": "4", "receiver": "x", "alerts": [{"labels": {}, "startsAt": "soon"}]}', "startsAt"),
        (b'{"version": "4", "receiver": "x", "alerts": [{"startsAt": "2026-01-01T00:00:00"}]}', "offset"),
        (b'{"version": "4", "receiver": "x", "alerts": [{"startsAt": "9999-12-31T23:59:59Z"}]}', "in the future"),
        (b'{"version": "4", "receiver": "x", "alerts": [{"startsAt": "2201-01-01T00:00:00Z"}]}', "in the future"),
    ],
)
def test_what_is_no_payload_is_refused_with_the_reason(body: bytes, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        call_of(body)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["labels", "annotations", "startsAt", "status", "fingerprint", "summary"]), inner
            )
        ),
    )
)
def test_whatever_stands_for_an_alert_is_read_or_refused(alert: object) -> None:
    with suppress(ValueError):
        call({"version": "4", "receiver": "office", "alerts": [alert]})


def test_control_characters_of_a_label_do_not_reach_a_message() -> None:
    (alert,) = call(payload(annotations={"summary": "a\x1b[31mb\r\nc"})).alerts
    assert alert.summary.zh == "a [31mb c"


@pytest.mark.parametrize(
    ("name", "subject", "zh", "en"),
    [
        ("SharpEyesVillageDown", "camera", "故障", "DOWN"),
        ("SharpEyesClockDrift", "camera", "告警", "ALERT"),
        ("SharpEyesLedgerFailing", "monitor", "监测端", "MONITOR"),
        ("SharpEyesBudgetBurning", "contract", "考核", "CONTRACT"),
        ("SharpEyesBlindSpot", "site", "盲区", "BLIND SPOT"),
        ("SomethingElse", "", "告警", "ALERT"),
    ],
)
def test_only_an_outage_is_called_one(name: str, subject: str, zh: str, en: str) -> None:
    labels = {"alertname": name, "severity": "warning", "subject": subject}
    found = due_of_alert(None, call(payload(labels=labels)).alerts[0], None, NIGHT, Patience())
    assert found is not None
    assert found[1].title.zh.startswith(f"【一般·{zh}】")
    assert found[1].title.en.startswith(f"[warning, {en}] ")


def test_a_line_of_chinese_that_names_a_command_stays_with_the_chinese() -> None:
    lines = (
        "运行 sharp-eyes check-config 查看每一处错误的文件和行号。",
        "The command `sharp-eyes check-config` names every fault with file and line.",
    )
    (alert,) = call(payload(annotations={"summary": "x", "description": "\n".join(lines)})).alerts
    assert alert.description == (Phrase(*lines),)


NAMES = st.text("雪亮工程柳溪村口东侧路灯杆上三号球机", min_size=1, max_size=40)


@given(NAMES, NAMES)
def test_however_long_the_names_are_a_line_keeps_its_language(camera: str, village: str) -> None:
    zh = f"{camera}（c1，{village}）离线已超过 10 分钟。"
    en = f"{camera} (c1, {village}) has been down for more than 10 minutes."
    assert is_chinese(zh)
    assert not is_chinese(en)


def test_every_description_of_the_rules_is_told_apart_into_its_two_languages() -> None:
    for rule in rules():
        if "alert" in rule:
            text = re.sub(r"\{\{.*?\}\}", "柳溪村", rule["annotations"]["description"])
            (alert,) = call(payload(annotations={"summary": "x", "description": text})).alerts
            (description,) = alert.description
            assert "。" in description.zh, rule["alert"]
            assert not re.search("[。，；]", description.en), rule["alert"]


def test_the_alerts_that_are_called_outages_exist() -> None:
    assert {rule["alert"] for rule in rules() if "alert" in rule} >= OUTAGE_ALERTS


@pytest.mark.parametrize("unseen", ["\u202e", "\u200b", "\u2028", "\x00", "\ud800", "\ufeff"])
def test_what_nobody_sees_and_halves_of_characters_reach_no_message(unseen: str) -> None:
    text = f"反{unseen}转"
    labels = {"alertname": text, "village": text, f"l{unseen}": text}
    body = payload(labels=labels, annotations={"summary": text, "description": f"{text}。\n第二行"}, fingerprint=text)
    found = call(body | {"receiver": text})
    (alert,) = found.alerts
    said = repr((found, alert.subject)).replace("\\n", "")
    assert repr(unseen)[1:-1] not in said
    assert unseen not in said
    said.encode()  # neither a file nor a socket takes half a character
    assert (alert.name, alert.summary.zh, alert.villages) == ("反 转", "反 转", ("反 转",))
    assert alert.description == (Phrase("反 转。", "反 转。"), Phrase("第二行", "第二行"))

"""Messages: short enough for every channel, with the right counts, and readable at three in the morning."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerting import (
    MOST_BYTES,
    Manner,
    Notice,
    Patience,
    Severity,
    Shift,
    Stage,
    drafts,
    due_of_incident,
)
from monitor.alerting.digest import RESERVED
from monitor.alerting.sizes import cut, split
from monitor.incidents import Clue, Evidence, Origin
from monitor.language import Language, Phrase
from monitor.notify import DOUBT
from tests.alerting.samples import NIGHT, ZONE, facts, notice, with_clock

ZHANG = Shift("张三", "13800000001", frozenset({"柳溪村"}))
MANNER = Manner((Language.ZH,), ZONE, "http://10.0.0.1:9105", (ZHANG,))


def at_night(cameras: int, **changes: object) -> str:
    of = with_clock(facts(cameras, evidence=(Evidence(Clue.FELL_TOGETHER, cameras, cameras),)), 4)
    of = replace(of, blind=(of.cameras[0].site,))
    found = due_of_incident(None, of, NIGHT, Patience(), ZONE)
    assert found is not None
    manner = replace(MANNER, **changes)  # type: ignore[arg-type]
    (draft,) = drafts([found[1]], cameras, 2048, NIGHT, manner)
    return draft.text


def test_whoever_is_woken_up_reads_what_where_since_when_and_whom_to_call() -> None:
    assert at_night(12).split("\n") == [
        "【严重·故障】柳溪村：上联线路 移动-柳溪-OLT1 中断，12 台摄像机离线",
        "开始：03-16 03:04（已持续 10 分）",
        "修复：24 小时内，还剩 20 小时",
        "盲区 1 处：村口",
        "摄像机：村口1号、村口2号、村口3号、村口4号、村口5号、村口6号、村口7号、村口8号、村口9号、村口10号……另有 2 台",
        "最先的原因：连接超时",
        "依据：可见的 12 台中有 12 台几分钟内一同离线（把握 75 %）",
        "事件 i1",
        "值班：张三 13800000001",
        "详情：http://10.0.0.1:9105/incidents",
    ]


def test_the_same_in_english_and_in_both() -> None:
    english = at_night(12, languages=(Language.EN,))
    assert english.split("\n")[0] == ("[critical, DOWN] 柳溪村: uplink 移动-柳溪-OLT1 is cut, 12 cameras are down")
    assert "repair within 24 h, 20 h left" in english
    assert at_night(12, languages=(Language.ZH, Language.EN)) == f"{at_night(12)}\n\n{english}"


@pytest.mark.parametrize(
    ("origin", "opening"),
    [
        (Origin.UPLINK, "故障"),
        (Origin.CAMERA, "故障"),
        (Origin.CREDENTIALS, "未监测"),
        (Origin.MONITOR, "监测端"),
        (Origin.INVENTORY, "待确认"),
    ],
)
def test_what_is_no_outage_is_not_called_one(origin: Origin, opening: str) -> None:
    found = due_of_incident(None, facts(7, origin), NIGHT, Patience(), ZONE)
    assert found is not None
    assert f"·{opening}】" in found[1].title.zh


@pytest.mark.parametrize("origin", Origin)
def test_every_origin_has_a_title_that_says_how_many(origin: Origin) -> None:
    found = due_of_incident(None, facts(7, origin), NIGHT, Patience(), ZONE)
    assert found is not None
    assert ("7" in found[1].title.zh) == (origin is not Origin.CAMERA)


def test_a_storm_becomes_one_message_with_the_top_ten_and_the_right_counts() -> None:
    storm = [notice(number, cameras=number) for number in range(1, 301)]
    storm += [notice(number, Stage.RECOVERED, 0) for number in range(301, 304)]
    (draft,) = drafts(storm, 50_000, 2048, NIGHT, MANNER)
    lines = draft.text.split("\n")
    assert lines[0] == f"【严重】300 个事件，{sum(range(1, 301))} 台摄像机离线，另有 3 个已恢复"
    assert lines[1:11] == [f"{nth}. 【严重·故障】第{301 - nth}处" for nth in range(1, 11)]
    assert lines[11:14] == [
        "……另有 293 个，见控制台",
        "截至 03:14 离线：50000 台摄像机",
        "值班：张三 13800000001",
    ]
    assert draft.phones == ("13800000001",)


@pytest.mark.parametrize("language", list(Language))
def test_nobody_is_sent_to_a_link_that_is_not_there(language: Language) -> None:
    nowhere = replace(MANNER, link="", languages=(language,))
    (many,) = drafts([notice(number) for number in range(30)], None, 2048, NIGHT, nowhere)
    lines = (Phrase("柳" * 3000, "willow " * 900),)
    (cut_off,) = drafts([notice(1, lines=lines)], None, 2048, NIGHT, nowhere)
    for text in (many.text, cut_off.text):
        assert Phrase("见控制台", "see the console")[language] in text
        assert "链接" not in text
        assert "link" not in text


def test_what_came_and_went_before_anybody_was_told_is_one_line() -> None:
    both = [notice(1), notice(1, Stage.RECOVERED, 0, title=Phrase("【已恢复】第1处", "[RECOVERED] place 1"))]
    (draft,) = drafts(both, None, 2048, NIGHT, MANNER)
    assert draft.text.startswith("【已恢复】第1处（曾故障，现已恢复）")
    assert (draft.phones, draft.readers) == ((), ("13800000001",))  # nobody is called, and who was hears of it


def test_a_month_that_has_ended_is_not_counted_among_what_recovered() -> None:
    ended = [notice(number, Stage.LAPSED, 0, incident=False) for number in (1, 2)]
    back = notice(3, Stage.RECOVERED, 0, incident=False)
    for notices, head in (
        (ended, "【上月已结束】2 条告警"),
        ([*ended, back], "【已结束】3 条告警"),
        (
            [*ended, back, notice(4, cameras=3)],
            "【严重】1 个事件，3 台摄像机离线，另有 1 个已恢复，另有 2 个以其他方式结束",
        ),
        ([*ended, notice(4, cameras=3)], "【严重】1 个事件，3 台摄像机离线，另有 2 个以其他方式结束"),
    ):
        (draft,) = drafts(notices, None, 2000, NIGHT, Manner())
        assert (draft.title, draft.text.count("第")) == (head, len(notices))


def test_alerts_are_counted_apart_and_only_cameras_that_are_down_are_said_to_be() -> None:
    locked = due_of_incident(None, facts(30, Origin.CREDENTIALS, number=2), NIGHT, Patience(), ZONE)
    line = due_of_incident(None, facts(12), NIGHT, Patience(), ZONE)
    assert locked is not None
    assert line is not None
    title, lines = (
        Phrase("【一般·故障】时钟偏差", "[warning, DOWN] clock drift"),
        (Phrase("村口东\n旧闻", "gate east\nold"),),
    )
    alert = notice(3, cameras=0, severity=Severity.WARNING, title=title, lines=lines, incident=False)
    (draft,) = drafts([locked[1], line[1], alert], 42, 2048, NIGHT, MANNER)
    shown = draft.text.split("\n")
    assert shown[0] == "【严重】2 个事件，12 台摄像机离线，1 条告警"
    assert shown[3] == "3. 【一般·故障】时钟偏差：村口东"
    over = [replace(notice(number, Stage.RECOVERED, 0), incident=number < 3) for number in range(5)]
    assert drafts(over, None, 2048, NIGHT, MANNER)[0].title == "【已恢复】3 个事件，2 条告警"


@pytest.mark.parametrize("down", [0, 40])
def test_how_many_cameras_are_down_is_what_the_record_says_whoever_was_told(down: int) -> None:
    notices = [notice(nth, Stage.RECOVERED, 0) for nth in range(2)]
    (draft,) = drafts(notices, down, 2048, NIGHT, MANNER)
    assert f"截至 03:14 离线：{down} 台摄像机" in draft.text.split("\n")
    assert "截至" not in drafts(notices, None, 2048, NIGHT, MANNER)[0].text  # nobody knows yet


def test_a_short_message_leaves_the_count_out_and_cuts_it_never() -> None:
    notices = [notice(nth, title=Phrase(f"【严重·故障】东村第{nth}处中断", f"[critical] {nth}")) for nth in range(3)]
    whole = "截至 03:14 离线：1234 台摄像机"
    said = [drafts(notices, 1234, most, NIGHT, Manner())[0].text for most in range(100, 400)]
    assert {whole in text for text in said} == {True, False}
    assert all(whole in text or "截至" not in text for text in said)


def test_ends_of_several_kinds_are_not_called_recovered() -> None:
    ends = [notice(1, Stage.RECOVERED, 0), notice(2, Stage.PARTLY, 0), notice(3, Stage.UNSEEN, 0)]
    assert drafts(ends, None, 2048, NIGHT, MANNER)[0].title == "【已结束】3 个事件"
    (draft,) = drafts([*ends, notice(4, cameras=3)], None, 2048, NIGHT, MANNER)
    assert draft.title == "【严重】1 个事件，3 台摄像机离线，另有 1 个已恢复，另有 2 个以其他方式结束"


def test_a_camera_is_counted_once_where_its_town_has_a_storm_and_it_is_told_itself_too() -> None:
    here, there = ("安平县", "清河镇"), ("安平县", "大镇")
    storm = notice(1, cameras=60, incident=False, area=here)
    alone = [notice(2, area=here), notice(3, area=there), notice(4, cameras=5)]
    (draft,) = drafts([storm, *alone], 66, 2048, NIGHT, replace(MANNER, languages=(Language.ZH, Language.EN)))
    assert draft.text.startswith("【严重】3 个事件，66 台摄像机离线，1 条告警\n1. 【严重·故障】第1处")
    assert "截至 03:14 离线：66 台摄像机" in draft.text
    assert "down as of 03:14: 66 cameras" in draft.text
    outlived = [replace(storm, stage=Stage.RECOVERED, cameras=0, down=0), *alone]
    assert drafts(outlived, 6, 2048, NIGHT, MANNER)[0].title == "【严重】3 个事件，7 台摄像机离线，另有 1 个已恢复"


def test_the_link_below_an_alert_leads_to_what_to_do_about_it_and_below_incidents_to_them() -> None:
    def links(*notices: Notice, link: str = "http://m") -> list[str]:
        (draft,) = drafts(notices, None, 2048, NIGHT, replace(MANNER, link=link))
        return [line.removeprefix("详情：") for line in draft.text.split("\n") if line.startswith("详情：")]

    def alert(name: str, number: int = 1) -> Notice:
        return replace(notice(), subject=f"{name}/f{number}", incident=False)

    stale, ledger = alert("SharpEyesResultsStale"), alert("SharpEyesLedgerFailing")
    assert links(stale) == ["http://m/runbooks/SharpEyesResultsStale"]
    assert links(stale, alert("SharpEyesResultsStale", 2)) == ["http://m/runbooks/SharpEyesResultsStale"]
    assert (
        links(alert("Disk/../x")) == links(notice()) == ["http://m/incidents"]
    )  # of other people's rules none is known
    assert set(links(notice(), stale, ledger)) == {"http://m/incidents", *links(stale), *links(ledger)}
    assert len(links(notice(), *(alert(f"SharpEyes{letter}") for letter in "ABCD"))) == 3
    assert links(stale, link="") == []


def test_only_the_latest_sign_of_life_is_sent() -> None:
    signs = [notice(number, Stage.ALIVE) for number in range(5)]
    assert len(drafts(signs, None, 2048, NIGHT, MANNER)) == 1


def test_a_short_message_begins_with_what_matters() -> None:
    of = due_of_incident(None, facts(40), NIGHT, Patience(), ZONE)
    assert of is not None
    (draft,) = drafts([of[1]], 40, 210, NIGHT, MANNER)
    assert draft.text.startswith(
        "【严重·故障】柳溪村：上联线路 移动-柳溪-OLT1 中断，40 台摄像机离线\n开始：03-16 03:04"
    )
    assert len(draft.text.encode()) <= 210 - RESERVED


def test_a_long_bulletin_is_split_between_lines_and_numbered() -> None:
    lines = tuple(Phrase(f"第{number}村：全部在线", "x") for number in range(150))
    of = notice(1, Stage.PLAIN, title=Phrase("日报", "daily"), lines=lines)
    parts = drafts([of], None, 2048, NIGHT, MANNER)
    assert [part.text[:6] for part in parts] == [f"({nth}/{len(parts)}) " for nth in range(1, len(parts) + 1)]
    whole = "\n".join(part.text[6:] for part in parts)
    assert whole == "\n".join(["日报", *(line.zh for line in lines)])
    (only,) = drafts([of], None, 210, NIGHT, MANNER)  # nobody is sent twenty short messages
    assert only.text.endswith("…")


@given(
    st.lists(
        st.tuples(
            st.text(max_size=300),
            st.lists(st.text(max_size=200), max_size=4),
            st.sampled_from(Stage),
            st.integers(0, 9),
        ),
        min_size=1,
        max_size=30,
    ),
    st.sampled_from(sorted(MOST_BYTES.values())),
    st.sampled_from([(Language.ZH,), (Language.EN,), (Language.ZH, Language.EN)]),
)
def test_no_message_is_ever_longer_than_its_channel_takes(
    told: list[tuple[str, list[str], Stage, int]], most: int, languages: tuple[Language, ...]
) -> None:
    notices = [
        notice(number, stage, title=Phrase(f"题{title}", f"t{title}"), lines=tuple(Phrase(one, one) for one in lines))
        for title, lines, stage, number in told
    ]
    for draft in drafts(notices, None, most, NIGHT, replace(MANNER, languages=languages)):
        whole = f"{draft.text}\n{DOUBT}#{10**12}"
        assert len(whole.encode()) <= most


@given(st.text(max_size=400), st.integers(4, 60))
def test_splitting_loses_nothing_and_keeps_to_the_size(text: str, most: int) -> None:
    parts = split(text, most)
    assert all(len(part.encode()) <= most for part in parts)
    assert "".join(parts).replace("\n", "") == text.replace("\n", "")


@given(st.text(max_size=200), st.integers(40, 300))
def test_cutting_never_leaves_half_a_character(text: str, most: int) -> None:
    found = cut(text, most, Language.ZH)
    assert len(found.encode()) <= most
    assert found == text or found.endswith("…")


def test_severities_of_the_worst_incident_count() -> None:
    mixed = [notice(1, severity=Severity.WARNING), notice(2)]
    (draft,) = drafts(mixed, None, 2048, NIGHT, MANNER)
    assert draft.severity is Severity.CRITICAL

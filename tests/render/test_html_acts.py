"""What people decided, in the HTML report: who asked, who agreed, what it took out, and what was closed again."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.acts import (
    Act,
    DeclarationWithdrawn,
    ExclusionApproved,
    ExclusionProposed,
    ExclusionRejected,
    Head,
    ItemDeclared,
    PeriodClosed,
    PeriodCorrected,
    Reason,
    Refusal,
    Step,
    public_text,
    signed,
    standing,
    written_act,
)
from monitor.calendar import month_span
from monitor.contract import Contract, Cut, ExclusionRule, Party
from monitor.language import Language
from monitor.model import ExclusionCause, Role, Scope
from monitor.render import to_html, to_json, to_text
from monitor.render.html import texts
from monitor.report import Report, build_report, closing, corrections, figures_digest
from monitor.report.void import void_figures
from monitor.sla import percent
from tests.acts.samples import LI, NOON, OFFICE_KEY, recorded, stamp
from tests.acts.samples import TERMS as TERMS_OF_ACTS
from tests.render.samples import JULY, RECORD, TERMS, at
from tests.render.test_html import HOSTILE, read, words

ZH, EN = Language.ZH, Language.EN
CAPPED = Contract(terms=TERMS, exclusions={ExclusionCause.POWER: ExclusionRule(cap=timedelta(hours=6))})
POWER = ExclusionProposed(
    stamp("power-1"),
    ExclusionCause.POWER,
    Scope(camera_ids=frozenset({"qh-003"})),
    at(14),
    at(14, 8),
    "全村停电",
    "通知 17 号",
)
WORKS = ExclusionProposed(
    stamp("works-1"), ExclusionCause.CONSTRUCTION, Scope(villages=frozenset({"西营村"})), at(16), at(17), "修路"
)


OFFICE_SIGNS = replace(TERMS_OF_ACTS, keys={Role.OFFICE: public_text(OFFICE_KEY.public_key())})


def decided(power: ExclusionProposed = POWER) -> list[Act]:
    return [
        power,
        ExclusionApproved(stamp("yes", LI), power.stamp.id, written_act(power).digest),
        WORKS,
        ExclusionRejected(stamp("no", LI), WORKS.stamp.id, written_act(WORKS).digest, "查无此事"),
    ]


def june(*acts: Act, contract: Contract = CAPPED) -> Report:
    """The sample's June after these acts; the office signs its own, the vendor has no key."""
    entries = [recorded(act if isinstance(act, ExclusionProposed) else signed(act, OFFICE_KEY), NOON) for act in acts]
    so_far = standing(entries, OFFICE_SIGNS)
    assert not so_far.void, so_far.void
    record = replace(RECORD, exclusions=tuple(so_far.exclusions.values()))
    return build_report(record, contract, town="清河镇", month=(2026, 6), now=JULY, version="0.1.0")


def test_the_first_page_tells_the_rates_with_nothing_excluded() -> None:
    with_it, without = june(*decided()), june()
    assert with_it.raw == without.raw
    first = words(with_it, EN).split("Online, intact")[0]
    told = re.findall(r"with nothing excluded: (\d+\.\d\d%)", first)
    assert told == [f"{percent(figure.ratio)}%" for figure in without.raw]
    assert percent(with_it.bases[0].ratio) + "%" not in told


def test_an_exclusion_is_told_with_cause_span_cameras_and_the_seconds_it_removed() -> None:
    text = words(june(*decided()), EN)
    assert "Exclusions (2)" in text
    assert re.search(
        r"power-1 power approved 06-14 00:00 06-14 08:00 qh-003 1 21,600 over the contract's cap: 7,200 s", text
    )
    assert re.search(r"works-1 construction rejected .* 西营村 2 0 rejected: 172,800 s", text)


def test_everyone_who_had_a_say_is_named_and_whether_it_is_signed() -> None:
    text = words(june(*decided()), EN)
    assert "exclusion proposed: vendor 王工 (unsigned)" in text
    assert "exclusion approved: office 李主任 (signed)" in text
    assert "exclusion rejected: office 李主任 (signed) 查无此事" in text
    assert re.search(r"免责同意：综治办 李主任 （已签名）", words(june(*decided())))


def test_every_reason_to_cut_has_its_words_in_both_languages() -> None:
    for language in Language:
        assert len({texts.CUTS[cut][language] for cut in Cut}) == len(Cut)


@pytest.mark.parametrize("language", Language)
def test_what_people_write_never_becomes_markup(language: Language) -> None:
    tame, hostile = (
        to_html(june(*decided(replace(POWER, text=text, evidence=text))), language) for text in ("x", HOSTILE)
    )
    assert read(hostile).skeleton == read(tame).skeleton


def test_closings_and_corrections_are_told_with_what_moved() -> None:
    before, after = june(), june(*decided())
    closed = PeriodClosed(stamp("k1", LI), "2026-06", (), figures_digest(before))
    reopened = PeriodCorrected(stamp("k2", LI), "2026-06", 1, "漏登停电")
    shown = replace(
        after,
        closings=(closing(1, Step(recorded(closed, NOON), False), before),),
        corrections=corrections([Step(recorded(reopened, NOON), True)], [before, after], closed=False),
    )
    text = words(shown, EN)
    assert "Closing and corrections" in text
    assert "Closing and corrections" not in words(before, EN), "an open month has no such section"
    assert re.search(rf"closing 1: .* office 李主任 \(unsigned\), digest of the figures {figures_digest(before)}", text)
    assert re.search(r"correction 1: .* office 李主任 \(signed\): 漏登停电", text)
    assert "this correction is not closed yet" in text
    assert re.search(r"cameras changed: 1 .* qh-003 南塘 432,000 → 410,400 s 14,400 → 36,000 s", text)


def test_a_closing_whose_figures_the_record_no_longer_gives_is_marked() -> None:
    closed = PeriodClosed(stamp("k1", LI), "2026-06", (), "0" * 64)
    shown = june()
    told = replace(shown, closings=(closing(1, Step(recorded(closed, NOON), True), shown),))
    assert "the record gives other figures today" in words(told, EN)


# ---------------------------------------------------------------- what does not count

FORGED = ExclusionApproved(stamp("forged", LI), POWER.stamp.id, written_act(POWER).digest)
ABOUT_JULY = replace(WORKS, stamp=stamp("july"), start_at=JULY, end_at=JULY + timedelta(hours=1), text=" ")


def with_void(*acts: Act) -> Report:
    """The sample's June with these acts, unsigned, in a record whose contract names the office's key."""
    so_far = standing([recorded(act, NOON) for act in (POWER, *acts)], OFFICE_SIGNS)
    record = replace(RECORD, exclusions=tuple(so_far.exclusions.values()), void=tuple(so_far.void))
    return build_report(record, CAPPED, town="清河镇", month=(2026, 6), now=JULY, version="0.1.0")


@pytest.mark.parametrize("language", Language)
def test_an_act_that_does_not_count_is_told_with_in_whose_name_and_why(language: Language) -> None:
    shown = with_void(FORGED)
    (figure,) = shown.void
    assert (figure.id, figure.kind, figure.refusal.reason) == ("forged", "exclusion_approved", "not_signed")
    assert shown.exclusions[0].excluded_us == 0
    why = " ".join(figure.refusal.say(language).split())
    for told in (words(shown, language), " ".join(to_text(shown, language).split())):
        assert why in told
        assert "forged" in told
    (entry,) = json.loads(to_json(shown))["report"]["void"]
    assert (entry["refusal"]["reason"], entry["by"]["role"]) == ("not_signed", "office")


def test_where_every_act_counts_there_is_no_such_section() -> None:
    assert "do not count" not in words(june(*decided()), EN)
    assert "do not count" not in to_text(june(*decided()), EN)


def test_a_month_names_the_void_acts_that_are_about_it() -> None:
    closed_june, closed_july = (PeriodClosed(stamp(f"k{n}", LI), f"2026-0{n}", (), "0" * 64) for n in (6, 7))
    declared = ItemDeclared(stamp("d6", LI), "falsified", "2026-06", 1, "x")
    unknown = DeclarationWithdrawn(stamp("w6", LI), "none", "0" * 64)
    about_void = ExclusionApproved(stamp("a7", LI), ABOUT_JULY.stamp.id, written_act(ABOUT_JULY).digest)
    acts = (FORGED, closed_june, closed_july, declared, unknown, ABOUT_JULY, about_void)
    assert [figure.id for figure in with_void(*acts).void] == ["forged", "k6", "d6"]
    october = void_figures(
        replace(RECORD, void=tuple(standing([recorded(act) for act in acts], OFFICE_SIGNS).void)),
        (2026, 10),
        month_span(2026, 10, ZoneInfo("Asia/Shanghai")),
    )
    assert [figure.id for figure in october] == ["forged", "w6"], "what is about no time stands where it was recorded"


@pytest.mark.parametrize("language", Language)
def test_a_void_act_never_becomes_markup(language: Language) -> None:
    tame = with_void(FORGED)
    hostile = replace(tame.void[0], id=HOSTILE, by=replace(LI, name=HOSTILE), refusal=Refusal(Reason.REPLAYED, HOSTILE))
    told = to_html(replace(tame, void=(hostile,)), language)
    assert read(told).skeleton == read(to_html(tame, language)).skeleton
    assert b"<script" not in told.lower()


# ---------------------------------------------------------------- the contract


def test_parties_title_and_the_file_s_hash_are_those_of_the_contract() -> None:
    contract = replace(
        CAPPED,
        id="qh-2026",
        title="视频监控维护合同",
        vendor=Party("甲维保公司"),
        office=Party("清河镇综治中心"),
        file="c.yml",
        file_sha256="5a" * 32,
    )
    text = words(june(contract=contract), EN)
    assert "contract 视频监控维护合同 ( qh-2026 )" in text
    assert re.search(r"parties 清河镇综治中心 \(pays and checks\) and 甲维保公司 \(keeps the cameras up\)", text)
    signing = text[text.index("Signatures") :]
    assert signing.index("The office 清河镇综治中心") < signing.index("The vendor 甲维保公司")
    assert f"contract file, SHA-256 {'5a' * 32}" in text
    assert "contract settings, SHA-256" not in text


def test_a_contract_without_names_is_told_by_the_parties_roles() -> None:
    text = words(june(), EN)
    assert "parties the office (pays and checks) and the vendor (keeps the cameras up)" in text
    assert "contract settings, SHA-256" in text


def test_the_end_of_every_chain_is_printed() -> None:
    shown = june()
    heads = (Head("local", shown.head_seq, shown.head_hash), Head("local.people", 7, "c4" * 32))
    text = words(replace(shown, heads=heads), EN)
    assert text.count(shown.head_hash) == 1
    assert re.search(rf"other chains local\.people , entry 7 {'c4' * 32}", text)

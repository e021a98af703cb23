"""Contract files: one bad file for each rule with the whole text a person is told, the good one, several."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.contract import (
    Contract,
    DeductionLadder,
    DeductionStep,
    ExclusionRule,
    ItemKind,
    LadderBy,
    Party,
    RateStep,
    RepairLimits,
    Scorecard,
    ScoreItem,
    SettlementPeriod,
    Together,
)
from monitor.errors import Fault, SettingsError
from monitor.model import ContractTerms, ExclusionCause, Scope, SiteCategory
from monitor.parsing.section import whole_file
from monitor.settings import Settings, load_settings
from monitor.settings.agreement import read_agreement

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "config" / "contract.example.yml"
FOLDER = ROOT / "tests" / "data" / "config" / "contract"
KEY = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="


def load(folder: Path, *contracts: str, settings: str = "") -> Settings:
    """Settings with these contracts, written as a.yml, b.yml and so on."""
    names = [f"{letter}.yml" for letter, _ in zip("abcdef", contracts, strict=False)]
    for name, text in zip(names, contracts, strict=True):
        (folder / name).write_text(text, "utf-8")
    path = folder / "sharp-eyes.yml"
    path.write_text(f"inventory: cameras.csv\ncontracts: [{', '.join(names)}]\n{settings}", "utf-8")
    return load_settings(path, {})


def faults(folder: Path, *contracts: str, settings: str = "") -> str:
    with pytest.raises(SettingsError) as caught:
        load(folder, *contracts, settings=settings)
    return str(caught.value).replace(f"{folder}/", "")


@pytest.mark.parametrize("name", [path.name for path in sorted(FOLDER.glob("*.yml"))])
def test_a_bad_contract_says_exactly_what_is_wrong(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes((FOLDER / name).read_bytes())
    Path("sharp-eyes.yml").write_text(f"inventory: cameras.csv\ncontracts: {name}\n", "utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(Path("sharp-eyes.yml"), {})
    assert str(caught.value) == (FOLDER / f"{name}.txt").read_text("utf-8").removesuffix("\n")


def test_every_expected_text_has_its_file() -> None:
    assert {path.name.removesuffix(".txt") for path in FOLDER.glob("*.txt")} == {
        path.name for path in FOLDER.glob("*.yml")
    }


# ---------------------------------------------------------------- one good contract


@pytest.mark.parametrize("key", re.findall(r"^ *# (\w+): ", EXAMPLE.read_text("utf-8"), re.MULTILINE))
def test_a_key_that_is_a_comment_in_the_example_is_good_once_it_is_none(tmp_path: Path, key: str) -> None:
    text = re.sub(rf"^( *)# {key}: ", rf"\1{key}: ", EXAMPLE.read_text("utf-8"), flags=re.MULTILINE)
    if key == "per_point":
        text = re.sub(r"\n  steps: .*?(?=\n  per_point)", "", text, flags=re.DOTALL)
    if key == "may_overlap":
        with pytest.raises(SettingsError, match="lines-2026"):  # understood: there is no such contract beside it here
            load(tmp_path, text)
    else:
        assert load(tmp_path, text).contracts


def test_the_example_is_understood_to_the_last_key(tmp_path: Path) -> None:
    (contract,) = load(tmp_path, EXAMPLE.read_text("utf-8")).contracts
    assert contract == Contract(
        id="qingxi-2026",
        title="青溪镇雪亮前端维护合同（2026）",
        vendor=Party("青溪智维"),
        office=Party("青溪镇综治办"),
        terms=ContractTerms(intact_target=Fraction(9, 10), first_day=date(2026, 1, 1), last_day=date(2026, 12, 31)),
        scope=Scope(categories=frozenset(SiteCategory)),
        exclusions={
            ExclusionCause.POWER: ExclusionRule(cap=timedelta(hours=24), cap_share=Fraction(1, 50)),
            ExclusionCause.CARRIER_LINE: ExclusionRule(cap=timedelta(hours=12)),
            ExclusionCause.CONSTRUCTION: ExclusionRule(),
            ExclusionCause.DEMOLITION: ExclusionRule(),
            ExclusionCause.FORCE_MAJEURE: ExclusionRule(),
            ExclusionCause.OFFICE_REQUEST: ExclusionRule(approval=False),
            ExclusionCause.OTHER: ExclusionRule(accepted=False),
        },
        repair=RepairLimits(timedelta(hours=24), timedelta(hours=48), 8, Together.CONTRACT),
        scorecard=Scorecard(
            items=(
                ScoreItem(
                    "online",
                    ItemKind.ONLINE_RATE,
                    "在线率",
                    steps=(RateStep(Fraction(19, 20), Decimal(5)), RateStep(Fraction(9, 10), Decimal(15))),
                ),
                ScoreItem("intact", ItemKind.INTACT_RATE, "完好率", steps=(RateStep(Fraction(9, 10), Decimal(3)),)),
                ScoreItem(
                    "faults",
                    ItemKind.CAMERA_FAULT,
                    "单台故障超过 8 小时",
                    points=Decimal(1),
                    over=timedelta(hours=8),
                    cap=Decimal(20),
                ),
                ScoreItem("late", ItemKind.LATE_REPAIR, "超时修复", points=Decimal(1)),
                ScoreItem("report", ItemKind.MISSING_REPORT, "未交月报", points=Decimal(3)),
                ScoreItem("falsified", ItemKind.DECLARED, "弄虚作假", points=Decimal(3)),
            ),
            qualified=Decimal(90),
        ),
        deduction=DeductionLadder(
            fee=Decimal("30000.00"),
            steps=(
                DeductionStep(Fraction(90), share=Fraction(1, 10)),
                DeductionStep(Fraction(80), share=Fraction(3, 10)),
                DeductionStep(Fraction(60), amount=Decimal(30000)),
            ),
        ),
    )
    assert contract.file == f"{tmp_path}/a.yml"
    assert contract.file_sha256 == sha256(EXAMPLE.read_bytes()).hexdigest()


def test_a_contract_of_two_lines_is_the_inline_contract_with_a_name(tmp_path: Path) -> None:
    assert load(tmp_path, "id: a\ntitle: A").contracts == (Contract(id="a", title="A"),)


def test_the_inline_section_takes_every_key_of_a_file(tmp_path: Path) -> None:
    text = EXAMPLE.read_text("utf-8")
    (from_file,) = load(tmp_path, text).contracts
    path = tmp_path / "inline.yml"
    indented = "\n".join(f"  {line}" for line in text.splitlines())
    path.write_text(f"inventory: a.csv\ncontract:\n{indented}\n", "utf-8")
    settings = load_settings(path, {})
    assert settings.contracts == (from_file,)
    assert (settings.contract.file, settings.contract.file_sha256) == ("", "")


def test_a_contract_is_in_the_zone_of_the_settings_unless_it_names_its_own(tmp_path: Path) -> None:
    zone = "zone: Asia/Urumqi"
    assert load(tmp_path, "id: a\ntitle: A", settings=zone).contract.terms.zone == "Asia/Urumqi"
    named = "id: a\ntitle: A\nzone: Europe/Berlin\nperiod: quarter"
    contract = load(tmp_path, named, settings=zone).contract
    assert (contract.terms.zone, contract.period) == ("Europe/Berlin", SettlementPeriod.QUARTER)


def test_a_key_may_be_written_with_or_without_its_kind(tmp_path: Path) -> None:
    parties = f"parties: {{vendor: {{key: 'ed25519:{KEY}'}}, office: {{key: {KEY.replace('11', '22')}}}}}"
    contract = load(tmp_path, f"id: a\ntitle: A\n{parties}").contract
    assert (contract.vendor.key, contract.office.key) == (KEY, KEY.replace("11", "22"))


def test_a_ladder_by_rate_and_a_price_of_each_point(tmp_path: Path) -> None:
    by_rate = "deduction: {fee: 100, by: rate, currency: EUR, steps: [{below: 0.95, share: 0.5}]}"
    assert load(tmp_path, f"id: a\ntitle: A\n{by_rate}").contract.deduction == DeductionLadder(
        Decimal(100), LadderBy.RATE, "EUR", (DeductionStep(Fraction(19, 20), share=Fraction(1, 2)),)
    )
    card = "scorecard: {items: [{id: it, kind: declared, points: 0.5}]}"
    by_point = f"{card}\ndeduction: {{fee: 100, per_point: 0.01, steps: null}}"
    assert load(tmp_path, f"id: a\ntitle: A\n{by_point}").contract.deduction == DeductionLadder(
        Decimal(100), per_point=Fraction(1, 100)
    )


@given(st.integers(0, 5000), st.text("ab019:-[]{}&*!|>'\"#,? \n\t%@.", max_size=6))
def test_a_damaged_contract_gives_a_contract_or_faults_with_their_lines(at: int, damage: str) -> None:
    content = EXAMPLE.read_text("utf-8")
    damaged = content[:at] + damage + content[at + len(damage) :]
    found: list[Fault] = []
    section = whole_file(damaged.encode(), "a.yml", found)
    if section is not None:
        with section as top:
            read_agreement(top, "a", "Asia/Shanghai")
    assert all(str(fault).startswith("a.yml:") for fault in found)


# ---------------------------------------------------------------- several


def test_several_contracts_stand_in_the_order_of_the_list_and_the_first_is_the_default(tmp_path: Path) -> None:
    mobile, telecom = "id: b\ntitle: B\ntarget: 0.98", "id: a\ntitle: A\nmay_overlap: b"
    settings = load(tmp_path, mobile, telecom)
    assert [contract.id for contract in settings.contracts] == ["b", "a"]
    assert settings.contract.terms.target == Fraction(98, 100)
    assert settings.contracts[1].may_overlap == {"b"}


def test_the_faults_of_all_files_come_at_once_file_by_file(tmp_path: Path) -> None:
    assert faults(tmp_path, "id: a\ntarget: 2\ntitle: A", "id: b\nbasis: x\ntitle: B", settings="heartbeat: 5") == (
        "sharp-eyes.yml:3: heartbeat: '5' has no unit: write 5s for seconds, or use ms, m, h or d\n"
        "a.yml:2: target: '2' looks like a percentage: write 0.02\n"
        "b.yml:2: basis: 'x' is none of fleet_seconds, camera_pass_share, snapshots"
    )


def test_an_inline_contract_does_not_stand_beside_files(tmp_path: Path) -> None:
    assert faults(tmp_path, "id: a\ntitle: A", settings="contract: {target: 0.9}") == (
        "sharp-eyes.yml:3: contract: cannot stand beside contracts: write it as a file and list it there"
    )


def test_a_contract_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "sharp-eyes.yml"
    path.write_text("inventory: a.csv\ncontracts: [gone.yml]", "utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(path, {})
    assert str(caught.value) == f"{tmp_path}/gone.yml: cannot be read: No such file or directory"


def test_each_contract_has_an_id_of_its_own(tmp_path: Path) -> None:
    assert faults(tmp_path, "id: a\ntitle: A", "id: a\ntitle: B") == (
        "sharp-eyes.yml:2: contracts: two files have the id 'a': each contract has one of its own"
    )


@pytest.mark.parametrize("other", ["c", "a"])
def test_who_may_be_overlapped_is_another_contract(tmp_path: Path, other: str) -> None:
    assert faults(tmp_path, f"id: a\ntitle: A\nmay_overlap: [{other}]", "id: beta\ntitle: B") == (
        f"sharp-eyes.yml:2: contracts: a may overlap '{other}', which is no other contract; known: beta"
    )


def test_the_only_contract_overlaps_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sharp-eyes.yml"
    path.write_text("inventory: a.csv\ncontract: {may_overlap: b}", "utf-8")
    with pytest.raises(SettingsError, match=r"contract.may_overlap: is about other contracts, and there is none"):
        load_settings(path, {})


def test_contracts_in_two_zones_are_two_monitors_work(tmp_path: Path) -> None:
    assert faults(tmp_path, "id: a\ntitle: A", "id: b\ntitle: B\nzone: Asia/Urumqi") == (
        "sharp-eyes.yml:2: contracts: a is in Asia/Shanghai, b in Asia/Urumqi: one monitor has one calendar, watch the "
        "other town with another one"
    )

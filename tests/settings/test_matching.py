"""What only the inventory shows: names nobody has, and cameras that two contracts claim."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from monitor.model import Camera, SiteCategory
from monitor.settings import faults_between, load_settings, warnings_between
from tests.metrics.town import camera

SITE = camera().site
FLEET = [
    camera("c1"),
    camera("c2", carrier="中国电信", uplink="电信-1"),
    camera("c3", site=replace(SITE, village="石桥村"), vendor="大华", recorder="NVR-1"),
]


def faults(folder: Path, *contracts: str, settings: str = "", cameras: list[Camera] | None = None) -> str:
    """The faults between these contracts and the inventory, without the folder in front."""
    names = [f"{letter}.yml" for letter, _ in zip("abcdef", contracts, strict=False)]
    for letter, text in zip("abcdef", contracts, strict=False):
        (folder / f"{letter}.yml").write_text(f"id: {letter}\ntitle: {letter}\n{text}", "utf-8")
    path = folder / "sharp-eyes.yml"
    listed = f"contracts: [{', '.join(names)}]\n" if names else ""
    path.write_text(f"inventory: cameras.csv\n{listed}{settings}", "utf-8")
    found = faults_between(load_settings(path, {}), FLEET if cameras is None else cameras)
    return "\n".join(map(str, found)).replace(f"{folder}/", "")


def test_names_that_some_camera_has_are_no_fault(tmp_path: Path) -> None:
    scope = "scope: {villages: [石桥村], towns: [清河镇], vendors: [大华], recorders: [NVR-1], categories: [junction]}"
    assert faults(tmp_path, scope) == ""


def test_names_no_camera_has_are_told_with_their_line_and_the_nearest(tmp_path: Path) -> None:
    scope = "scope:\n  carriers:\n    - 中国电信\n    - 中国移通\n  towns: [城关镇]\n  villages: [石桥]"
    assert faults(tmp_path, scope).splitlines() == [
        "a.yml:8: contract a: scope: villages: no camera has '石桥'; did you mean 石桥村?",
        "a.yml:6: contract a: scope: carriers: no camera has '中国移通'; did you mean 中国移动?",
        "a.yml:7: contract a: scope: towns: no camera has '城关镇'; known: 清河镇",
    ]


def test_cameras_that_turn_on_purpose_are_cameras_of_the_inventory(tmp_path: Path) -> None:
    assert faults(tmp_path, settings="picture: {moving: [c1, c3]}") == ""
    text = "picture:\n  every: 5m\n  moving:\n    - c1\n    - c9"
    assert faults(tmp_path, settings=text) == "sharp-eyes.yml:6: picture.moving: no camera has 'c9'; known: c1, c2, c3"


def test_a_contract_about_nobody_is_a_fault(tmp_path: Path) -> None:
    scope = "scope: {villages: [石桥村], carriers: [中国电信]}"
    what = "no camera of the inventory is in it: give other names, or leave the keys out to mean all"
    assert faults(tmp_path, scope) == f"a.yml:3: contract a: scope: {what}"
    inline = "contract:\n  scope: {categories: [water]}"
    assert faults(tmp_path, settings=inline) == f"sharp-eyes.yml:2: contract default: scope: {what}"


def test_cameras_outside_every_contract_by_the_inventory_make_nobody_of_a_scope(tmp_path: Path) -> None:
    outside = [replace(each, in_contract=False) for each in FLEET]
    assert "no camera of the inventory is in it" in faults(tmp_path, "scope: {carriers: [中国电信]}", cameras=outside)
    assert faults(tmp_path, cameras=outside) == ""


def test_two_contracts_about_the_same_cameras_are_a_fault_that_names_them(tmp_path: Path) -> None:
    assert faults(tmp_path, "", "scope: {carriers: [中国移动]}") == (
        "b.yml:3: contract b: scope: the contract a is about c1, c3, too: narrow one of the two, or write "
        "may_overlap: [a] if both are meant"
    )


def test_of_many_shared_cameras_the_first_five_are_named(tmp_path: Path) -> None:
    fleet = [camera(f"c{number}") for number in range(8)]
    assert "is about c0, c1, c2, c3, c4 and 3 more, too" in faults(tmp_path, "", "", cameras=fleet)


def test_either_contract_may_allow_the_other(tmp_path: Path) -> None:
    assert faults(tmp_path, "may_overlap: b", "") == ""
    assert faults(tmp_path, "", "may_overlap: a") == ""


def test_contracts_that_follow_each_other_share_no_day(tmp_path: Path) -> None:
    assert faults(tmp_path, "to: 2026-06-30", "from: 2026-07-01") == ""
    assert "the contract a is about c1, c2, c3" in faults(tmp_path, "to: 2026-07-01", "from: 2026-07-01")


def test_contracts_that_share_no_camera_are_no_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, "scope: {carriers: [中国移动]}", "scope: {carriers: [中国电信]}") == ""


def test_planned_work_may_be_narrowed_by_every_field(tmp_path: Path) -> None:
    work = "maintenance:\n  - {id: w, title: W, from: 2026-12-01 08:00, to: 2026-12-01 12:00, recorders: [NVR-2]}"
    assert faults(tmp_path, settings=work) == (
        "sharp-eyes.yml:3: maintenance w: recorders: no camera has 'NVR-2'; did you mean NVR-1?"
    )
    assert all(each.site.category is SiteCategory.JUNCTION for each in FLEET)


ROSTER = """\
alerts:
  receivers: {vendor-on-call: {channels: [a]}, tickets: {channels: [a]}}
  channels:
    a: {kind: gateway, url: 'http://g/', body: '{"text": "{text}"}'}
  roster:
    - {name: 张三, villages: [柳溪村]}
    - name: 李四
      villages:
        - 石桥村
        - 石乔村
"""


def test_a_village_of_the_roster_that_no_camera_is_in_is_a_warning_with_its_line_and_the_nearest(
    tmp_path: Path,
) -> None:
    path = tmp_path / "sharp-eyes.yml"
    path.write_text(f"inventory: cameras.csv\n{ROSTER}", "utf-8")
    settings = load_settings(path, {})
    assert faults_between(settings, FLEET) == ()
    (warning,) = warnings_between(settings, FLEET)
    assert (warning.line, warning.where) == (11, "alerts.roster: villages of 李四")
    assert warning.what == "李四 is never called for it: no camera is in '石乔村'; did you mean 石桥村?"
    assert warnings_between(settings, [*FLEET, replace(FLEET[0], site=replace(SITE, village="石乔村"))]) == ()

"""A good settings file, understood."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.contract import Contract
from monitor.errors import SettingsError
from monitor.incidents import Origin
from monitor.language import Language
from monitor.model import (
    Basis,
    BlindTime,
    ContractTerms,
    Credentials,
    EchoAddress,
    MaintenanceRule,
    Repeat,
    Scope,
    Secret,
    TcpAddress,
    UplinkLimit,
)
from monitor.settings import LimitSettings, PictureSettings, ProbeSettings, Settings, load_settings

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "config" / "sharp-eyes.example.yml"
DOCUMENT = ROOT / "docs" / "configuration.md"
EXAMPLE_ENVIRON = {"HIK_PASSWORD": "s3cret-hik", "DAHUA_PASSWORD": "s3cret-dahua"}


def load(folder: Path, text: str, environ: dict[str, str] | None = None) -> Settings:
    path = folder / "sharp-eyes.yml"
    path.write_text(text, "utf-8")
    return load_settings(path, environ or {})


def test_everything_but_the_inventory_has_a_default(tmp_path: Path) -> None:
    assert load(tmp_path, "inventory: cameras.csv") == Settings(
        path=tmp_path / "sharp-eyes.yml",
        inventory=(tmp_path / "cameras.csv",),
        ledger=tmp_path / "data/ledger.db",
        reports=tmp_path / "data/reports",
        town="",
        zone="Asia/Shanghai",
        language=Language.ZH,
        vantage="local",
        credentials={},
        probe=ProbeSettings(),
        picture=PictureSettings(),
        limits=LimitSettings(),
        contracts=(Contract(),),
        maintenance=(),
        canaries=(),
        places={},
        listen=("127.0.0.1", 9105),
        heartbeat=timedelta(seconds=60),
    )


def test_the_example_shows_the_defaults_and_its_own_town() -> None:
    settings = load_settings(EXAMPLE, EXAMPLE_ENVIRON)
    assert (settings.probe, settings.picture, settings.limits) == (ProbeSettings(), PictureSettings(), LimitSettings())
    assert settings.contracts == (Contract(),)
    assert settings.town == "青溪镇"
    assert settings.inventory == (EXAMPLE.parent / "cameras.example.csv",)
    assert settings.credentials == {
        "hik": Credentials("admin", Secret("s3cret-hik")),
        "dahua": Credentials("admin", Secret("s3cret-dahua")),
    }


def test_planned_work_happens_once_or_again() -> None:
    assert load_settings(EXAMPLE, EXAMPLE_ENVIRON).maintenance == (
        MaintenanceRule(
            "pole-works",
            "立杆施工",
            Scope(villages=frozenset({"柳溪村"})),
            start_at=datetime(2026, 12, 1, 0, 0, tzinfo=UTC),
            end_at=datetime(2026, 12, 1, 4, 0, tzinfo=UTC),
        ),
        MaintenanceRule(
            "weekly-reboot",
            "每周重启",
            Scope(uplinks=frozenset({"移动-柳溪-ONU1"})),
            every=Repeat.WEEK,
            weekdays=frozenset({6}),
            start_time=time(3, 0),
            end_time=time(3, 30),
        ),
    )


def test_work_may_come_back_on_days_of_the_month_and_cross_midnight(tmp_path: Path) -> None:
    text = "inventory: a.csv\nmaintenance: [{id: a, title: A, every: month, days: [1, 15], at: 23:30-00:30}]"
    (rule,) = load(tmp_path, text).maintenance
    assert rule.every is Repeat.MONTH
    assert rule.month_days == {1, 15}
    assert (rule.start_time, rule.end_time) == (time(23, 30), time(0, 30))
    assert rule.scope == Scope()


def test_lines_may_have_limits_of_their_own(tmp_path: Path) -> None:
    text = "per_uplink: 5, uplink_bandwidth: 9Mbit, uplinks: {a: {sessions: 2}, b b: {bandwidth: 500kbit}, c: {}}"
    limits = load(tmp_path, f"inventory: a.csv\nlimits: {{{text}}}").limits
    usual = UplinkLimit(5, 9_000_000)
    assert limits.uplinks == {"a": UplinkLimit(2, 9_000_000), "b b": UplinkLimit(5, 500_000), "c": usual}


def test_a_secret_never_shows_in_the_settings() -> None:
    settings = load_settings(EXAMPLE, EXAMPLE_ENVIRON)
    assert "s3cret" not in f"{settings!r} {settings}"
    assert settings.credentials["hik"].password.reveal() == "s3cret-hik"


@pytest.mark.parametrize(("content", "password"), [("a b\n", "a b"), ("a\r\n", "a"), ("密码", "密码"), (" a ", " a ")])
def test_a_password_file_loses_one_line_end_and_nothing_else(tmp_path: Path, content: str, password: str) -> None:
    (tmp_path / "secret").write_bytes(content.encode())
    text = "inventory: a.csv\ncredentials: {hik: {username: admin, password_file: secret}}"
    assert load(tmp_path, text).credentials["hik"].password == Secret(password)


def test_timings_follow_a_shorter_interval_where_nothing_else_is_said(tmp_path: Path) -> None:
    probe = load(tmp_path, "inventory: a.csv\nprobe: {interval: 4s}").probe
    four = timedelta(seconds=4)
    assert (probe.retry, probe.total_timeout, probe.keyframe_timeout, probe.connect_timeout) == (four,) * 4
    assert probe.max_gap == 3 * four


def test_timings_do_not_grow_with_the_interval_but_the_gap_does(tmp_path: Path) -> None:
    probe = load(tmp_path, "inventory: a.csv\nprobe: {interval: 10m}").probe
    assert probe.retry == timedelta(seconds=10)
    assert probe.max_gap == timedelta(minutes=30)


def test_contract_terms_are_exact_and_in_the_zone_of_the_settings(tmp_path: Path) -> None:
    text = """
inventory: a.csv
zone: Europe/Berlin
contract:
  target: 0.98
  intact_target: 0.9
  basis: snapshots
  blind_time: down
  service_hours: ["06:00-12:00", "22:00-02:00"]
  snapshot_times: 8:00
  maintenance_excludes: false
"""
    assert load(tmp_path, text).contract.terms == ContractTerms(
        zone="Europe/Berlin",
        target=Fraction(49, 50),
        intact_target=Fraction(9, 10),
        basis=Basis.SNAPSHOTS,
        blind_time=BlindTime.DOWN,
        service_hours=((time(6), time(12)), (time(22), time(2))),
        snapshot_times=(time(8),),
        maintenance_excludes=False,
    )


def test_paths_are_relative_to_the_file_unless_they_are_absolute(tmp_path: Path) -> None:
    settings = load(tmp_path, "inventory: [a.csv, /srv/b.XLSX]\nledger: ../l.db\nreports: /srv/reports")
    assert settings.inventory == (tmp_path / "a.csv", Path("/srv/b.XLSX"))
    assert settings.ledger == tmp_path / "../l.db"
    assert settings.reports == Path("/srv/reports")


def test_any_free_port_may_be_asked_for(tmp_path: Path) -> None:
    assert load(tmp_path, "inventory: a.csv\nlisten: '[::1]:0'").listen == ("::1", 0)


@given(st.integers(0, 4000), st.text("ab01:-[]{}&*!|>'\"#,? \n\t%@", max_size=6))
def test_a_damaged_file_gives_settings_or_faults_and_never_a_secret(at: int, damage: str) -> None:
    content = EXAMPLE.read_text("utf-8")
    damaged = content[:at] + damage + content[at + len(damage) :]
    path = EXAMPLE.parent / "damaged.yml"
    faults = faults_of(path, damaged)
    assert "s3cret" not in faults
    for line in faults.splitlines():
        assert line.startswith(f"{path}:")


def faults_of(path: Path, content: str) -> str:
    """The text of the faults, without a file on disk: the reader of the file is what load_settings does first."""
    from monitor.errors import Fault
    from monitor.parsing.section import whole_file
    from monitor.settings.loading import read_settings

    faults: list[Fault] = []
    section = whole_file(content.encode(), str(path), faults)
    if section is not None:
        with section as top:
            read_settings(top, path, EXAMPLE_ENVIRON, EXAMPLE_ENVIRON)
    return str(SettingsError(tuple(faults)))


def keys_of(value: object, prefix: str = "") -> set[str]:
    """Every key that can be set, as the value types name it."""
    found: set[str] = set()
    assert is_dataclass(value)
    for field in fields(value):
        inner = getattr(value, field.name)
        if is_dataclass(inner):
            found |= keys_of(inner, f"{field.name}.")
        else:
            found.add(prefix + field.name)
    return found


def test_every_key_is_documented_and_stands_in_the_example() -> None:
    keys = keys_of(load_settings(EXAMPLE, EXAMPLE_ENVIRON)) - {"path", "credentials", "maintenance", "places"}
    keys |= {f"credentials.NAME.{key}" for key in ("username", "password_env", "password_file")}
    keys |= {f"limits.uplinks.NAME.{key}" for key in ("sessions", "bandwidth")}
    keys |= {f"places.{key}" for key in ("uplinks", "recorders", "cabinets", "carriers")}
    scope = ("cameras", "sites", "villages", "towns", "carriers", "uplinks", "recorders", "categories", "vendors")
    keys |= {f"maintenance[].{key}" for key in ("id", "title", "from", "to", "every", "weekdays", "days", "at", *scope)}
    document, example = DOCUMENT.read_text("utf-8"), EXAMPLE.read_text("utf-8")
    assert not [key for key in sorted(keys) if f"| `{key}` |" not in document]
    assert not [key for key in sorted(keys) if key.rpartition(".")[2] not in example]


def test_places_are_addresses_by_what_they_speak_for(tmp_path: Path) -> None:
    path = tmp_path / "sharp-eyes.yml"
    text = "inventory: a.csv\nplaces:\n  uplinks: {移动-1: 'switch:80'}\n  cabinets: {村口: 'icmp:192.0.2.1'}\n"
    path.write_text(text, "utf-8")
    found = load_settings(path, {}).places
    assert found == {
        (Origin.UPLINK, "移动-1"): TcpAddress("switch", 80),
        (Origin.POWER_CABINET, "村口"): EchoAddress("192.0.2.1"),
    }
    path.write_text("inventory: a.csv\nplaces:\n  uplinks: {移动-1: switch}\n  poles: {a: 'b:1'}\n", "utf-8")
    with pytest.raises(SettingsError) as refused:
        load_settings(path, {})
    assert [(fault.line, fault.where) for fault in refused.value.faults] == [
        (3, "places.uplinks.移动-1"),
        (4, "places.poles"),
    ]

"""One value out of one text: what people write, and what they are told when it cannot be."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.language import Language
from monitor.model import EchoAddress, TcpAddress
from monitor.parsing import scalars
from monitor.parsing.scalars import ed25519_key, hundredths
from monitor.parsing.times import hours, time_of_day

READERS: tuple[Callable[[str], object], ...] = (
    scalars.plain_text,
    scalars.identifier,
    scalars.whole_number,
    scalars.truth,
    scalars.share,
    scalars.fraction_of_one,
    scalars.hundredths,
    scalars.ed25519_key,
    scalars.duration,
    scalars.size,
    scalars.bit_rate,
    scalars.calendar_date,
    scalars.address,
    scalars.probe_address,
    scalars.host,
    scalars.port,
    scalars.moment,
    scalars.one_of(Language),
    scalars.within(scalars.duration, "1s", "1h"),
    time_of_day,
    hours,
)


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__qualname__)
@given(text=st.text() | st.from_regex(r"\d{1,12}[.:/-]?\d{0,9}(ms|[smhd%B]|[kM]B)?", fullmatch=True))
def test_any_text_gives_a_value_or_one_readable_line(read: Callable[[str], object], text: str) -> None:
    assert message(read, text).isprintable()
    assert len(message(read, text)) < 250


def message(read: Callable[[str], object], text: str) -> str:
    """What the reader is told; nothing when there is a value."""
    try:
        read(text)
    except ValueError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("250ms", timedelta(milliseconds=250)),
        ("10s", timedelta(seconds=10)),
        ("1.5m", timedelta(seconds=90)),
        ("3 m", timedelta(minutes=3)),
        ("2h", timedelta(hours=2)),
        ("1d", timedelta(days=1)),
    ],
)
def test_a_duration_has_a_unit(text: str, meant: timedelta) -> None:
    assert scalars.duration(text) == meant


@given(st.integers(0, 10**7 - 1), st.sampled_from(sorted(scalars.UNITS)))
def test_durations_are_exact(number: int, unit: str) -> None:
    assert scalars.duration(f"{number}{unit}") // timedelta(milliseconds=1) == number * scalars.UNITS[unit]


def test_sizes_are_decimal() -> None:
    assert [scalars.bit_rate(text) for text in ("20Mbit", "500 kbit/s", "1Gbit", "0Mbit")] == [
        20_000_000,
        500_000,
        10**9,
        0,
    ]
    assert [scalars.size(text) for text in ("8MB", "100 kB", "1GB", "7B")] == [8_000_000, 100_000, 10**9, 7]


def test_a_share_is_exact() -> None:
    assert scalars.share("0.95") == Fraction(19, 20)
    assert scalars.share("1") == 1


@pytest.mark.parametrize(("text", "hint"), [("95", "0.95"), ("95%", "0.95"), ("99.5％", "0.995"), ("0.95%", "0.0095")])
def test_a_percentage_is_refused_with_the_share_to_write(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match=f"write {hint}$"):
        scalars.share(text)


def test_bounds_belong_to_the_range() -> None:
    read = scalars.within(scalars.whole_number, "1", "3")
    assert [read("1"), read("3")] == [1, 3]
    with pytest.raises(ValueError, match=r"^'4' must be from 1 to 3$"):
        read("4")


@pytest.mark.parametrize("text", ["2026-01-31", "2026/1/31", "2026.1.31", "2026年1月31日", "2026-01-31 00:00:00"])
def test_a_date_may_be_written_as_spreadsheets_do(text: str) -> None:
    assert scalars.calendar_date(text) == date(2026, 1, 31)


@pytest.mark.parametrize("text", ["2026/1-31", "31.1.2026", "2026-01-31 08:00", "2026-13-01", "26-01-31", ""])
def test_anything_else_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date: write it as 2026-01-31"):
        scalars.calendar_date(text)


def test_a_date_that_means_forever_is_refused() -> None:
    with pytest.raises(ValueError, match="leave it out if no day is meant"):
        scalars.calendar_date("9999-12-31")


def test_a_moment_may_carry_its_offset() -> None:
    assert scalars.moment("2026-12-01 08:00") == datetime(2026, 12, 1, 8)  # noqa: DTZ001  local on purpose
    assert scalars.moment("2026-12-01T08:00:30+08:00").utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize("text", ["33010200001310000001", "gate-1", "A.b_c", "x" * 64])
def test_ids_are_fit_for_labels(text: str) -> None:
    assert scalars.identifier(text) == text


@pytest.mark.parametrize("text", ["", "村口", "a b", "a/b", "x" * 65, "a\n", 'a"'])
def test_other_texts_are_no_ids(text: str) -> None:
    with pytest.raises(ValueError, match="is not an id"):
        scalars.identifier(text)


def test_an_address_is_host_and_port() -> None:
    assert scalars.address("192.0.2.1:80") == ("192.0.2.1", 80)
    assert scalars.address("[::1]:9105") == ("::1", 9105)
    assert scalars.address("localhost:0", lowest_port=0) == ("localhost", 0)


def test_a_probe_address_is_a_port_to_connect_to_or_a_host_to_echo() -> None:
    assert scalars.probe_address("192.0.2.1:80") == TcpAddress("192.0.2.1", 80)
    assert scalars.probe_address("icmp:192.0.2.1") == EchoAddress("192.0.2.1")
    assert scalars.probe_address("icmp:[::1]") == EchoAddress("::1")
    assert scalars.probe_address("icmp:switch.village") == EchoAddress("switch.village")


@pytest.mark.parametrize(
    "text", ["icmp:", "icmp:80", "icmp:192.0.2.1:80", "ICMP:192.0.2.1", "icmp:a b", "192.0.2.1", "icmp:300.1.1.1"]
)
def test_anything_else_is_no_probe_address(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        scalars.probe_address(text)


@pytest.mark.parametrize("text", ["192.0.2.1", "switch", "rtsp://a:s3cret:b@c:80"])
def test_what_is_no_probe_address_is_told_both_forms(text: str) -> None:
    with pytest.raises(ValueError, match=r"host:port .*192\.0\.2\.1:80, or icmp:host") as caught:
        scalars.probe_address(text)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("text", ["300.1.1.1", "1.2.3.256", "192.0.2.1234", f"1.2.3.{'9' * 63}"])
def test_four_numbers_that_are_no_ip_address_are_no_host(text: str) -> None:
    with pytest.raises(ValueError, match="neither a host name nor an IP address"):
        scalars.host(text)


@pytest.mark.parametrize("text", ["255.255.255.255", "1.2.3", "300.1.1.1.example", "300-1.1.1.1", "1.2.3.4.5"])
def test_other_names_of_digits_are_hosts(text: str) -> None:
    assert scalars.host(text) == text


@pytest.mark.parametrize("text", ["::1:80", "host", ":80", "a b:80", "host:80000", "host:٣", "rtsp://a:s3cret:b@c:80"])
def test_anything_else_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match="is n") as caught:
        scalars.address(text)
    assert "s3cret" not in str(caught.value)


def test_what_may_carry_a_password_is_not_shown() -> None:
    assert scalars.shown("admin:s3cret@192.0.2.1") == "what is written"


def test_what_is_shown_is_short_and_printable() -> None:
    assert scalars.shown("a\x1b[31m") == "'a?[31m'"
    assert scalars.shown("x" * 100) == f"'{'x' * 39}…'"


def test_the_nearest_name_is_suggested_regardless_of_case() -> None:
    assert scalars.suggestion("Intervall", ["interval", "retry"]) == "; did you mean interval?"


def test_without_a_near_name_the_known_ones_are_listed_while_they_are_few() -> None:
    assert scalars.suggestion("zzz", ["b", "a"]) == "; known: a, b"
    assert scalars.suggestion("zzz", [f"name{number}" for number in range(21)]) == ""
    assert scalars.suggestion("zzz", []) == ""
    assert scalars.suggestion("zzz", [""]) == ""
    assert scalars.suggestion("zzz", ["", "a"]) == "; known: a"


@pytest.mark.parametrize("text", ["a\tb", "a\u200bb", "a\u202eb", "a\x7fb", "a\u2028b"])
def test_what_nobody_sees_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"has the control character U\+[0-9A-F]{4}: delete it"):
        scalars.plain_text(text)


def test_space_around_a_text_is_taken_off() -> None:
    assert scalars.plain_text("\u3000柳溪村 ") == "柳溪村"


def test_true_and_false_may_be_chinese() -> None:
    assert [scalars.truth(text) for text in ("true", "Yes", "是", "FALSE", "no", "否")] == [True] * 3 + [False] * 3


def test_money_and_points_are_exact_to_the_hundredth() -> None:
    assert hundredths("30000.00") == Decimal(30000)
    assert hundredths("0.5") == Decimal("0.50")


@pytest.mark.parametrize("text", ["30,000", "1e3", "-1", "+1", "0.125", ".5", "5.", "１", "1_000", "1" * 13, ""])
def test_anything_else_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match="write digits with at most two decimals"):
        hundredths(text)


@given(st.binary(min_size=32, max_size=32))
def test_every_32_bytes_are_a_key_with_or_without_its_kind(raw: bytes) -> None:
    text = b64encode(raw).decode("ascii")
    assert ed25519_key(text) == ed25519_key(f"ed25519:{text}") == text


@given(st.binary(max_size=64).filter(lambda raw: len(raw) != 32) | st.text(max_size=60))
def test_anything_else_is_no_key(raw: bytes | str) -> None:
    text = raw if isinstance(raw, str) else b64encode(raw).decode("ascii")
    with pytest.raises(ValueError, match="44 characters ending in ="):
        ed25519_key(text)


def test_one_key_has_one_spelling() -> None:
    """The last sign of 32 bytes in base64 has two bits to spare; a decoder that ignores them would take both."""
    assert b64decode("A" * 42 + "A=") == b64decode("A" * 42 + "B=")
    with pytest.raises(ValueError, match="not an Ed25519"):
        ed25519_key("A" * 42 + "B=")

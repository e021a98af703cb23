"""Findings appear once, go once, and change nothing by what a device does not tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.findings import Judgement, Known, Limits, Told, judged, same_device
from monitor.model import DeviceFinding, FindingKind, Identity, OpenFinding
from tests.metrics.town import camera

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
PLATE = Identity("Hikvision", "DS-2CD3T47", "V5.7.3", "4711")
LIMITS = Limits()
SECOND = timedelta(seconds=1)


class Device:
    """A camera's device over several rounds, an hour apart."""

    def __init__(self) -> None:
        self.known = Known()
        self.standing: dict[FindingKind, OpenFinding] = {}
        self.now = NOON

    def told(self, told: Told, after: timedelta = timedelta(hours=1)) -> Judgement:
        self.now += after
        found = judged(self.known, self.standing, told, LIMITS, self.now)
        for kind in found.gone:
            del self.standing[kind]
        for finding in found.appeared:
            assert finding.kind not in self.standing
            self.standing[finding.kind] = OpenFinding(finding, self.now)
        self.known = found.known
        return found


def changed(**fields: str) -> Identity:
    return Identity(**{name: getattr(PLATE, name) for name in ("maker", "model", "firmware", "serial")} | fields)


def test_what_is_told_first_is_what_is_known() -> None:
    device = Device()
    assert device.told(Told(identity=PLATE, stream="/101", smaller=True)) == Judgement(Known(PLATE, "/101"))


@pytest.mark.parametrize("sign", [1, -1])
def test_a_clock_is_off_beyond_the_limit_and_good_again_well_within_it(sign: int) -> None:
    device = Device()
    assert device.told(Told(5 * SECOND * sign)).appeared == ()
    (finding,) = device.told(Told(6 * SECOND * sign)).appeared
    assert finding == DeviceFinding(FindingKind.CLOCK_DRIFT, offset_us=6_000_000 * sign, limit_us=5_000_000)
    for offset in (7, 5, 4.5):
        assert device.told(Told(offset * SECOND * sign)) == Judgement(Known())
    assert device.told(Told(4 * SECOND * sign)).gone == (FindingKind.CLOCK_DRIFT,)


@pytest.mark.parametrize(
    ("after", "kind", "numbers"),
    [
        (
            changed(serial="4712"),
            FindingKind.DEVICE_SWAPPED,
            ("Hikvision DS-2CD3T47 4711", "Hikvision DS-2CD3T47 4712"),
        ),
        (
            changed(model="X", firmware="V6"),
            FindingKind.DEVICE_SWAPPED,
            ("Hikvision DS-2CD3T47 4711", "Hikvision X 4711"),
        ),
        (changed(firmware="V5.8"), FindingKind.FIRMWARE_CHANGED, ("V5.7.3", "V5.8")),
    ],
)
def test_another_plate_is_another_device_and_firmware_alone_is_not(
    after: Identity, kind: FindingKind, numbers: tuple[str, str]
) -> None:
    device = Device()
    device.told(Told(identity=PLATE))
    assert device.told(Told(identity=after)).appeared == (DeviceFinding(kind, *numbers),)
    assert device.told(Told(identity=after)) == Judgement(Known(PLATE))
    assert device.told(Told(identity=PLATE)) == Judgement(Known(PLATE), (kind,))


def test_what_a_plate_leaves_out_is_no_change() -> None:
    device = Device()
    device.told(Told(identity=PLATE))
    assert device.told(Told(identity=changed(serial="", firmware=""))) == Judgement(Known(PLATE))


def test_a_device_swapped_twice_is_two_findings() -> None:
    device = Device()
    device.told(Told(identity=PLATE))
    device.told(Told(identity=changed(serial="4712")))
    again = device.told(Told(identity=changed(serial="4713")))
    assert again.gone == (FindingKind.DEVICE_SWAPPED,)
    assert [finding.after for finding in again.appeared] == ["Hikvision DS-2CD3T47 4713"]


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (Told(identity=changed(serial="4712")), FindingKind.DEVICE_SWAPPED),
        (Told(identity=changed(firmware="V6")), FindingKind.FIRMWARE_CHANGED),
        (Told(stream="/102"), FindingKind.STREAM_CHANGED),
    ],
)
def test_a_change_that_lasts_is_what_is_known_then(told: Told, kind: FindingKind) -> None:
    device = Device()
    device.told(Told(identity=PLATE, stream="/101"))
    device.told(told)
    assert device.told(told, LIMITS.settles_after - SECOND).gone == ()
    settled = device.told(told, SECOND)
    assert (settled.gone, settled.appeared) == ((kind,), ())
    assert settled.known == Known(told.identity or PLATE, told.stream or "/101")
    assert device.told(told) == Judgement(settled.known)


def test_a_wrong_clock_and_a_missing_sub_stream_never_settle() -> None:
    device, told = Device(), Told(timedelta(hours=8), smaller=False)
    assert {finding.kind for finding in device.told(told).appeared} == {
        FindingKind.CLOCK_DRIFT,
        FindingKind.NO_SUB_STREAM,
    }
    assert device.told(told, 9 * LIMITS.settles_after) == Judgement(Known())
    assert device.told(Told(smaller=True)).gone == (FindingKind.NO_SUB_STREAM,)


OFFSETS = st.none() | st.integers(-12, 12).map(lambda seconds: seconds * SECOND)
PLATES = st.none() | st.builds(Identity, *(st.sampled_from(["", "a", "b"]) for _ in range(4)))
TOLD = st.builds(Told, OFFSETS, PLATES, st.sampled_from(["", "/1", "/2"]), st.sampled_from([None, True, False]))


@given(st.lists(st.tuples(TOLD, st.sampled_from([SECOND, timedelta(days=4)]))))
def test_findings_appear_and_go_in_turn_and_silence_changes_nothing(rounds: list[tuple[Told, timedelta]]) -> None:
    device = Device()
    for told, after in rounds:
        device.told(told, after)  # asserts that nothing appears twice; what goes was there, or ``del`` fails
        assert len({FindingKind.DEVICE_SWAPPED, FindingKind.FIRMWARE_CHANGED} & device.standing.keys()) < 2
        again = device.told(told, timedelta(0))
        assert (again.gone, again.appeared) == ((), ())
        assert device.told(Told(), timedelta(days=30)) == Judgement(device.known)


def test_the_inventory_says_when_another_device_is_meant() -> None:
    written = camera(onvif="127.0.0.1", vendor="Hikvision")
    assert same_device(written, camera(onvif="127.0.0.1", vendor="Hikvision", name="another name"))
    for other in ({"onvif": "127.0.0.2"}, {"vendor": "Dahua"}, {"model": "X"}, {"url": "rtsp://127.0.0.1/2"}):
        assert not same_device(written, camera(**{"onvif": "127.0.0.1", "vendor": "Hikvision"} | other))

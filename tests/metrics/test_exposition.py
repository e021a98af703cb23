"""What a scrape shows, read back with the client's own parser and with promtool."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from monitor.metrics import Metrics, TownView
from monitor.model import Cause, Look, Seconds, Sight, State
from tests.metrics.town import HOUR, NOW, DrivenClock, camera, group, result, status, town
from tests.programs import program


def metrics() -> Metrics:
    return Metrics("1.2.3", DrivenClock())


def body(view: TownView, own: Metrics | None = None) -> bytes:
    return b"".join((own or metrics()).exposition(view))


def samples(view: TownView, own: Metrics | None = None) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    text = body(view, own).decode()
    found: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            assert key not in found, f"{key} is there twice"
            found[key] = sample.value
    return found


def value(view: TownView, metric: str, own: Metrics | None = None, /, **labels: str) -> float | None:
    return samples(view, own).get((metric, tuple(sorted(labels.items()))))


@pytest.mark.parametrize(
    ("state", "up", "video"),
    [(State.UP, 1, 1), (State.DEGRADED, 1, 0), (State.DOWN, 0, None), (State.UNKNOWN, None, None)],
)
def test_what_is_not_known_has_no_series(state: State, up: int | None, video: int | None) -> None:
    cause = Cause.OK if state is State.UP else Cause.TCP_TIMEOUT
    view = town(status(state, cause))
    assert value(view, "sharpeyes_camera_up", camera_id="c1") == up
    assert value(view, "sharpeyes_camera_video_ok", camera_id="c1") == video


def test_a_fault_names_its_cause_only_while_it_lasts() -> None:
    refused = town(status(State.UNKNOWN, Cause.CREDENTIALS_REFUSED))
    assert value(refused, "sharpeyes_camera_fault", camera_id="c1", reason="credentials_refused") == 1
    assert not [key for key in samples(town(status())) if key[0] == "sharpeyes_camera_fault"]


def test_a_picture_that_shows_too_little_is_told_and_no_colour_by_night_is_not() -> None:
    blank = Sight(NOW, unjudged=(Cause.PICTURE_MOVED, Cause.PICTURE_BLURRED, Cause.PICTURE_CAST))
    assert value(town(status(sight=blank)), "sharpeyes_camera_picture_unjudged", camera_id="c1") == 2
    night = town(status(sight=Sight(NOW, unjudged=(Cause.PICTURE_CAST,))))
    assert value(night, "sharpeyes_camera_picture_unjudged", camera_id="c1") is None


@pytest.mark.parametrize(
    ("sight", "learning", "suspected"),
    [
        (None, None, None),
        (Sight(NOW), None, None),
        (Sight(NOW, unlearnt=(Cause.PICTURE_MOVED,)), 1, None),
        (Sight(NOW, noticed=(Cause.PICTURE_FROZEN,)), None, 1),
        (Sight(NOW, noticed=(Cause.PICTURE_LOW_CONTRAST,)), None, None),
    ],
)
def test_learning_and_a_suspected_freeze_are_told_and_fog_is_not(
    sight: Sight | None, learning: int | None, suspected: int | None
) -> None:
    view = town(status(sight=sight))
    assert value(view, "sharpeyes_camera_picture_learning", camera_id="c1") == learning
    assert value(view, "sharpeyes_camera_picture_suspected", camera_id="c1") == suspected


def test_a_camera_under_maintenance_is_marked_and_others_are_not() -> None:
    view = town(status(in_maintenance=True), status(watched=camera("c2")))
    assert value(view, "sharpeyes_camera_maintenance", camera_id="c1") == 1
    assert value(view, "sharpeyes_camera_maintenance", camera_id="c2") is None


def test_the_inventory_stands_in_one_info_metric() -> None:
    assert (
        value(
            town(status()),
            "sharpeyes_camera_info",
            camera_id="c1",
            name="柳溪村口 1 号",
            county="安平县",
            town="清河镇",
            village="柳溪村",
            site="村口",
            carrier="中国移动",
            uplink="移动-柳溪-OLT1",
            in_contract="true",
        )
        == 1
    )


def test_a_camera_renamed_is_shown_with_its_new_name() -> None:
    own = metrics()
    before = status()
    body(town(before), own)
    after = replace(before, camera=replace(before.camera, name="新名"))
    names = {dict(labels)["name"] for name, labels in samples(town(after), own) if name == "sharpeyes_camera_info"}
    assert names == {"新名"}


def test_a_camera_never_probed_shows_no_probe_times() -> None:
    names = {name for name, _ in samples(town(status(State.UNKNOWN, last_result=None, last_good_at=None)))}
    assert "sharpeyes_camera_state_since_timestamp_seconds" in names
    assert not names & {
        "sharpeyes_camera_last_probe_timestamp_seconds",
        "sharpeyes_camera_last_success_timestamp_seconds",
        "sharpeyes_camera_probe_duration_seconds",
    }


def test_instants_are_unix_seconds() -> None:
    view = town(status())
    assert value(view, "sharpeyes_camera_last_probe_timestamp_seconds", camera_id="c1") == NOW.timestamp() - 20
    assert value(view, "sharpeyes_camera_state_since_timestamp_seconds", camera_id="c1") == NOW.timestamp() - 3600
    assert value(view, "sharpeyes_camera_probe_duration_seconds", camera_id="c1") == 0.312


def test_excluded_time_is_in_none_of_the_seconds() -> None:
    lifetime = Seconds(up=10 * HOUR, degraded=1 * HOUR, down=2 * HOUR, excluded=100 * HOUR, unobserved=4 * HOUR)
    view = town(status(lifetime=lifetime))
    assert value(view, "sharpeyes_camera_online_seconds_total", camera_id="c1") == 11 * 3600
    assert value(view, "sharpeyes_camera_observed_seconds_total", camera_id="c1") == 13 * 3600
    assert value(view, "sharpeyes_camera_scheduled_seconds_total", camera_id="c1") == 17 * 3600


def test_ten_years_of_time_are_still_written_to_the_millisecond() -> None:
    lifetime = Seconds(up=315_360_000_123_000)
    assert value(town(status(lifetime=lifetime)), "sharpeyes_camera_online_seconds_total", camera_id="c1") == (
        315_360_000.123
    )


def test_a_village_shows_all_four_states_even_when_nobody_is_in_them() -> None:
    view = town(groups=(group("village", "柳溪村", up=3),))
    shown = {state: value(view, "sharpeyes_cameras", village="柳溪村", state=state.value) for state in State}
    assert shown == {State.UP: 3, State.DEGRADED: 0, State.DOWN: 0, State.UNKNOWN: 0}


def test_the_month_to_date_is_shown_for_every_group() -> None:
    view = town(groups=(group(), group("carrier", "中国电信")))
    for scope, name in (("town", "清河镇"), ("carrier", "中国电信")):
        shown = {
            what: value(view, f"sharpeyes_sla_month_{what}", scope=scope, name=name)
            for what in (
                "online_seconds",
                "counted_seconds",
                "observed_seconds",
                "scheduled_seconds",
                "online_ratio",
                "intact_ratio",
                "coverage_ratio",
                "forecast_ratio",
                "best_case_ratio",
            )
        }
        assert list(shown.values()) == [92 * 3600, 100 * 3600, 100 * 3600, 104 * 3600, 0.92, 0.90, 0.963, 0.93, 0.97]


def test_what_is_still_to_come_of_the_month_is_shown_for_every_group_that_has_a_forecast() -> None:
    shown = samples(town(status()))
    for scope, name in (("town", "清河镇"), ("village", "柳溪村")):
        labels = (("name", name), ("scope", scope))
        assert shown["sharpeyes_sla_month_budget_seconds", labels] == 10 * 3600
        assert shown["sharpeyes_sla_month_budget_left_seconds", labels] == 2 * 3600
        assert shown["sharpeyes_sla_month_unrecoverable", labels] == 0
        assert shown["sharpeyes_sla_month_unrecoverable_cameras", labels] == 1


@pytest.mark.parametrize(("recoverable", "shown"), [(True, 0), (False, 1), (None, None)])
def test_whether_the_month_is_lost_is_a_flag_and_absent_where_nothing_counts(
    recoverable: bool | None, shown: int | None
) -> None:
    usual = group(up=1)
    assert usual.ahead is not None
    view = town(status(), groups=(replace(usual, ahead=replace(usual.ahead, recoverable=recoverable)),))
    assert value(view, "sharpeyes_sla_month_unrecoverable", name="清河镇", scope="town") == shown


def test_repairs_have_series_only_for_villages_with_cameras_down() -> None:
    own, view = metrics(), town(status())
    found = {key[0]: found for key, found in samples(view, own).items() if key[0].startswith("sharpeyes_repair_")}
    assert found == {
        "sharpeyes_repair_cameras": 1,
        "sharpeyes_repair_gain_seconds": 9 * 3600,
        "sharpeyes_repair_landing_ratio": 0.945,
    }
    assert value(view, "sharpeyes_repair_cameras", own, village="柳溪村") == 1
    mended = replace(view, trips=())
    assert not [key for key in samples(mended, own) if key[0].startswith("sharpeyes_repair_")]


def test_an_undefined_ratio_has_no_series() -> None:
    assert (
        value(town(groups=(group(online_ratio=None),)), "sharpeyes_sla_month_online_ratio", scope="town", name="清河镇")
        is None
    )


def test_the_terms_of_the_contract_are_shown() -> None:
    view = town()
    assert value(view, "sharpeyes_sla_target_ratio") == 0.95
    assert value(view, "sharpeyes_sla_min_coverage_ratio") == 0.96
    assert value(view, "sharpeyes_sla_month_start_timestamp_seconds") == view.terms.month_start_at.timestamp()
    assert value(view, "sharpeyes_sla_month_end_timestamp_seconds") == view.terms.month_end_at.timestamp()
    assert value(view, "sharpeyes_probe_interval_seconds") == 60


@given(st.text(min_size=1), st.text())
def test_any_name_survives_the_way_into_a_label(name: str, village: str) -> None:
    odd = camera("c1", name=name)
    odd = replace(odd, site=replace(odd.site, village=village))
    text = body(town(status(watched=odd), groups=())).decode()
    line = next(line for line in text.split("\n") if line.startswith("sharpeyes_camera_info{"))
    (family,) = text_string_to_metric_families(line + "\n")
    assert family.samples[0].labels["name"] == name
    assert family.samples[0].labels["village"] == village


def test_half_a_character_in_a_name_does_not_cost_the_scrape() -> None:
    assert b'name="?"' in body(town(status(watched=camera("c1", name="\ud800"))))


def test_every_cause_of_failure_is_there_before_it_happens() -> None:
    view = town()
    assert value(view, "sharpeyes_probes_total") == 0
    for cause in Cause:
        expected = None if cause is Cause.OK else 0
        assert value(view, "sharpeyes_probe_failures_total", cause=cause.value) == expected


def test_probes_are_counted_by_their_cause() -> None:
    own = metrics()
    own.probe_finished(result())
    own.probe_finished(result(cause=Cause.TCP_TIMEOUT, took=timedelta(seconds=5), received_bytes=0))
    view = town()
    assert value(view, "sharpeyes_probes_total", own) == 2
    assert value(view, "sharpeyes_probe_failures_total", own, cause="tcp_timeout") == 1
    assert value(view, "sharpeyes_probe_failures_total", own, cause="tcp_refused") == 0
    assert value(view, "sharpeyes_probe_received_bytes_total", own) == 40_000
    assert value(view, "sharpeyes_probe_duration_seconds_bucket", own, le="0.5") == 1
    assert value(view, "sharpeyes_probe_duration_seconds_sum", own) == pytest.approx(5.312)


def test_the_engine_can_tell_how_it_is() -> None:
    own = metrics()
    own.probe_late(timedelta(milliseconds=20))
    own.loop_lag(timedelta(milliseconds=2))
    own.probes_in_flight(7)
    own.cameras_overdue(4)
    own.ledger_write_failed()
    own.selfcheck_finished("gateway", ok=False)
    view = town()
    assert value(view, "sharpeyes_scheduler_lateness_seconds_bucket", own, le="0.05") == 1
    assert value(view, "sharpeyes_loop_lag_seconds_bucket", own, le="0.005") == 1
    assert value(view, "sharpeyes_probes_in_flight", own) == 7
    assert value(view, "sharpeyes_cameras_overdue", own) == 4
    assert value(view, "sharpeyes_ledger_write_errors_total", own) == 1
    assert value(view, "sharpeyes_selfcheck_up", own, check="gateway") == 0
    assert value(view, "sharpeyes_build_info", own, version="1.2.3") == 1
    assert value(view, "process_start_time_seconds", own) is not None


def test_the_load_at_the_start_counts_as_a_good_one() -> None:
    assert value(town(), "sharpeyes_config_last_reload_successful") == 1
    assert value(town(), "sharpeyes_config_last_reload_success_timestamp_seconds") == NOW.timestamp()


def test_a_failed_reload_keeps_the_time_of_the_last_good_one() -> None:
    own = metrics()
    own.reload_finished(ok=True, at=NOW + timedelta(hours=1))
    own.reload_finished(ok=False, at=NOW + timedelta(hours=2))
    view = town()
    assert value(view, "sharpeyes_config_last_reload_successful", own) == 0
    hour_later = (NOW + timedelta(hours=1)).timestamp()
    assert value(view, "sharpeyes_config_last_reload_success_timestamp_seconds", own) == hour_later


def test_two_monitors_in_one_process_do_not_share_figures() -> None:
    first, second = metrics(), metrics()
    first.ledger_write_failed()
    assert value(town(), "sharpeyes_ledger_write_errors_total", second) == 0


@pytest.mark.real
def test_promtool_finds_nothing_to_say() -> None:
    promtool = program("promtool")
    view = town(status(), status(State.DOWN, Cause.TCP_TIMEOUT, camera("c2"), in_maintenance=True))
    said = subprocess.run([promtool, "check", "metrics"], input=body(view), capture_output=True, check=False)
    assert (said.returncode, said.stdout, said.stderr) == (0, b"", b"")


def test_decoded_key_frames_are_counted_by_why_and_others_are_not() -> None:
    own = metrics()
    for look in (Look.SKIPPED, Look.DUE, Look.DUE, Look.SIZE):
        own.probe_finished(result(look=look))
    own.credentials_paused(3)
    view = town()
    assert value(view, "sharpeyes_decodes_total", own, reason="due") == 2
    assert value(view, "sharpeyes_decodes_total", own, reason="size") == 1
    assert value(view, "sharpeyes_decodes_total", own, reason="identical") == 0
    assert value(view, "sharpeyes_decodes_total", own, reason="skipped") is None
    assert value(view, "sharpeyes_credentials_paused", own) == 3

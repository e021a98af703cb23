"""The bench's reading and writing; what it measures is not tested here, and no time is asserted."""

from __future__ import annotations

import math
import os
import signal
import socket
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client import Histogram as ClientHistogram
from prometheus_client.parser import text_string_to_metric_families

from monitor.errors import SharpEyesError
from monitor.metrics.own import LATE_SECONDS
from monitor.model import State, Transition
from monitor.outages import outages
from monitor.simulator.town import build_town
from tests.addresses import BASE
from tests.bench import onvif, proc
from tests.bench.__main__ import DOCUMENT, TITLES, main
from tests.bench.children import pinned, python_module, running
from tests.bench.examining import cost_of_diagnosis
from tests.bench.exposition import contestants, some_statuses
from tests.bench.figures import LAST_PROBE, Moment, Scrape, Watch, checks, listed, town_table
from tests.bench.hostile import LAST_SUCCESS, Good, comparison, fared
from tests.bench.hostile import promises as hostile_promises
from tests.bench.machine import filesystem_of, machine, shared_cores, split_cores
from tests.bench.onvif import Cost
from tests.bench.onvif_asker import Asker
from tests.bench.record import DAYS, month_of_events
from tests.bench.samples import Histogram, bounded, of_metric, read_samples, total
from tests.bench.tables import Check, Findings, Table, with_section
from tests.bench.tenthousand import promises as crowd_promises

# ---------------------------------------------------------------- ONVIF


def test_a_round_over_onvif_is_compared_with_the_other_client_at_its_best() -> None:
    costs = {asker: Cost(0.004, 0.001, 5e7) for asker in Asker}
    costs |= {Asker.OURS: Cost(0.0004, 0.0001, 4e7), Asker.ZEEP_KEPT: Cost(0.0003, 0.0001, 9e7)}
    found = onvif.findings(costs)
    assert [(check.found, check.holds) for check in found.checks] == [
        ("0.50 ms", True),
        ("0.10", True),
        ("1.25", False),
    ]
    (table,) = found.tables
    assert [row[-2] for row in table.rows] == ["1.00", "10.00", "10.00", "10.00", "0.80", "10.00"]


# ---------------------------------------------------------------- /metrics

TEXT = """\
# HELP x_total Things.
# TYPE x_total counter
x_total{name="a b",kind="}"} 3
x_total{name="c"} 1.5
x_total_other 9
y 2e-05
"""


def test_samples_are_read_with_their_labels() -> None:
    samples = read_samples(TEXT)
    assert of_metric(samples, "x_total") == {'name="a b",kind="}"': 3, 'name="c"': 1.5}
    assert total(samples, "x_total") == 4.5
    assert of_metric(samples, "y") == {"": 2e-05}
    assert total(samples, "nothing") == 0


def histogram_of(seen: list[float]) -> Histogram:
    """As a client of Prometheus writes it and the bench reads it."""
    registry = CollectorRegistry()
    written = ClientHistogram("late_seconds", "Late.", buckets=LATE_SECONDS, registry=registry)
    for seconds in seen:
        written.observe(seconds)
    return Histogram.of(read_samples(generate_latest(registry).decode()), "late_seconds")


seconds_seen = st.lists(st.floats(0, 100), max_size=50)


@given(seconds_seen, seconds_seen.filter(bool), st.floats(0.01, 1))
def test_the_bucket_of_a_quantile_holds_the_quantile(before: list[float], seen: list[float], share: float) -> None:
    histogram = histogram_of(before + seen).since(histogram_of(before))
    assert histogram.count == len(seen)
    assert histogram.mean == pytest.approx(sum(seen) / len(seen), abs=1e-6)
    exact = sorted(seen)[max(0, math.ceil(share * len(seen)) - 1)]
    bounds = (*LATE_SECONDS, math.inf)
    assert histogram.at_most(share) == min(bound for bound in bounds if exact <= bound)
    assert histogram.most() == min(bound for bound in bounds if max(seen) <= bound)


def test_a_histogram_without_observations_has_no_quantiles() -> None:
    empty = histogram_of([])
    assert math.isnan(empty.mean)
    assert [bounded(empty.at_most(0.5)), bounded(empty.most())] == ["–", "–"]


def test_a_bound_is_told_as_a_bound() -> None:
    assert bounded(0.05) == "≤ 0.05 s"
    assert bounded(math.inf) == "beyond the last bucket"


# ---------------------------------------------------------------- /proc


def test_cpu_time_is_read_behind_a_name_that_holds_brackets_and_spaces() -> None:
    fields = ["S", *("0" for _ in range(10)), "250", "150", *("7" for _ in range(30))]
    assert proc.cpu_seconds(f"4711 (py) thon (3) {' '.join(fields)}") == 400 / proc.TICKS


def test_memory_is_read_in_bytes() -> None:
    status = "Name:\tpython\nVmPeak:\t  999 kB\nVmHWM:\t  2048 kB\nVmRSS:\t  1024 kB\n"
    assert proc.memory(status) == proc.Memory(now=1024 * 1024, peak=2048 * 1024)


def test_a_core_is_busy_while_it_neither_idles_nor_waits_for_a_disk() -> None:
    stat = "cpu  9 9 9 9 9 9 9 9 9 9\ncpu1 1 2 3 100 50 4 5 6 7 8\ncpu10 1 1 1 1 1 1 1 1 1 1\n"
    assert proc.core_time(stat, 1) == proc.CoreTime(busy=21 / proc.TICKS, total=171 / proc.TICKS)


def test_the_kernel_of_this_machine_writes_what_is_read() -> None:
    own = os.getpid()
    assert 0 < proc.loop_seconds_of(own) <= proc.cpu_seconds_of(own)
    assert 0 < proc.memory_of(own).now <= proc.memory_of(own).peak
    assert proc.core_time_of(os.sched_getaffinity(0)).total > 0


# ---------------------------------------------------------------- tables and their place


def test_the_cost_of_a_known_camera_is_held_against_its_promise() -> None:
    table, checks = cost_of_diagnosis([(320, 192)])
    assert [row[0] for row in table.rows] == ["320x192, its view", "320x192, another view"]
    medians = [float(row[2]) for row in table.rows]
    assert all(
        0 < least <= median for least, median in zip((float(row[3]) for row in table.rows), medians, strict=True)
    )
    for check, median in zip(checks, medians, strict=True):
        assert check.holds == (median <= 2) or median == 2  # as it is written: 2.00 may be a little more


def test_a_table_is_markdown_with_numbers_to_the_right() -> None:
    table = Table("Costs", ("work", "ms"), (("a|b", "1.5"),))
    assert table.markdown() == "**Costs**\n\n| work | ms |\n| :-- | --: |\n| a\\|b | 1.5 |\n"


def test_one_broken_promise_fails_a_section() -> None:
    kept, broken = (
        Check("on time", "≤ 1 s", "≤ 1 s", holds=True),
        Check("all ok", "ok", "ok 9, no_reply 1", holds=False),
    )
    assert Findings((), (kept,)).passed
    findings = Findings((Table("T", ("a",), ()),), (kept, broken))
    assert not findings.passed
    text = findings.markdown(["`make bench`"])
    assert text.startswith("- `make bench`\n\n**Verdict: FAIL**\n")
    assert "| on time | ≤ 1 s | ≤ 1 s | PASS |\n| all ok | ok | ok 9, no_reply 1 | FAIL |" in text
    assert text.index("Verdict") < text.index("**T**")


def test_a_section_is_renewed_and_all_else_stays() -> None:
    document = "# Bench\n<!-- bench:a -->\nold\n<!-- /bench:a -->\nbetween\n<!-- bench:b -->\n<!-- /bench:b -->\nend\n"
    once = with_section(document, "a", "new\n")
    assert once == document.replace("\nold\n", "\n\nnew\n\n")
    assert with_section(once, "a", "new") == once
    assert "between\n<!-- bench:b -->\n\nb's\n\n<!-- /bench:b -->\nend\n" in with_section(once, "b", "b's")


@pytest.mark.parametrize("document", ["", "<!-- bench:a -->", "<!-- /bench:a --><!-- bench:a -->"])
def test_a_document_without_the_markers_is_not_touched(document: str) -> None:
    with pytest.raises(SharpEyesError, match="<!-- bench:a -->"):
        with_section(document, "a", "text")


@pytest.mark.parametrize("name", TITLES)
def test_the_document_has_a_place_for_every_section(name: str) -> None:
    assert "renewed" in with_section(DOCUMENT.read_text("utf-8"), name, "renewed")


# ---------------------------------------------------------------- a town's figures


def exposition_of(probes: int, failed: int, observed: float, last_at: float) -> str:
    bound_lines = "".join(
        f'sharpeyes_{name}_seconds_bucket{{le="{bound}"}} {probes}\n'
        for name in ("scheduler_lateness", "loop_lag", "probe_duration")
        for bound in ("0.01", "1.0", "5.0", "+Inf")
    )
    sums = "".join(
        f"sharpeyes_{name}_seconds_sum 0.5\n" for name in ("scheduler_lateness", "loop_lag", "probe_duration")
    )
    return (
        f"sharpeyes_probes_total {probes}\n"
        f'sharpeyes_probe_failures_total{{cause="no_reply"}} {failed}\n'
        f'sharpeyes_probe_failures_total{{cause="no_media"}} 0\n'
        f"sharpeyes_probe_received_bytes_total {probes * 20_000}\n"
        f'sharpeyes_camera_observed_seconds_total{{camera_id="c1"}} {observed}\n'
        f'sharpeyes_camera_scheduled_seconds_total{{camera_id="c1"}} {observed}\n'
        f'{LAST_PROBE}{{camera_id="c1"}} {last_at}\n'
        f'{LAST_PROBE}{{camera_id="c2"}} {last_at + 5}\n'
        f"sharpeyes_exposition_render_seconds 0.004\n{bound_lines}{sums}"
    )


def moment(seconds: float, probes: int, failed: int = 0, last_at: float = 0.0) -> Moment:
    """``seconds`` after the first one; the monitor took a tenth of its core, and as much was taken by others."""
    samples = read_samples(exposition_of(probes, failed, seconds, last_at))
    scrape = Scrape(samples, at=1000 + seconds, took=0.01, size=4000, zipped=400)
    core = proc.CoreTime(busy=seconds * 0.2, total=seconds)
    return Moment(seconds, scrape, 5 + seconds * 0.1, 2 + seconds * 0.04, seconds * 0.01, core)


def watch(probes: int = 200, failed: int = 0, last_at: float = 1590.0) -> Watch:
    """Twenty cameras every minute for ten minutes."""
    first, last = moment(0, 20), moment(600, 20 + probes, failed, last_at)
    steady = tuple(proc.Memory(100_000_000, 110_000_000) for _ in range(601))
    return Watch(20, timedelta(minutes=1), first, last, steady, (first.scrape, last.scrape))


def broken(seen: Watch) -> set[str]:
    return {check.what for check in checks(seen) if not check.holds}


def test_a_town_that_is_watched_well_keeps_every_promise() -> None:
    seen = watch()
    assert not broken(seen)
    assert seen.cpu_per_probe == pytest.approx(60 / 200)
    assert seen.loop_share == pytest.approx(0.4)
    assert seen.other_load == pytest.approx(0.1)
    assert seen.coverage == 1
    assert seen.oldest_probe == 10


def test_probes_that_are_missing_break_a_promise() -> None:
    assert broken(watch(probes=198)) == set()
    assert broken(watch(probes=197)) == {"every camera is probed each interval"}


def test_one_camera_that_was_forgotten_breaks_a_promise_though_the_number_of_probes_is_right() -> None:
    assert broken(watch(last_at=1530)) == {"no camera waits for others"}


def test_one_result_that_is_not_ok_breaks_a_promise() -> None:
    seen = watch(failed=1)
    assert broken(seen) == {"every result is ok"}
    assert listed(seen.causes) == "ok 199, no_reply 1"


def test_memory_that_grows_between_the_first_and_the_last_minute_breaks_a_promise() -> None:
    growing = tuple(proc.Memory(100_000_000 + second * 10_000, 0) for second in range(601))
    seen = replace(watch(), memory=growing)
    assert broken(seen) == {"memory does not grow"}
    assert seen.growth == pytest.approx(0.054, abs=0.001)


def test_the_figures_of_a_town_are_told_with_their_units() -> None:
    rows = {row[0]: row[1] for row in town_table(watch()).rows}
    assert rows["probes"] == "200 (0.3 per second)"
    assert rows["CPU of the monitor"] == "10.0% of one core"
    assert rows["CPU per probe, all included"] == "300.00 ms"
    assert rows["received per probe"] == "20.0 kB"
    assert rows["lateness p50, p95, p99, most (buckets)"] == ", ".join(["≤ 0.01 s"] * 4)


def test_a_town_that_was_never_probed_has_figures_and_breaks_promises() -> None:
    seen = watch(probes=0)
    assert {"every camera is probed each interval", "every result is ok"} <= broken(seen)
    assert town_table(seen).rows


# ---------------------------------------------------------------- contestants and inputs


def test_every_contestant_writes_the_same_series() -> None:
    statuses = some_statuses(30)
    assert {status.state for status in statuses} == {State.UP, State.DEGRADED, State.DOWN}
    written = [
        {
            (sample.name, frozenset(sample.labels.items())): round(sample.value, 3)
            for family in text_string_to_metric_families(text().decode())
            for sample in family.samples
        }
        for _, text in contestants(statuses)
    ]
    assert len(written) == 3
    assert written[0] == written[1] == written[2]


def test_the_month_for_the_report_has_outages_that_do_not_overlap() -> None:
    town = build_town(30, 3)
    days = list(month_of_events(town.cameras))
    assert len(days) == DAYS + 1
    moves: dict[str, list[Transition]] = {}
    for event in (event for day in days for event in day):
        transition = getattr(event, "transition", None)
        if isinstance(transition, Transition):
            moves.setdefault(transition.camera_id, []).append(transition)
    assert moves.keys() == {camera.id for camera in town.cameras}
    for history in moves.values():
        found = list(outages(history))
        assert len(found) == 10
        assert all(one.end_at is not None and one.end_at < other.start_at for one, other in pairwise(found))


# ---------------------------------------------------------------- machine and children


def test_the_machine_is_told_without_its_name() -> None:
    assert "Python 3." in machine()
    assert os.uname().nodename not in machine()


def test_the_monitor_has_a_core_of_its_own_where_there_are_two() -> None:
    cores = split_cores()
    assert cores.shared == (len(os.sched_getaffinity(0)) == 1)
    assert len(cores.monitor) == 1
    assert cores.monitor | cores.others == os.sched_getaffinity(0)
    assert shared_cores().monitor == shared_cores().others == os.sched_getaffinity(0)


def test_the_file_system_of_a_folder_is_that_of_its_nearest_mount() -> None:
    assert filesystem_of(Path("/proc")) == "proc"


def test_children_run_on_their_core_and_end_with_the_block(tmp_path: Path) -> None:
    core = max(os.sched_getaffinity(0))
    before = os.sched_getaffinity(0)
    arguments = ("timeit", "-n1", "-r1", "import os, time; print(os.sched_getaffinity(0), flush=True); time.sleep(60)")
    with running("sleeper", python_module(*arguments), (core,), tmp_path / "log") as child:
        assert child.first_line(timedelta(seconds=30)) == str({core})
        assert child.memory().now > 0
        pid = child.pid
    assert not Path(f"/proc/{pid}").exists()
    assert os.sched_getaffinity(0) == before


def test_a_child_that_does_not_start_is_quoted(tmp_path: Path) -> None:
    with (
        running(
            "simulator", python_module("monitor.simulator", "--base", "10.0"), os.sched_getaffinity(0), tmp_path / "log"
        ) as child,
        pytest.raises(SharpEyesError, match=r"the simulator did not start; its last words:\n.*127"),
    ):
        child.first_line(timedelta(seconds=60))


def test_the_place_of_this_thread_is_given_back_after_a_fault() -> None:
    before = os.sched_getaffinity(0)
    with pytest.raises(ZeroDivisionError), pinned((min(before),)):
        _ = 1 / 0
    assert os.sched_getaffinity(0) == before


def test_addresses_that_are_taken_are_told_and_nothing_is_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server((f"{BASE}.1.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        arguments = ("town", "--cameras", "1", "--villages", "1", "--base", BASE, "--port", port)
        assert main((*arguments, "--folder", str(tmp_path))) == 2
    assert f"{BASE}.1.1" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------- ten thousand, hostile


def test_a_crowd_that_is_watched_well_keeps_every_promise() -> None:
    seen = watch()
    assert [check.what for check in crowd_promises(seen) if not check.holds] == []
    fat = replace(seen, memory=(proc.Memory(600_000_000, 0),) * 3)
    assert [check.what for check in crowd_promises(fat) if not check.holds] == ["memory stays small"]


def fared_text(last: dict[str, float], success: dict[str, float], blips: int) -> str:
    lines = [f'{LAST_PROBE}{{camera_id="{name}"}} {at}' for name, at in last.items()]
    lines += [f'{LAST_SUCCESS}{{camera_id="{name}"}} {at}' for name, at in success.items()]
    lines += [f'sharpeyes_camera_blips_total{{camera_id="{name}"}} {blips if name == "QX-2" else 0}' for name in last]
    lines += [f'sharpeyes_camera_state_changes_total{{camera_id="{name}"}} 1' for name in last]
    return "\n".join(lines)


def fared_watch(*moments: tuple[dict[str, float], dict[str, float], int]) -> Watch:
    scrapes = tuple(Scrape(read_samples(fared_text(*each)), 0, 0.01, 1, 1) for each in moments)
    seen = watch()
    return replace(
        seen,
        scrapes=scrapes,
        first=replace(seen.first, scrape=scrapes[0]),
        last=replace(seen.last, scrape=scrapes[-1]),
    )


def test_only_good_cameras_count_and_their_gaps_are_those_between_probes() -> None:
    seen = fared(
        fared_watch(
            ({"QX-1": 0, "QX-2": 1, "HX-1": 2}, {"QX-1": 0, "QX-2": 1}, 0),
            ({"QX-1": 0, "QX-2": 61, "HX-1": 99}, {"QX-1": 0, "QX-2": 61}, 0),
            ({"QX-1": 62, "QX-2": 61, "HX-1": 150}, {"QX-1": 62, "QX-2": 61}, 0),
        )
    )
    assert (seen.cameras, seen.unwell, list(seen.gaps)) == (2, 0, [60, 62])
    assert (seen.gap(0.5), seen.gap(0.99)) == (60, 62)


@pytest.mark.parametrize(("success", "blips"), [({"QX-1": 60, "QX-2": 0}, 0), ({"QX-1": 60, "QX-2": 60}, 1)])
def test_a_good_camera_that_failed_once_was_unwell(success: dict[str, float], blips: int) -> None:
    at_first, at_last = {"QX-1": 0.0, "QX-2": 0.0}, {"QX-1": 60.0, "QX-2": 60.0}
    seen = fared(fared_watch((at_first, at_first, 0), (at_last, success, blips)))
    assert seen.unwell == 1


def good(gaps: tuple[float, ...] = (60.0,), unwell: int = 0, megabytes: float = 100) -> Good:
    memory = (proc.Memory(int(megabytes * 1e6), 0),) * 3
    return Good(replace(watch(), memory=memory), 10, gaps, unwell)


def test_hostile_devices_that_nobody_feels_break_no_promise() -> None:
    assert all(check.holds for check in hostile_promises(good(), good(megabytes=599)))
    assert comparison(good(), good()).rows


@pytest.mark.parametrize(
    ("among", "promise"),
    [
        (good(unwell=1), "good cameras among hostile devices: the same"),
        (good(gaps=(60.6,)), "good cameras are asked as often and as punctually"),
        (good(megabytes=600), "memory stays bounded"),
    ],
)
def test_hostile_devices_that_are_felt_break_a_promise(among: Good, promise: str) -> None:
    assert [check.what for check in hostile_promises(good(), among) if not check.holds] == [promise]


def test_a_process_is_accounted_with_its_children(tmp_path: Path) -> None:
    script = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(1, flush=True); input()'])"
    arguments = ("timeit", "-n1", "-r1", script.replace("input()", "import time; time.sleep(60)"))
    with running("parent", python_module(*arguments), os.sched_getaffinity(0), tmp_path / "log") as child:
        child.first_line(timedelta(seconds=30))
        family = proc.tree_of(child.pid)
        assert (family[0], len(family)) == (child.pid, 2)
        assert child.memory().now > proc.memory_of(family[1]).now > 0
        os.kill(family[1], signal.SIGKILL)

"""Whether what Alertmanager sends finds somebody: its file against the receivers of the settings."""

from __future__ import annotations

import pytest

from monitor.settings import faults_of_links, faults_of_routes
from monitor.settings.routes import OUR_END
from tests.test_prometheus_rules import ALERTMANAGER as SHIPPED
from tests.test_prometheus_rules import rules, with_a_channel

RELAY, GATEWAY = "http://monitor:9105/api/alertmanager", "https://sms.example.org/alertmanager"
EVERYBODY = ("vendor-on-call", "office", "tickets")


ADDRESSES = {"/run/secrets/relay": RELAY, "/run/secrets/sms": GATEWAY}


def said(text: str, known: tuple[str, ...] | None = EVERYBODY) -> list[tuple[int, str, str]]:
    faults = faults_of_routes(text.encode(), "a.yml", known, lambda name: ADDRESSES.get(name, ""))
    return [(fault.line, fault.where, fault.what) for fault in faults]


def test_as_shipped_the_one_thing_missing_is_a_channel_past_the_relay() -> None:
    ((line, where, what),) = said(SHIPPED.read_text("utf-8"))
    assert SHIPPED.read_text("utf-8").splitlines()[line - 1].strip() == "- name: past-the-relay"
    assert where == "receivers.past-the-relay"
    assert "nobody hears that the monitor is down" in what


def test_each_of_the_shipped_examples_is_a_channel() -> None:
    for kind in ("email", "webhook"):
        assert said(with_a_channel(kind)) == []


def test_an_empty_list_of_channels_is_none() -> None:
    text = "route: {receiver: past-the-relay}\nreceivers:\n  - name: past-the-relay\n    email_configs: []\n"
    ((line, where, what),) = said(text)
    assert (line, where) == (3, "receivers.past-the-relay")
    assert what.startswith("has no channel")


def past_the_relay(*urls: str) -> str:
    hooks = "".join(f"      - url: {url}\n" for url in urls)
    return f"route: {{receiver: past-the-relay}}\nreceivers:\n  - name: past-the-relay\n    webhook_configs:\n{hooks}"


def test_the_relay_is_no_way_past_itself() -> None:
    ((line, where, what),) = said(past_the_relay(RELAY), (*EVERYBODY, "past-the-relay"))
    assert (line, where) == (3, "receivers.past-the-relay")
    assert what.startswith("calls only the relay")
    assert said(past_the_relay(RELAY, GATEWAY), (*EVERYBODY, "past-the-relay")) == []
    assert said(past_the_relay(GATEWAY)) == []


@pytest.mark.parametrize(("name", "fine"), [("relay", False), ("sms", True), ("on-another-machine", True)])
def test_an_address_in_a_file_is_looked_at_where_it_can_be_read(name: str, fine: bool) -> None:
    text = past_the_relay(GATEWAY).replace(f"url: {GATEWAY}", f"url_file: /run/secrets/{name}")
    assert [what.partition(":")[0] for *_, what in said(text, (*EVERYBODY, "past-the-relay"))] == (
        [] if fine else ["calls only the relay, which is a part of the monitor"]
    )


@pytest.mark.parametrize(
    ("url", "fine"),
    [(RELAY, False), (GATEWAY, True)],
)
def test_what_is_merged_into_a_receiver_or_its_channel_belongs_to_it(url: str, fine: bool) -> None:
    text = (
        f"hook: &hook {{url: '{url}'}}\n"
        "usual: &usual {webhook_configs: [{<<: *hook, send_resolved: true}]}\n"
        "way: &way {receiver: past-the-relay}\n"
        "route: {receiver: a, routes: [{<<: [*way], group_wait: 0s}]}\n"
        "receivers:\n  - <<: [*usual, {webhook_configs: []}]\n    name: past-the-relay\n"
    )
    known = (*EVERYBODY, "past-the-relay")
    assert [line for line, *_ in said(text, known)] == ([] if fine else [6])


def test_a_key_of_its_own_goes_before_one_that_is_merged() -> None:
    text = f"a: &a {{url: '{GATEWAY}'}}\n" + past_the_relay(RELAY).replace(
        f"url: {RELAY}", f"{{<<: *a, url: '{RELAY}'}}"
    )
    assert len(said(text, (*EVERYBODY, "past-the-relay"))) == 1


def test_mappings_that_merge_themselves_are_looked_at_once() -> None:
    bomb = "a0: &a0 {<<: *a0}\n" + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 60))
    assert len(said(bomb + "receivers: [{<<: *a59, name: past-the-relay}]\n")) == 2


def test_a_way_past_the_relay_to_which_no_route_leads_is_told() -> None:
    text = with_a_channel("email").replace("      receiver: past-the-relay\n", "      receiver: tickets\n")
    ((_, where, what),) = said(text)
    assert where == "receivers.past-the-relay"
    assert what.startswith("no route brings it SharpEyesMonitorDown")


def test_a_receiver_without_a_channel_to_which_a_route_leads_is_told() -> None:
    text = with_a_channel("email").replace("工单\n    webhook_configs: [*relay]\n", "工单\n")
    ((line, where, what),) = said(text)
    assert text.splitlines()[line - 1].strip().startswith("- name: tickets")
    assert (where, what.partition(":")[0]) == ("receivers.tickets", "has no channel")
    assert said(text.replace("receiver: tickets", "receiver: office")) == []


@pytest.mark.parametrize("name", ["vendor-on-call", "office", "tickets"])
def test_a_receiver_that_the_watchdog_does_not_call_hears_no_end_of_what_was_muted(name: str) -> None:
    lines = with_a_channel("email").splitlines()
    text = "\n".join(line for line in lines if not line.strip().startswith(f"- {{receiver: {name}, "))
    ((_, where, what),) = said(text)
    assert where == f"receivers.{name}"
    assert what.startswith("no route brings it SharpEyesWatchdog")


def test_no_call_of_the_relay_is_fine_where_the_settings_let_nobody_call_it() -> None:
    found = said(with_a_channel("email"), None)
    assert [where for _, where, _ in found] == [
        f"receivers.{name}" for name in ("vendor-on-call", "office", "tickets", "heartbeat")
    ]
    assert all("alerts.path of the settings is not alertmanager" in what for *_, what in found)
    assert said(past_the_relay(GATEWAY), None) == []


def test_a_question_mark_does_not_make_another_address_of_the_relay() -> None:
    assert len(said(past_the_relay(f"{RELAY}?x=1"), (*EVERYBODY, "past-the-relay"))) == 1


@pytest.mark.parametrize(
    ("route", "heard"),
    [
        ("matchers: [alertname = SharpEyesMonitorDown]", True),
        ("matchers: [alertname = Nothing]", False),
        ("matchers: ['alertname =~ \"Sharp.*Down|Other\"', severity != info]", True),
        ("matchers: ['alertname =~ \"Sharp|Other\"']", False),  # the whole name is asked
        ("matchers: ['alertname !~ \".*Down\"']", False),
        ("matchers: ['{alertname = \"SharpEyesMonitorDown\", subject=monitor}']", True),
        ("matchers: ['{alertname = \"SharpEyesMonitorDown\", subject=camera}']", False),
        ("matchers: ['county = \"\"']", True),  # a label that is not there is empty
        ("matchers: ['alertname =~ \"(\"']", False),
        ("matchers: [alertname]", False),
        ("matchers: []", True),
        ("match: {alertname: SharpEyesMonitorDown}", True),
        ("match: {alertname: Nothing}", False),
        ("match_re: {alertname: 'Sharp.+'}", True),
        ("active_time_intervals: [day]", False),
        ("mute_time_intervals: [night]", False),
        ("routes: [{receiver: a}]", False),  # that one speaks instead
        ("routes: [{matchers: [alertname = Nothing], receiver: a}]", True),
        ("routes: [{matchers: [severity = critical]}]", True),  # the receiver of the route above
    ],
)
def test_the_alert_on_the_monitor_itself_must_get_past_the_relay(route: str, heard: bool) -> None:
    text = (
        f"route: {{receiver: a, routes: [{{receiver: past-the-relay, {route}}}]}}\n"
        "receivers: [{name: a, email_configs: [{}]}, {name: past-the-relay, email_configs: [{}]}]\n"
    )
    assert [what[:8] for *_, what in said(text)] == ([] if heard else ["no route"])


@pytest.mark.parametrize(("goes_on", "heard"), [("", False), (", continue: true", True), (", continue: false", False)])
def test_a_route_before_it_that_does_not_go_on_keeps_the_alert(goes_on: str, heard: bool) -> None:
    text = (
        "route:\n  receiver: a\n  routes:\n"
        f"    - {{receiver: a, matchers: [severity = critical]{goes_on}}}\n    - {{receiver: past-the-relay}}\n"
        "receivers: [{name: a, email_configs: [{}]}, {name: past-the-relay, email_configs: [{}]}]\n"
    )
    assert bool(said(text)) is not heard


def test_the_alert_that_is_asked_for_is_the_one_of_the_rules() -> None:
    (rule,) = [rule for rule in rules() if rule.get("alert") == OUR_END["alertname"]]
    assert rule["labels"].items() <= OUR_END.items()
    assert f'job="{OUR_END["job"]}"' in rule["expr"]


@pytest.mark.parametrize(("end", "faults"), [("", 0), (", routes: [*a0]", 1)])
def test_routes_that_name_each_other_or_themselves_are_looked_at_once(end: str, faults: int) -> None:
    bomb = "".join(f"a{n}: &a{n} {{routes: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 60))
    text = f"a0: &a0 {{receiver: past-the-relay{end}}}\n" + bomb + "route: *a59\n"
    assert len(said(text + "receivers:\n  - {name: past-the-relay, email_configs: [{to: a}]}\n")) == faults


def test_a_file_without_the_receiver_is_told() -> None:
    assert [what for *_, what in said("receivers: [{name: a}]")] == [
        "no receiver is named past-the-relay: nobody hears that the monitor is down"
    ]
    for text in ("", "[1, 2]", "receivers: 3", "receivers: [3]"):
        assert said(text)


def test_a_receiver_that_the_settings_do_not_know_is_told_at_its_line() -> None:
    ((line, where, what),) = said(with_a_channel("email"), ("vendor-on-call", "tickets"))
    assert SHIPPED.read_text("utf-8").splitlines()[line - 1].strip().startswith("- name: office")
    assert where == "receivers.office"
    assert "alerts.receivers" in what


def test_what_is_no_yaml_is_told_at_its_line() -> None:
    ((line, where, what),) = said("receivers:\n  - {name: [\n")
    assert (line > 1, where) == (True, "file")
    assert "amtool" in what


def test_aliases_of_aliases_cost_nothing() -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    assert len(said(bomb + "receivers: *a59\n")) == 1


@pytest.mark.parametrize("place", ["route: {receiver: *a59}", "receivers: [{name: *a59}]", "? *a59\n: 1"])
def test_a_bomb_where_a_plain_value_belongs_is_not_written_out(place: str) -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    assert said(bomb + place)
    assert faults_of_links(f"{bomb}global: {{external_labels: {{console: *a59}}}}".encode(), "p.yml", "http://h")


def test_nesting_without_end_is_a_fault_and_no_crash() -> None:
    for text in ("[" * 100_000, "{a: " * 100_000, "\n".join(" " * n + "a:" for n in range(200))):
        ((_, where, what),) = said(text)
        assert (where, what) == ("file", "is nested more than 12 levels deep")
        (fault,) = faults_of_links(text.encode(), "p.yml", "http://h")
        assert fault.what == what


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("http://10.0.0.5:9105", None),
        ("http://10.0.0.5:9105/", None),
        ("http://127.0.0.1:9105", 4),
    ],
)
def test_the_links_of_alerts_begin_as_those_of_messages(written: str, line: int | None) -> None:
    text = f"global:\n  external_labels:\n    grafana: http://g\n    console: {written}\n"
    faults = faults_of_links(text.encode(), "p.yml", "http://10.0.0.5:9105")
    assert [(fault.line, fault.where) for fault in faults] == [(line, "global.external_labels.console")] * (
        line is not None
    )


def test_where_prometheus_does_not_know_the_console_it_is_told_where_it_would_stand() -> None:
    for text, line in (("", 0), ("global: {scrape_interval: 30s}\n", 1), ("global:\n  external_labels: {a: b}\n", 2)):
        (fault,) = faults_of_links(text.encode(), "p.yml", "http://10.0.0.5:9105")
        assert fault.line == line
    (fault,) = faults_of_links(b"global: [", "p.yml", "http://10.0.0.5:9105")
    assert fault.what == "not YAML: run promtool check config"


def test_without_a_link_nothing_is_compared_and_the_file_is_read_all_the_same() -> None:
    assert faults_of_links(b"global: {external_labels: {console: a}}", "p.yml", "") == []
    assert len(faults_of_links(b"global: [", "p.yml", "")) == 1

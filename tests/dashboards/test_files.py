"""The committed files are what the code writes; Grafana's own types take them; they fit the metrics and each other."""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard
from prometheus_client.parser import text_string_to_metric_families

from dashboards import words
from dashboards.__main__ import files, main
from dashboards.boards import BOARDS
from dashboards.grafana import CONSOLE_AT
from dashboards.model import WIDTH, Panel, Row
from dashboards.preview.reading import read
from monitor.console import make_app
from monitor.metrics import Metrics
from monitor.relay.counter import REASONS
from tests.console.fakes import FakeSource
from tests.dashboards.boards import CHINESE, ENGLISH, FILES, FOLDER, expressions, labels_in, loaded, metrics_in, name_of
from tests.dashboards.town import past_town, probed
from tests.metrics.town import NOW, DrivenClock, status, town
from tests.test_prometheus_rules import rules

ROOT = FOLDER.parent
UIDS = {"sharpeyes-overview", "sharpeyes-area", "sharpeyes-camera", "sharpeyes-sla", "sharpeyes-monitor"} | {
    "sharpeyes-alerts"
}
OF_PROMETHEUS = {"up", "scrape_duration_seconds", "ALERTS", "ALERTS_FOR_STATE"}
OF_ALERTMANAGER = {"alertmanager_notifications_failed_total"}
LABELS_OF_PROMETHEUS = {"job", "alertname", "alertstate", "severity", "le"}
MADE_IN_A_QUERY = {"hour"}
WALL_ROWS = 26  # what a screen of 1080 lines shows in kiosk mode

every_file = pytest.mark.parametrize("path", FILES, ids=name_of)


@cache
def exposed() -> dict[str, set[str]]:
    """Every sample name the monitor shows for the demonstration's town, with its labels."""
    own = Metrics("1", DrivenClock())
    view = past_town(NOW, 36).view(NOW)
    probed(own, view)
    families = text_string_to_metric_families(b"".join(own.exposition(view)).decode())
    return {sample.name: set(sample.labels) for family in families for sample in family.samples}


# ---------------------------------------------------------------- files


def test_the_files_are_what_the_code_writes(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 0
    written = {path.relative_to(tmp_path): path.read_text("utf-8") for path in tmp_path.rglob("*.json")}
    committed = {path.relative_to(FOLDER): path.read_text("utf-8") for path in FOLDER.rglob("*.json")}
    assert written == committed, "run `make dashboards`"


def test_the_zone_is_the_one_that_was_asked_for() -> None:
    for text in files("Asia/Urumqi").values():
        assert json.loads(text)["timezone"] == "Asia/Urumqi"


@every_file
def test_no_address_stands_in_a_file_and_the_monitor_says_where_the_console_is(path: Path) -> None:
    assert "://" not in path.read_text("utf-8")
    (console,) = [each for each in loaded(path)["templating"]["list"] if each["name"] == "console"]
    assert console["query"]["query"] == "label_values(sharpeyes_console_info, url)"
    assert "url" in exposed()["sharpeyes_console_info"]


@every_file
def test_the_types_of_the_sdk_know_every_key_of_a_file(path: Path) -> None:
    plugins.register_default_plugins()
    board = loaded(path)
    again = json.loads(json.dumps(Dashboard.from_json(board), cls=JSONEncoder))
    assert again == board


def test_a_key_that_grafana_does_not_know_is_noticed() -> None:
    plugins.register_default_plugins()
    board = loaded(FILES[0])
    board["panels"][0]["titel"] = "x"
    assert json.loads(json.dumps(Dashboard.from_json(board), cls=JSONEncoder)) != board


def test_there_are_six_boards_in_each_language_and_no_two_share_uid_or_title() -> None:
    boards = [loaded(path) for path in FILES]
    assert {board["uid"] for board in boards} == UIDS | {f"{uid}-en" for uid in UIDS}
    assert len({board["title"] for board in boards}) == len(boards) == 12


@pytest.mark.parametrize(("zh", "en"), list(zip(CHINESE, ENGLISH, strict=True)), ids=lambda path: path.stem)
def test_both_languages_ask_the_same_and_lie_at_the_same_place(zh: Path, en: Path) -> None:
    ours, theirs = read(zh), read(en)
    assert expressions(ours) == expressions(theirs)
    assert [(p.x, p.y, p.width, p.height, p.type) for p in ours.panels] == [
        (p.x, p.y, p.width, p.height, p.type) for p in theirs.panels
    ]
    for panel, other in zip(ours.panels, theirs.panels, strict=True):
        assert re.search(r"[\u4e00-\u9fff]", panel.title), panel.title
        assert re.search(r"[\u4e00-\u9fff]", panel.description), panel.title
        assert not re.search(r"[\u4e00-\u9fff]", other.title + other.description), other.title
    assert not re.search(r"[\u4e00-\u9fff]", en.read_text("utf-8"))


# ---------------------------------------------------------------- the grid


@every_file
def test_panels_do_not_overlap_and_leave_no_gap(path: Path) -> None:
    cells = [{(x, y) for x in range(p.x, p.x + p.width) for y in range(p.y, p.y + p.height)} for p in read(path).panels]
    assert not any(one & other for one, other in combinations(cells, 2))
    covered = set().union(*cells)
    assert len(covered) == WIDTH * (max(y for _, y in covered) + 1)
    assert max(x for x, _ in covered) == WIDTH - 1


def test_the_wall_fits_one_screen() -> None:
    assert sum(row.height for row in BOARDS[0].rows) <= WALL_ROWS


def test_a_row_that_is_not_full_is_refused() -> None:
    panel: Panel = BOARDS[0].rows[0].panels[0]
    with pytest.raises(ValueError, match="not 24 columns"):
        Row(3, (panel,))


# ---------------------------------------------------------------- metrics and labels


@every_file
def test_every_metric_and_every_label_a_board_asks_for_exists(path: Path) -> None:
    shown = exposed()
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    asked = {name for expr in expressions(read(path)) for name in metrics_in(expr)}
    assert len(asked) > 5
    assert asked <= set(shown) | recorded | OF_PROMETHEUS | OF_ALERTMANAGER, asked - set(shown) - recorded
    labels = {name for expr in expressions(read(path)) for name in labels_in(expr)}
    known = set().union(*shown.values()) | LABELS_OF_PROMETHEUS | MADE_IN_A_QUERY
    assert labels <= known, labels - known


def test_the_names_in_an_expression_are_found() -> None:
    expr = 'sum by (le) (rate(a_total{b="c d",e!~"f"}[5m])) / on (g) max(x:y:z) and bool_metric offset 1d > bool 3'
    assert metrics_in(expr) == {"a_total", "x:y:z", "bool_metric"}
    assert labels_in(expr) == {"le", "b", "e", "g"}


def test_every_reason_to_look_at_a_picture_has_its_word() -> None:
    own = Metrics("1", DrivenClock())
    text = b"".join(own.exposition(town(status()))).decode()
    counted = set(re.findall(r'^sharpeyes_decodes_total\{reason="(\w+)"', text, re.MULTILINE))
    assert counted
    assert counted <= set(words.LOOKS)


def test_every_reason_of_a_message_that_failed_has_its_word() -> None:
    assert set(words.UNDELIVERED) == set(REASONS)


# ---------------------------------------------------------------- links


def links(found: Any) -> set[str]:
    """Every address in a file."""
    match found:
        case dict():
            own = {found["url"]} if found.get("url") else set()
            return own.union(*map(links, found.values()))
        case list():
            return set().union(*map(links, found))
        case _:
            return set()


@every_file
def test_every_link_leads_to_a_board_of_its_language_or_a_page_of_the_console(path: Path) -> None:
    boards = {loaded(each)["uid"]: each for each in FILES if each.parent == path.parent}
    routes = {route.resource.canonical for route in make_app(FakeSource()).router.routes() if route.resource}
    language = path.parent.name
    assert links(loaded(path))
    for url in links(loaded(path)):
        address, _, query = url.partition("?")
        if address.startswith(CONSOLE_AT):
            assert address.removeprefix(CONSOLE_AT).replace("${__value.raw}", "{name}") in routes, url
            assert query == f"lang={language}"
            continue
        assert address.removeprefix("/d/") in boards, url
        variables = {variable.name for variable in read(boards[address.removeprefix("/d/")]).variables}
        assert set(re.findall(r"var-(\w+)=", query)) <= variables, url


@every_file
def test_a_click_on_a_village_goes_to_that_of_its_town_wherever_the_table_knows_the_town(path: Path) -> None:
    for panel in loaded(path)["panels"]:
        for change in panel.get("transformations", ()):
            if change["id"] == "filterFieldsByName":
                columns = set(change["options"]["include"]["names"])
                for url in links(panel):
                    if "var-village=" in url:
                        assert ("var-town=${__data.fields.town}" in url) is ("town" in columns), panel["title"]


def test_a_link_of_an_alert_leads_to_a_board_that_has_the_choices_it_names() -> None:
    boards = {loaded(path)["uid"]: path for path in CHINESE}
    shown = [rule["annotations"]["dashboard_url"] for rule in rules() if "alert" in rule]
    assert len(shown) > 20
    for url in shown:
        path, _, query = url.rpartition("/d/")[2].partition("?")
        chosen = {variable.name for variable in read(boards[path]).variables}
        assert set(re.findall(r"var-(\w+)=", query)) <= chosen, url


def test_reports_can_be_reached_from_the_contracts_board_and_from_every_menu() -> None:
    for path in FILES:
        board = loaded(path)
        assert f"{CONSOLE_AT}/reports?lang={path.parent.name}" in {link.get("url") for link in board["links"]}
        if path.stem == "sharpeyes-sla":
            assert any("/reports?" in url for panel in board["panels"] for url in links(panel))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_panel_asks_one_thing_twice(path: Path) -> None:
    for panel in read(path).panels:
        asked = [target.expr for target in panel.targets]
        assert len(set(asked)) == len(asked), panel.title


@every_file
def test_a_label_a_link_passes_on_is_in_the_answers_of_its_panel(path: Path) -> None:
    for panel in read(path).panels:
        for url in links(panel.defaults):
            for label in re.findall(r"__field\.labels\.(\w+)", url):
                assert all(f"{{{{{label}}}}}" in target.legend or "max(" in target.expr for target in panel.targets)


def test_the_wall_calls_the_monitor_good_only_where_it_probes_and_can_write() -> None:
    (wall,) = [read(path) for path in ENGLISH if path.stem == "sharpeyes-overview"]
    (panel,) = [panel for panel in wall.panels if panel.title == "The monitor"]
    exprs = {target.legend: target.expr for target in panel.targets}
    for alert in ("ResultsStale", "LedgerFailing", "OutboxFailing"):
        assert f"SharpEyes{alert}" in {rule.get("alert") for rule in rules()}
        assert alert in exprs["stalled or failing"]
        assert alert in exprs["running"].partition("unless")[2]


def test_a_link_to_a_village_names_its_town() -> None:
    for path in FILES:
        for url in {url for panel in read(path).panels for url in links(panel.defaults)}:
            assert "labels.village" not in url or "var-town=${__field.labels.town}" in url, url


def test_every_board_can_be_reached_from_the_overview_in_each_language() -> None:
    for language in (CHINESE, ENGLISH):
        (tag,) = {tag for path in language for tag in loaded(path)["tags"]}
        for path in language:
            (dropdown,) = [link for link in loaded(path)["links"] if link["type"] == "dashboards"]
            assert dropdown["tags"] == [tag]
            assert dropdown["includeVars"] is dropdown["keepTime"] is True  # the village and the range stay chosen


# ---------------------------------------------------------------- provisioning


def provisioned(kind: str) -> Any:
    return yaml.safe_load((ROOT / "config" / "grafana" / "provisioning" / kind / "sharp-eyes.yml").read_text("utf-8"))


def test_grafana_finds_the_boards_where_compose_puts_them() -> None:
    grafana = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]["grafana"]
    mounts = dict(volume.split(":")[:2] for volume in grafana["volumes"])
    places = {target: source for source, target in mounts.items()}
    for provider in provisioned("dashboards")["providers"]:
        folder = ROOT / places[provider["options"]["path"]]
        assert set(folder.glob("*.json")) == set(CHINESE if folder.name == "zh" else ENGLISH)
    home = Path(grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert (ROOT / places[str(home.parent)] / home.name).is_file()
    assert grafana["environment"]["GF_USERS_DEFAULT_LANGUAGE"] == "zh-Hans"


def test_the_data_sources_have_fixed_names_and_the_scrape_interval() -> None:
    sources = {source["uid"]: source for source in provisioned("datasources")["datasources"]}
    assert set(sources) == {"sharpeyes-prometheus", "sharpeyes-alertmanager"}
    scrape = yaml.safe_load((ROOT / "config" / "prometheus" / "prometheus.yml").read_text("utf-8"))["global"]
    assert sources["sharpeyes-prometheus"]["jsonData"]["timeInterval"] == scrape["scrape_interval"]

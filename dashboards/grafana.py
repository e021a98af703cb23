"""A board as Grafana's JSON, built with the types of grafana-foundation-sdk, in one language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.builders import prometheus
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as sdk
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from dashboards.looks import Drawn, drawn
from dashboards.model import Bars, Board, Choice, Colour, Link, Panel, Query, Stat, Table
from monitor.language import Language, Phrase

SOURCE = sdk.DataSourceRef(type_val="prometheus", uid="${datasource}")
NEVER = "—"
CONSOLE_AT = "${console:raw}"  # an address goes into a link as it stands
DATA_SOURCE = Phrase("数据源", "Data source")
BOARDS = Phrase("其他看板", "Other dashboards")
CONSOLE = Phrase("控制台", "Console")
INCIDENTS = Phrase("事件与盲区", "Incidents and blind spots")
REPORTS = Phrase("考核报告", "Reports")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the boards are shown: the contract's zone and the language."""

    language: Language
    zone: str

    def uid(self, board: str) -> str:
        """The uid of a board in this language."""
        return board if self.language is Language.ZH else f"{board}-{self.language.value}"

    @property
    def tag(self) -> str:
        """What all boards of this language carry."""
        return self.uid("sharpeyes")

    def url(self, link: Link) -> str:
        """The address a link leads to."""
        name, _, rest = link.path.partition("?")
        if name.startswith("$console"):
            return f"{name.replace('$console', CONSOLE_AT)}?lang={self.language.value}"
        return f"/d/{self.uid(name)}" + (f"?{rest}" if rest else "")


def to_json(board: Board, place: Place) -> str:
    """The file Grafana loads; the same for the same board."""
    return json.dumps(_built(board, place).build(), cls=JSONEncoder, ensure_ascii=False, indent=2) + "\n"


def _built(board: Board, place: Place) -> build.Dashboard:
    language = place.language
    made = (
        build.Dashboard(board.title[language])
        .uid(place.uid(board.uid))
        .description(board.description[language])
        .tags([place.tag])
        .timezone(place.zone)
        .time(board.since, "now")
        .refresh("1m")
        .tooltip(sdk.DashboardCursorSync.CROSSHAIR)
        .readonly()
        .with_variable(_source(language))
        .with_variable(_console())
    )
    for choice in board.choices:
        made.with_variable(_choice(choice, language))
    for link in _links(place):
        made.link(link)
    for number, (panel, position) in enumerate(_positions(board), 1):
        made.with_panel(_panel(panel, number, position, place))
    return made


def _positions(board: Board) -> Iterator[tuple[Panel, sdk.GridPos]]:
    y = 0
    for row in board.rows:
        x = 0
        for panel in row.panels:
            yield panel, sdk.GridPos(h=row.height, w=panel.width, x=x, y=y)
            x += panel.width
        y += row.height


def _source(language: Language) -> build.DatasourceVariable:
    return build.DatasourceVariable("datasource").label(DATA_SOURCE[language]).type("prometheus")


def _console() -> build.QueryVariable:
    """Where the console is: the monitor says it, so that no file has to be written anew for it."""
    return (
        build.QueryVariable("console")
        .label("console")
        .hide(sdk.VariableHide.HIDE_VARIABLE)
        .datasource(SOURCE)
        .query({"query": "label_values(sharpeyes_console_info, url)", "refId": "console"})
        .refresh(sdk.VariableRefresh.ON_TIME_RANGE_CHANGED)
    )


def _choice(choice: Choice, language: Language) -> build.QueryVariable:
    made = (
        build.QueryVariable(choice.name)
        .label(choice.label[language])
        .datasource(SOURCE)
        .query({"query": choice.query, "refId": choice.name})
        .refresh(sdk.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(sdk.VariableSort.NATURAL_ASC)
        .regex(choice.pattern)
    )
    if choice.several:
        everything = sdk.VariableOption(selected=True, text=["All"], value=["$__all"])
        # No text for "all": Grafana then asks for the names that the choices before it left.
        made.multi(True).include_all(True).current(everything)
    return made


def _links(place: Place) -> Iterator[build.DashboardLink]:
    language = place.language
    yield (
        build.DashboardLink(BOARDS[language])
        .type(sdk.DashboardLinkType.DASHBOARDS)
        .tags([place.tag])
        .as_dropdown(True)
        .include_vars(True)  # the village and the range that were chosen go along
        .keep_time(True)
        .icon("external link")
    )
    for title, path in ((CONSOLE, "/"), (INCIDENTS, "/incidents"), (REPORTS, "/reports")):
        yield (
            build.DashboardLink(title[language])
            .type(sdk.DashboardLinkType.LINK)
            .url(f"{CONSOLE_AT}{path}?lang={language.value}")
            .icon("doc")
            .target_blank(True)
        )


# ---------------------------------------------------------------- panels


def _panel(panel: Panel, number: int, position: sdk.GridPos, place: Place) -> Builder[sdk.Panel]:
    language = place.language
    made: Drawn = drawn(panel, lambda link: _data_link(link, place), language)
    made.id(number)
    made.title(panel.title[language])
    made.description(panel.description[language])
    made.datasource(SOURCE)
    made.grid_pos(position)
    made.unit(panel.unit.id[language])
    made.no_value(panel.nothing[language] if panel.nothing else NEVER)
    if panel.unit.decimals is not None:
        made.decimals(panel.unit.decimals)
    if panel.link and not isinstance(panel.look, Table):
        made.data_links([_data_link(panel.link, place)])
    if panel.last:
        made.time_from(panel.last)
    if panel.step:
        made.interval(panel.step)
    for ref, query in zip(refs(), panel.queries, strict=False):
        made.with_target(_query(query, ref, panel, language))
        if query.colour:
            colour = {"mode": "fixed", "fixedColor": query.colour.value}
            made.override_by_query(ref, _fixed(query.colour, colour))
    return made


def refs() -> Iterator[str]:
    """A, B, C ..."""
    return iter("ABCDEFGHIJKLMNOP")


def _fixed(colour: Colour, value: object) -> list[sdk.DynamicConfigValue]:
    """A query's colour; the target is a dashed line, so that nobody takes it for a measurement."""
    properties = [sdk.DynamicConfigValue(id_val="color", value=value)]
    if colour is Colour.TARGET:
        dashed = {"fill": "dash", "dash": [10, 10]}
        properties += [
            sdk.DynamicConfigValue(id_val="custom.lineStyle", value=dashed),
            sdk.DynamicConfigValue(id_val="custom.fillOpacity", value=0),
            sdk.DynamicConfigValue(id_val="custom.drawStyle", value="line"),
        ]
    return properties


def _query(query: Query, ref: str, panel: Panel, language: Language) -> prometheus.Dataquery:
    made = prometheus.Dataquery().ref_id(ref).datasource(SOURCE).expr(query.expr).legend_format(query.name[language])
    match panel.look:
        case Table():
            return made.instant().format(PromQueryFormat.TABLE)
        case Stat() | Bars():
            return made.instant().format(PromQueryFormat.TIME_SERIES)
        case _:
            return made.range().format(PromQueryFormat.TIME_SERIES)


def _data_link(link: Link, place: Place) -> build.DashboardLink:
    return (
        build.DashboardLink(link.title[place.language])
        .url(place.url(link))
        .target_blank(link.path.startswith("$console"))
    )

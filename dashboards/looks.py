"""How each look is drawn by Grafana: the options of its panel types."""

from __future__ import annotations

from collections.abc import Callable

from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    heatmap,
    stat,
    statetimeline,
    statushistory,
    table,
    timeseries,
)
from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.models import common as options
from grafana_foundation_sdk.models import dashboard as sdk
from grafana_foundation_sdk.models import heatmap as heat

from dashboards.model import (
    Bars,
    Cells,
    Colour,
    Column,
    Course,
    Heat,
    Lines,
    Link,
    Panel,
    Stat,
    Table,
    Unit,
    Word,
    Words,
)
from monitor.language import Language

Drawn = (
    stat.Panel
    | timeseries.Panel
    | bargauge.Panel
    | statetimeline.Panel
    | statushistory.Panel
    | heatmap.Panel
    | table.Panel
)
Linked = Callable[[Link], build.DashboardLink]


def drawn(panel: Panel, linked: Linked, language: Language) -> Drawn:
    """The panel with what belongs to its look; title, place and queries are still to come."""
    match panel.look:
        case Stat(text=text):
            return _stat(text)
        case Lines(style=style, names=names):
            made = _lines(style, panel)
            for name, called in (names or {}).items():
                made.override_by_name(name, _called(called, language))
            return made
        case Bars():
            return _bars(panel)
        case Course(words=words, rows=rows):
            return _course(words, rows or {}, language)
        case Cells(words=words):
            return _cells(words, language)
        case Heat():
            return _heat(panel)
        case Table() as look:
            return _table(look, len(panel.queries) > 1, linked, language)


def _called(word: Word, language: Language) -> list[sdk.DynamicConfigValue]:
    """A series under a name in words."""
    return [sdk.DynamicConfigValue(id_val="displayName", value=word.text[language])]


def _last() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().calcs(["lastNotNull"]).values(False)


def _palette() -> build.FieldColor:
    return build.FieldColor().mode(sdk.FieldColorModeId.PALETTE_CLASSIC)


def _by_value() -> build.FieldColor:
    return build.FieldColor().mode(sdk.FieldColorModeId.THRESHOLDS)


def _no_thresholds(colour: Colour) -> build.ThresholdsConfig:
    """Colours come from the queries and from words; no number is fixed here."""
    base = sdk.Threshold(value=None, color=colour.value)
    return build.ThresholdsConfig().mode(sdk.ThresholdsMode.ABSOLUTE).steps([base])


def mapping(words: Words, language: Language) -> sdk.ValueMap:
    """Words in place of values."""
    return sdk.ValueMap(
        {
            value: sdk.ValueMappingResult(text=word.text[language], color=word.colour.value, index=number)
            for number, (value, word) in enumerate(words.items())
        }
    )


def _stat(text: str) -> stat.Panel:
    return (
        stat.Panel()
        .color_mode(options.BigValueColorMode.BACKGROUND_SOLID)
        .graph_mode(options.BigValueGraphMode.NONE)
        .justify_mode(options.BigValueJustifyMode.CENTER)
        .text_mode(options.BigValueTextMode(text))
        .orientation(options.VizOrientation.VERTICAL)
        .reduce_options(_last())
        .thresholds(_no_thresholds(Colour.UNKNOWN))
        .color_scheme(_by_value())
    )


def _lines(style: str, panel: Panel) -> timeseries.Panel:
    made = (
        timeseries.Panel()
        .color_scheme(_palette())
        .line_width(2)
        .show_points(options.VisibilityMode.NEVER)
        .span_nulls(False)  # a gap is a gap: nobody watched
        .legend(
            common.VizLegendOptions()
            .display_mode(options.LegendDisplayMode.LIST)
            .placement(options.LegendPlacement.BOTTOM)
            .show_legend(True)
        )
        .tooltip(common.VizTooltipOptions().mode(options.TooltipDisplayMode.MULTI).sort(options.SortOrder.DESCENDING))
    )
    if _is_ratio(panel.unit):
        made.axis_soft_max(1)
    else:
        made.min(0)
    match style:
        case "stack":
            stacked = common.StackingConfig().mode(options.StackingMode.NORMAL).group("A")
            return made.stacking(stacked).fill_opacity(40).line_width(1)
        case "points":
            return made.show_points(options.VisibilityMode.ALWAYS).point_size(9).fill_opacity(0)
        case "bars":
            return made.draw_style(options.GraphDrawStyle.BARS).fill_opacity(60).line_width(1)
        case _:
            return made.fill_opacity(8)


def _is_ratio(unit: Unit) -> bool:
    return unit.id.en == "percentunit"


def _bars(panel: Panel) -> bargauge.Panel:
    made = (
        bargauge.Panel()
        .orientation(options.VizOrientation.HORIZONTAL)
        .display_mode(options.BarGaugeDisplayMode.BASIC)
        .value_mode(options.BarGaugeValueMode.TEXT)
        .name_placement(options.BarGaugeNamePlacement.LEFT)
        .show_unfilled(True)
        .reduce_options(_last())
        .thresholds(_no_thresholds(Colour.PLAIN))
        .color_scheme(_by_value())
        .min(0)
    )
    return made.max(1) if _is_ratio(panel.unit) else made


def _course(words: Words, rows: Words, language: Language) -> statetimeline.Panel:
    made = (
        statetimeline.Panel()
        .merge_values(True)
        .show_value(options.VisibilityMode.AUTO)
        .align_value(options.TimelineValueAlignment.LEFT)
        .row_height(0.85)
        .fill_opacity(85)
        .line_width(0)
        .legend(_hidden_legend())
        .mappings([mapping(words, language)])
        .thresholds(_no_thresholds(Colour.UNKNOWN))
        .color_scheme(_by_value())
    )
    for name, called in rows.items():
        made.override_by_name(name, _called(called, language))
    return made


def _cells(words: Words, language: Language) -> statushistory.Panel:
    return (
        statushistory.Panel()
        .show_value(options.VisibilityMode.NEVER)
        .row_height(0.85)
        .col_width(0.95)
        .fill_opacity(85)
        .line_width(0)
        .legend(_shown_legend())
        .mappings([mapping(words, language)])
        .thresholds(_no_thresholds(Colour.UNKNOWN))
        .color_scheme(_by_value())
    )


def _hidden_legend() -> common.VizLegendOptions:
    return (
        common.VizLegendOptions()
        .display_mode(options.LegendDisplayMode.LIST)
        .placement(options.LegendPlacement.BOTTOM)
        .show_legend(False)
    )


def _shown_legend() -> common.VizLegendOptions:
    return (
        common.VizLegendOptions()
        .display_mode(options.LegendDisplayMode.LIST)
        .placement(options.LegendPlacement.BOTTOM)
        .show_legend(True)
    )


def _heat(panel: Panel) -> heatmap.Panel:
    colour = (
        heatmap.HeatmapColorOptions()
        .mode(heat.HeatmapColorMode.SCHEME)
        .scheme("Oranges")
        .scale(heat.HeatmapColorScale.EXPONENTIAL)
        .exponent(0.5)
        .steps(64)
        .min(0)
    )
    axis = heatmap.YAxisConfig().axis_placement(options.AxisPlacement.LEFT).unit("suffix::00").reverse(True)
    return (
        heatmap.Panel()
        .calculate(False)
        .color(colour)
        .cell_gap(1)
        .y_axis(axis)
        .cell_values(heatmap.CellValues().unit(panel.unit.id.en).decimals(panel.unit.decimals or 0))
        .show_legend()
        .mode(options.TooltipDisplayMode.SINGLE)
        .show_color_scale(True)
        .hide_from(common.HideSeriesConfig().viz(False).legend(False).tooltip(False))
    )


# ---------------------------------------------------------------- tables


def _table(look: Table, several: bool, linked: Linked, language: Language) -> table.Panel:
    made = (
        table.Panel()
        .show_header(True)
        .cell_height(options.TableCellHeight.SM)
        .align(options.FieldTextAlignment.AUTO)
        .inspect(False)
        .thresholds(_no_thresholds(Colour.UNKNOWN))
        .color_scheme(_by_value())
    )
    for change in _transformations(look, several, language):
        made.with_transformation(change)
    for column in look.columns:
        if properties := _column(column, linked, language):
            made.override_by_name(column.title[language], properties)
    for column in look.columns:
        if column.field == look.sort:
            made.sort_by([common.TableSortByFieldState().display_name(column.title[language]).desc(True)])
    return made


def _field(column: Column, several: bool) -> str:
    """What Grafana calls the field: a value carries its query's letter where there are several queries."""
    if not column.field.startswith("#"):
        return column.field
    return f"Value {column.field}" if several else "Value"


def _transformations(look: Table, several: bool, language: Language) -> list[sdk.DataTransformerConfig]:
    """One row for each set of labels, only the columns that were named, in their order and with their titles."""
    fields = [_field(column, several) for column in look.columns]
    titles = [column.title[language] for column in look.columns]
    return [
        sdk.DataTransformerConfig(id_val="merge", options={}),
        sdk.DataTransformerConfig(id_val="filterFieldsByName", options={"include": {"names": fields}}),
        sdk.DataTransformerConfig(
            id_val="organize",
            options={
                "excludeByName": {},
                "indexByName": {field: number for number, field in enumerate(fields)},
                "renameByName": dict(zip(fields, titles, strict=True)),
            },
        ),
    ]


def _column(column: Column, linked: Linked, language: Language) -> list[sdk.DynamicConfigValue]:
    properties: dict[str, object] = {}
    if column.unit:
        properties["unit"] = column.unit.id[language]
        if column.unit.decimals is not None:
            properties["decimals"] = column.unit.decimals
    if column.words:
        properties["mappings"] = [mapping(column.words, language)]
        properties["custom.cellOptions"] = {"type": "color-text"}
    if column.link:
        properties["links"] = [linked(column.link).build()]
    if column.width:
        properties["custom.width"] = column.width
    return [sdk.DynamicConfigValue(id_val=name, value=value) for name, value in properties.items()]

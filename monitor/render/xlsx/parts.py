"""The parts of a workbook that hold no cells: what stands around a sheet, and what binds sheets together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Final

from monitor.render.xlsx.cells import letter, markup

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"

RELATIONS: Final = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/relationships/officeDocument" Target="xl/workbook.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
    f'<Relationship Id="rId3" Type="{_OFFICE}/relationships/extended-properties" Target="docProps/app.xml"/>'
    "</Relationships>"
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A sheet as the workbook lists it."""

    name: str
    heading: int  # the row printed on every page; 0 = none
    filtered: str  # the cells of its filter; "" = none


def sheet_head(widths: Sequence[tuple[float, bool]], frozen: tuple[int, int], *, selected: bool) -> str:
    """Everything before the first row. A width comes with whether its column is folded away."""
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"'
        + (' outlineLevel="1" hidden="1"/>' if folded else "/>")
        for number, (width, folded) in enumerate(widths, 1)
    )
    folded = any(folded for _, folded in widths)
    outline = '<outlinePr summaryRight="0"/>' if folded else ""
    levels = ' outlineLevelCol="1"' if folded else ""
    tab = ' tabSelected="1"' if selected else ""
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetPr>{outline}<pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView showGridLines="0"{tab} workbookViewId="0">{_pane(*frozen)}</sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"{levels}/><cols>{columns}</cols><sheetData>'
    )


def _pane(columns: int, rows: int) -> str:
    if not columns and not rows:
        return ""
    split = (f' xSplit="{columns}"' if columns else "") + (f' ySplit="{rows}"' if rows else "")
    pane = "bottomRight" if columns and rows else "bottomLeft" if rows else "topRight"
    cell = f"{letter(columns)}{rows + 1}"
    return (
        f'<pane{split} topLeftCell="{cell}" activePane="{pane}" state="frozen"/>'
        f'<selection pane="{pane}" activeCell="{cell}" sqref="{cell}"/>'
    )


def sheet_tail(filtered: str, merged: Sequence[str], alarms: Sequence[str], tall: int, foot: str) -> str:
    """Everything after the last row: A4 across, one page wide and ``tall`` high; 0 = as many as it takes."""
    return (
        "</sheetData>"
        + (f'<autoFilter ref="{filtered.replace("$", "")}"/>' if filtered else "")
        + (f'<mergeCells count="{len(merged)}">{"".join(merged)}</mergeCells>' if merged else "")
        + "".join(alarms)
        + '<printOptions horizontalCentered="1"/>'
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        f'<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="{tall}"/>'
        f"<headerFooter><oddFooter>{foot}</oddFooter></headerFooter></worksheet>"
    )


def workbook(sheets: Sequence[Listed], names: Mapping[str, str]) -> str:
    """The part ``xl/workbook.xml``; its reader computes every formula anew when it opens the file."""
    listed = "".join(
        f'<sheet name="{escape(sheet.name, quote=True)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, sheet in enumerate(sheets, 1)
    )
    defined = [
        (name, f'<definedName name="{name}">{escape(place, quote=False)}</definedName>')
        for name, place in names.items()
    ]
    for number, sheet in enumerate(sheets):
        place = escape("'" + sheet.name.replace("'", "''") + "'", quote=False)
        if sheet.filtered:
            head = f'<definedName name="_xlnm._FilterDatabase" localSheetId="{number}" hidden="1">'
            defined.append(("_xlnm._FilterDatabase", f"{head}{place}!{sheet.filtered}</definedName>"))
        if sheet.heading:
            head = f'<definedName name="_xlnm.Print_Titles" localSheetId="{number}">'
            row = f"${sheet.heading}:${sheet.heading}"
            defined.append(("_xlnm.Print_Titles", f"{head}{place}!{row}</definedName>"))
    found = "".join(element for _, element in sorted(defined, key=lambda each: each[0].lower()))
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}/relationships"><workbookPr/>'
        '<bookViews><workbookView xWindow="0" yWindow="0" windowWidth="24000" windowHeight="12000"/></bookViews>'
        f"<sheets>{listed}</sheets><definedNames>{found}</definedNames>"
        '<calcPr calcId="191029" fullCalcOnLoad="1"/></workbook>'
    )


def workbook_relations(sheets: int) -> str:
    """Which part is which sheet."""
    kinds = [("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, sheets + 1)]
    kinds += [("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")]
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/relationships/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(kinds, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def content_types(sheets: int) -> str:
    """What kind every part is."""
    overrides = [
        ("/xl/workbook.xml", f"{_TYPE}.sheet.main+xml"),
        *((f"/xl/worksheets/sheet{number}.xml", f"{_TYPE}.worksheet+xml") for number in range(1, sheets + 1)),
        ("/xl/styles.xml", f"{_TYPE}.styles+xml"),
        ("/xl/sharedStrings.xml", f"{_TYPE}.sharedStrings+xml"),
        ("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
        ("/docProps/app.xml", "application/vnd.openxmlformats-officedocument.extended-properties+xml"),
    ]
    listed = "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in overrides)
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    )


def core(title: str, made_at: datetime) -> str:
    """The workbook's title, and its date."""
    at = made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    dates = "".join(
        f'<dcterms:{what} xsi:type="dcterms:W3CDTF">{at}</dcterms:{what}>' for what in ("created", "modified")
    )
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{markup(title)}</dc:title>{dates}</cp:coreProperties>"
    )


def app(program: str) -> str:
    """Which program wrote it."""
    return (
        f'<Properties xmlns="{_OFFICE}/extended-properties"><Application>{markup(program)}</Application></Properties>'
    )

"""The workbook as its readers find it: typed cells, filters, formulas, and beside each what it comes to."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from monitor import wording
from monitor.contract import Contract
from monitor.errors import SharpEyesError
from monitor.language import Language
from monitor.model import BlindTime, CameraRecord, Cause, State
from monitor.render import write_xlsx
from monitor.render.xlsx import outages
from monitor.render.xlsx.book import About, Book, Column
from monitor.render.xlsx.cells import ROWS
from monitor.render.xlsx.looks import Look
from monitor.report import Report, build_report
from monitor.sla import percent
from tests.render.samples import CAMERAS, JULY, RECORD, TERMS, at, move, report
from tests.render.test_html_acts import FORGED, decided, june, with_void
from tests.render.test_settlement import CONTRACT, made, rate_ladder
from tests.render.workbooks import altered, formulas, named, opened, parts, rows, sheet, written

ZH, EN = Language.ZH, Language.EN
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ODD = timedelta(microseconds=123_457)


local = datetime.fromisoformat  # spreadsheets know no time zone


def uneven() -> Report:
    """The month with instants that fall on no second."""
    moves = tuple(replace(each, at=each.at + ODD * number) for number, each in enumerate(RECORD.transitions))
    return made(record=replace(RECORD, transitions=moves))


def test_the_sheets_come_in_the_order_of_the_report() -> None:
    assert opened(written(made())).sheetnames == [
        "Summary",
        "Cameras",
        "Groups",
        "Outages",
        "Repairs",
        "Settlement",
        "Exclusions",
        "Planned work",
        "Inventory",
        "Outside the contract",
        "Trend",
        "How, and signatures",
    ]
    assert opened(written(report(), ZH)).sheetnames[:4] == ["汇总", "摄像机", "分项", "离线记录"]


@pytest.mark.parametrize("language", Language)
def test_detail_sheets_keep_their_headings_and_have_filters(language: Language) -> None:
    book = opened(written(report(), language))
    for table in book.worksheets[1:4]:
        assert table.freeze_panes == "C3"
        assert table.auto_filter.ref == table.dimensions.replace("A1:", "A2:")
        assert table.print_title_rows == "$2:$2"
    for table in book.worksheets:
        assert table.page_setup.paperSize == 9  # A4
        assert table.page_setup.orientation == "landscape"
        assert table.page_setup.fitToWidth == 1
        assert table.oddFooter is not None
        assert "&P" in str(table.oddFooter.right.text)


def test_a_camera_s_cells_are_typed() -> None:
    book = opened(written(uneven()), values=True)
    (row,) = (row for row in rows(sheet(book, "Cameras")) if row["id"] == "qh-005")
    assert row["removed at"] == local("2026-06-28")
    assert isinstance(row["down, seconds"], float)
    (figure,) = (figure for figure in uneven().cameras if figure.camera.id == "qh-005")
    assert row["down, seconds"] == figure.seconds.down / 1_000_000
    assert (row["online"], row["reaches target"]) == (float(Decimal(percent(figure.rates.online)) / 100), "no")
    formats = dict(zip(row, (cell.number_format for cell in sheet(book, "Cameras")[3]), strict=True))
    assert (formats["online"], formats["id"], formats["outages"]) == ("0.00%", "@", "#,##0")
    assert formats["removed at"].endswith("hh:mm:ss")


def test_an_outage_has_its_instants_its_length_and_what_became_of_its_limit() -> None:
    book = opened(written(made()), values=True)
    first, second, *_ = rows(sheet(book, "Outages"))
    assert first["id"] == "qh-003"
    assert (first["from"], first["until"]) == (local("2026-06-14"), local("2026-06-19"))
    assert first["cause"] == "connected, no reply → network unreachable"
    assert first["duration, h:mm:ss"] == first["counted, h:mm:ss"] == timedelta(days=5)
    assert (first["counted, seconds"], first["repair limit"], first["class"]) == (432_000, "late", "normal")
    assert (second["until"], second["state"]) == (None, "still down")
    assert opened(written(made()))["Outages"]["L3"].value == "=ROUND(J3-K3,6)"


def test_every_formula_has_its_value_beside_it() -> None:
    for shown in (report(), uneven(), made(rate_ladder(steps=CONTRACT.deduction.steps))):  # type: ignore[union-attr]
        data = written(shown)
        values = opened(data, values=True)
        found = list(formulas(opened(data)))
        assert len(found) > 200
        assert not [place for place in found if sheet(values, place[0])[place[1]].value is None]


def test_the_totals_are_formulas_and_the_figures_of_the_report() -> None:
    shown = uneven()
    data = written(shown)
    book, values = opened(data), opened(data, values=True)
    for kind in ("up", "degraded", "down", "excluded", "unobserved"):
        assert str(named(book, f"total_{kind}_s")).startswith(f"=SUM(camera_{kind}_s)")
        seconds, rest = (named(values, f"total_{kind}_{unit}") for unit in ("s", "us"))
        assert seconds * 1_000_000 + rest == getattr(shown.total.seconds, kind)
    assert str(named(book, "rate_online")).startswith("=IF((counted_s)*1000000")
    assert f"{named(values, 'rate_online') * 100:.2f}" == percent(shown.total.rates.online)
    assert named(values, "all_checks") == "everything agrees"
    verdicts = {figure.basis: wording.VERDICTS[figure.verdict].en for figure in shown.bases}
    assert {basis: named(values, f"verdict_{basis}") for basis in verdicts} == verdicts


def test_the_outages_add_up_to_the_time_down() -> None:
    for shown in (report(), uneven(), report(now=at(15))):
        assert sum(outage.counted_us for outage in shown.outages) == shown.total.seconds.down


def test_names_of_formulas_are_all_defined() -> None:
    book = opened(written(made()))
    text = " ".join(str(sheet(book, title)[place].value) for title, place in formulas(book))
    words = set(re.findall(r"\b[a-z][a-z0-9_]+\b", re.sub(r'"[^"]*"', "", text)))
    assert words <= set(book.defined_names)
    assert len(words) > 40


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", '=HYPERLINK("http://127.0.0.1","x")', "007", "*", ">0"])
def test_names_from_other_people_s_files_are_texts(name: str) -> None:
    camera = replace(CAMERAS[0], name=name, carrier=name, recorder=name, site=replace(CAMERAS[0].site, village=name))
    record = replace(RECORD, cameras=(replace(RECORD.cameras[0], camera=camera), *RECORD.cameras[1:]))
    book = opened(written(report(record=record)))
    found = [cell for table in book.worksheets for row in table.iter_rows() for cell in row if cell.value == name]
    assert len(found) >= 5
    assert {cell.data_type for cell in found} == {"s"}


def test_no_address_and_no_account_of_a_device_is_in_the_file() -> None:
    camera = replace(CAMERAS[0], url="rtsp://127.0.0.1/geheim", credentials="hik-account")
    record = replace(RECORD, cameras=(replace(RECORD.cameras[0], camera=camera), *RECORD.cameras[1:]))
    text = "".join(parts(written(report(record=record))).values())
    assert "geheim" not in text
    assert "rtsp:" not in text
    assert "hik-account" not in text


def test_no_value_is_a_dash_and_never_zero() -> None:
    record = replace(RECORD, cameras=RECORD.cameras[:1], transitions=())
    book = opened(written(report(record=record)), values=True)
    (row,) = rows(sheet(book, "Cameras"))
    assert (row["online"], row["intact"], row["coverage"], row["reaches target"]) == ("—", "—", 0, "—")
    assert named(book, "rate_online") == "—"
    assert named(book, "verdict_fleet_seconds") == wording.VERDICTS[report(record=record).verdict].en


def test_a_report_without_cameras_is_a_workbook() -> None:
    book = opened(written(report(record=replace(RECORD, cameras=(), transitions=()))), values=True)
    assert named(book, "cameras_total") == 0
    assert sheet(book, "Cameras").max_row == 2


def test_seconds_show_decimals_only_where_there_are_some() -> None:
    def shown(of: Report) -> str:
        return str(opened(written(of))["Cameras"]["J3"].number_format)

    assert (shown(report()), shown(uneven())) == ("#,##0", "#,##0.000000")


def test_the_same_report_gives_the_same_bytes_even_into_a_pipe() -> None:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.held = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            self.held += data
            return len(data)

    assert written(made(), ZH) == written(made(), ZH)
    pipe = Pipe()
    write_xlsx(made(), ZH, pipe)  # type: ignore[arg-type]
    assert parts(bytes(pipe.held)) == parts(written(made(), ZH))


def test_the_workbook_is_dated_by_its_report() -> None:
    properties = opened(written(report(now=at(15, 12)))).properties
    assert properties.created == local("2026-06-15T04:00")
    assert properties.title == "清河镇 2026-06 online rate report"


ORDER = [
    *("sheetPr", "sheetViews", "sheetFormatPr", "cols", "sheetData", "autoFilter", "mergeCells"),
    *("conditionalFormatting", "printOptions", "pageMargins", "pageSetup", "headerFooter"),
]


@pytest.mark.parametrize("language", Language)
def test_the_parts_of_a_sheet_stand_in_the_order_of_the_standard(language: Language) -> None:
    """ECMA-376 part 1, 18.3.1.99: Excel refuses a sheet in any other order."""
    for name, text in parts(written(june(*decided()), language)).items():
        root = etree.fromstring(text.encode())
        if name.startswith("xl/worksheets/"):
            places = [ORDER.index(child.tag.removeprefix(MAIN)) for child in root]
            assert places == sorted(places)
            addresses = [cell.get("r") for cell in root.iter(f"{MAIN}c")]
            assert len(addresses) == len(set(addresses))


def test_every_style_and_text_a_cell_names_exists() -> None:
    found = parts(written(made()))
    styles = etree.fromstring(found["xl/styles.xml"].encode())
    (formats,) = styles.iter(f"{MAIN}cellXfs")
    assert len(formats) == len(Look)
    texts = etree.fromstring(found["xl/sharedStrings.xml"].encode())
    for name, text in found.items():
        if name.startswith("xl/worksheets/"):
            for cell in etree.fromstring(text.encode()).iter(f"{MAIN}c"):
                assert int(str(cell.get("s"))) < len(Look)
                if cell.get("t") == "s":
                    assert int(str(cell.findtext(f"{MAIN}v"))) < len(texts)


def test_an_exclusion_names_who_proposed_and_who_decided() -> None:
    power, works = rows(sheet(opened(written(june(*decided())), values=True), "Exclusions"))
    assert (power["id"], power["state"], power["grounds"], power["evidence"]) == (
        "power-1",
        "approved",
        "全村停电",
        "通知 17 号",
    )
    assert power["removed, s"] == 6 * 3_600
    assert power["cut, and why"] == "over the contract's cap: 7,200 s"
    assert str(power["proposed by"]).startswith("vendor")
    assert str(power["decided by"]).startswith("office")
    assert (works["decision"], works["its reason"]) == ("exclusion rejected", "查无此事")


def test_an_act_that_does_not_count_is_told_with_in_whose_name_and_why() -> None:
    shown = with_void(FORGED)
    (row,) = rows(sheet(opened(written(shown), values=True), "Void acts"))
    assert (row["id"], row["act"], row["role"], row["in whose name"]) == (
        "forged",
        "exclusion approved",
        "office",
        FORGED.stamp.by.name,
    )
    assert row["why not"] == shown.void[0].refusal.say(EN)
    assert "Void acts" not in opened(written(june(*decided()))).sheetnames


def test_the_bases_stand_also_with_nothing_excluded() -> None:
    shown = june(*decided())
    assert [figure.ratio for figure in shown.raw] != [figure.ratio for figure in shown.bases]
    told = {row[0].value: row[3].value for row in sheet(opened(written(shown), values=True), "Summary").iter_rows()}
    for figure in shown.raw:
        label = f"{wording.BASES[figure.basis][EN]}: with nothing excluded"
        assert told[label] == float(Decimal(percent(figure.ratio)) / 100)
        assert told[f"{label}: verdict"] == wording.VERDICTS[figure.verdict][EN]


def test_mean_times_are_formulas_over_the_sums_of_town_groups_and_cameras_that_fail_again() -> None:
    shown = report()
    data = written(shown)
    town, *groups = rows(sheet(opened(data, values=True), "Repairs"))
    sums = shown.total.reliability
    assert (town["faults"], town["repaired"], town["not repaired"]) == (sums.faults, sums.repaired, sums.unrepaired)
    assert sums.mttr_us is not None
    assert town["MTTR, h:mm:ss"] == timedelta(seconds=sums.mttr_us // 1_000_000)
    assert [row["name"] for row in groups[:3]] == [group.name for group in shown.villages]
    assert opened(data)["Repairs"]["G3"].value == '=IF(E3=0,"—",INT(ROUND(I3/E3,6))/86400)'


# ---------------------------------------------------------------- points and money


def test_points_and_money_are_reckoned_by_formulas() -> None:
    """The same month that ``test_settlement`` reckons by hand: 5 + 1 + 2 × 2.5 points, a tenth of 30,000."""
    data = written(made())
    table = sheet(opened(data, values=True), "Settlement")
    lines = [[cell.value for cell in row] for row in table.iter_rows()]
    head = next(number for number, line in enumerate(lines) if line[0] == "line")
    assert [line[1:7] for line in lines[head + 1 : head + 5]] == [
        [1, 5, None, 5, 5, "agrees"],
        [2, 1, 1, 1, 1, "agrees"],
        [2, 2.5, None, 5, 5, "agrees"],
        [0, 3, None, 0, 0, "agrees"],
    ]
    money = {line[0]: line[4] for line in lines if line[0]}
    assert (money["points lost"], money["points left"]) == (11, 89)
    assert (money["as reckoned"], money["deducted, cut to the hundredth"], money["payable"]) == (3_000, 3_000, 27_000)
    made_by = sheet(opened(data), "Settlement")
    assert made_by.cell(head + 2, 3).value == (
        "=IF((20*(online_s)-19*(counted_s))*1000000+(20*(online_us)-19*(counted_us))<0,5,0)"
    )
    assert made_by.cell(head + 3, 2).value == "=SUMPRODUCT(--((camera_down_s*1000000+camera_down_us)>28800000000))"
    assert made_by.cell(head + 4, 2).value == "=COUNTA(late_repairs)"


def test_what_is_undecided_has_neither_formula_nor_number() -> None:
    record = replace(RECORD, transitions=tuple(each for each in RECORD.transitions if each.at > at(1)))
    undecided = made(record=record)
    assert undecided.settlement is not None
    assert undecided.settlement.undecided
    table = sheet(opened(written(undecided), values=True), "Settlement")
    lines = [[cell.value for cell in row] for row in table.iter_rows()]
    head = next(number for number, line in enumerate(lines) if line[0] == "line")
    assert lines[head + 1][4:7] == ["—", "—", "—"]
    assert not [line for line in lines if line[0] in ("points left", "payable")]


def test_a_contract_that_settles_nothing_has_no_such_sheet() -> None:
    assert "Settlement" not in opened(written(report())).sheetnames


# ---------------------------------------------------------------- limits of a sheet


def about() -> About:
    return About("", JULY, "", "", "", "#,##0")


def test_more_rows_than_a_sheet_has_are_refused_with_what_to_do() -> None:
    book = Book(io.BytesIO(), about())
    columns: list[Column[int]] = [Column("n", "n", lambda row: row)]
    said = r"'cameras' would have 1,048,577 rows.*csv"
    with pytest.raises(SharpEyesError, match=said), book.sheet("cameras", columns) as full:
        full.table(columns, (), ROWS)


def test_outages_beyond_one_sheet_stand_on_the_next() -> None:
    shown = report()
    many = replace(shown, outages=(shown.outages[0],) * (outages.MOST + 3))
    chunks = outages._chunks(many)
    assert [len(chunk) for chunk in chunks] == [outages.MOST, 3]
    assert outages.total(many, "counted").s == ("SUMPRODUCT(INT(outage_counted_1))+SUMPRODUCT(INT(outage_counted_2))")


def test_altering_a_cell_alters_that_cell_only() -> None:
    data = written(report())
    changed = parts(altered(data, 2, "M3", 1.5))
    assert {name for name, text in parts(data).items() if changed[name] != text} == {"xl/worksheets/sheet2.xml"}
    assert '<c r="M3" s="9"><v>1.5</v></c>' in changed["xl/worksheets/sheet2.xml"]


@pytest.mark.parametrize("blind", BlindTime)
def test_time_nobody_watched_goes_where_the_contract_puts_it(blind: BlindTime) -> None:
    moves = (*RECORD.transitions, move("qh-002", at(20), State.UNKNOWN, Cause.MONITOR_STOPPED))
    terms = replace(TERMS, blind_time=blind)
    shown = build_report(
        replace(RECORD, transitions=moves), Contract(terms=terms), town="x", month=(2026, 6), now=JULY, version="1"
    )
    values = opened(written(shown), values=True)
    assert shown.total.seconds.unobserved
    assert f"{named(values, 'rate_online') * 100:.2f}" == percent(shown.total.rates.online)
    granted = "total_unobserved_s" in str(named(opened(written(shown)), "online_s"))
    assert granted is (blind is BlindTime.UP)


def test_the_line_at_the_top_counts_every_check_of_the_workbook() -> None:
    book = opened(written(made()))
    differing = [
        (title, place) for title, place in formulas(book) if str(sheet(book, title)[place].value).endswith('"differs")')
    ]
    line = str(named(book, "all_checks"))
    counted = {f"Summary!$F${number}" for number in range(1, 1000)} if "$F$" in line else set()
    for name in ("checks_groups", "checks_points", "checks_money"):
        assert name in line
        ((title, area),) = book.defined_names[name].destinations
        table = sheet(book, title)
        counted |= {f"{title}!{cell.coordinate}" for row in table[area.replace("$", "")] for cell in row}
    found = {f"{title}!{place}" if title != "Summary" else f"Summary!$F${place[1:]}" for title, place in differing}
    assert found <= counted
    assert len(found) > 40


def test_a_recorder_of_twenty_digits_is_not_taken_for_another() -> None:
    """Read as numbers of fifteen digits these two would be one."""
    first, second = "34020000001180000001", "34020000001180000002"
    cameras = tuple(
        CameraRecord(
            replace(each.camera, recorder=first if number % 2 else second), each.first_added_at, each.added_at, None
        )
        for number, each in enumerate(RECORD.cameras)
    )
    shown = report(record=replace(RECORD, cameras=cameras))
    assert len(shown.recorders) == 2
    book = opened(written(shown))
    found = [row for row in rows(sheet(book, "Groups")) if row["by"] == "recorder"]
    assert {row["name"] for row in found} == {first, second}
    for row in found:
        assert re.fullmatch(r"=COUNTIFS\(camera_recorder,[A-Z]+\d+\)", str(row["cameras"]))
    values = opened(written(shown), values=True)
    numbers = [row["group no.: recorder"] for row in rows(sheet(values, "Cameras"))]
    assert sorted(map(numbers.count, set(numbers))) == sorted(group.cameras for group in shown.recorders)

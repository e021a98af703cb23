"""The whole document: one file that needs no network, no script and no font of its own.

Its sections stand in ``SECTIONS`` in the order in which the people who sign read them.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from string import Formatter
from typing import Final

from monitor import wording
from monitor.language import Language
from monitor.render.html import acts, cameras, closing, events, groups, settlement, summary, texts
from monitor.render.html.markup import Markup, css_string, element, lines, stylesheet
from monitor.render.html.pen import Pen, Section
from monitor.render.html.pictures import FONTS
from monitor.render.layout import clean, clip
from monitor.report import Report

STYLE: Final = files("monitor.render.html").joinpath("style.css").read_text("utf-8")
HTML_LANG: Final = {Language.ZH: "zh-CN", Language.EN: "en"}
# Nothing is fetched and nothing is run, whatever a name might try.
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
WIDEST_TOWN: Final = 40  # cells of the town's name at the foot of a page; a Chinese character takes two

SECTIONS: Final[tuple[Callable[[Pen], Section | None], ...]] = (
    summary.verdict,
    summary.bases,
    summary.rates,
    summary.budget,
    groups.groups,
    cameras.below_target,
    cameras.day_by_day,
    events.outages,
    groups.reliability,
    settlement.settlement,
    events.planned_work,
    acts.exclusions,
    acts.closings,
    acts.void,
    events.inventory,
    events.findings,
    events.outside,
    closing.trend,
    closing.glossary,
    closing.signatures,
    closing.provenance,
)


def to_html(report: Report, language: Language) -> bytes:
    """The whole report as UTF-8; the same report gives the same bytes."""
    pen = Pen(report, language)
    sections = [section for make in SECTIONS if (section := make(pen)) is not None]
    body = element(
        "body", summary.title(pen), lines(_section(number, section) for number, section in enumerate(sections, 1))
    )
    document = lines([Markup("<!DOCTYPE html>"), element("html", _head(pen), body, lang=HTML_LANG[language])])
    return (document.source + "\n").encode("utf-8")


def _section(number: int, section: Section) -> Markup:
    heading = element("h2", f"{number}. {section.heading}")
    return element("section", Markup("\n"), heading, Markup("\n"), lines(section.body), Markup("\n"))


def _head(pen: Pen) -> Markup:
    title = pen.say(texts.TAB_TITLE, town=pen.report.town, month=_month(pen))
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width"),
        element("meta", name="generator", content=f"Sharp Eyes {pen.report.version}"),
        element("title", title),
        stylesheet(_page_style(pen) + STYLE),
    )


def _page_style(pen: Pen) -> str:
    """A4, at its foot which report this is and the page's number; Chromium prints such boxes since version 131."""
    town = clip(clean(pen.report.town), WIDEST_TOWN)
    running = pen.say(texts.RUNNING, town=town, month=_month(pen), head=pen.report.head_hash[:16])
    pieces = Formatter().parse(texts.PAGE_NUMBER[pen.language])
    number = " ".join(css_string(text) + (f" counter({name})" if name else "") for text, name, _, _ in pieces)
    look = f"font: 8pt {FONTS}; color: #5c5c5c; white-space: nowrap"
    return (
        "@page {\n"
        "  size: A4 portrait; margin: 15mm 13mm 17mm;\n"
        f"  @bottom-left {{ content: {css_string(running)}; {look}; }}\n"
        f"  @bottom-right {{ content: {number}; {look}; }}\n"
        "}\n"
    )


def _month(pen: Pen) -> str:
    return pen.say(wording.MONTH, year=pen.report.year, month=pen.report.month)

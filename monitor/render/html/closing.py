"""What is read last: the months before, how figures are computed, signatures, and what all this rests on."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from monitor import wording
from monitor.acts import Head
from monitor.language import Phrase
from monitor.model import BlindTime
from monitor.render.html import texts
from monitor.render.html.groups import loss, rate
from monitor.render.html.markup import Markup, element, joined, name
from monitor.render.html.pen import Column, Look, Pen, Section
from monitor.render.html.summary import facts
from monitor.render.json import digest
from monitor.render.phrases import service_hours
from monitor.sla import counted, intact, online

_EXPLAINED = (
    texts.GLOSSARY_GROUPS,
    texts.GLOSSARY_BASES,
    texts.GLOSSARY_RAW,
    texts.GLOSSARY_OUTAGE,
    texts.GLOSSARY_OTHERS,
)


def trend(pen: Pen) -> Section:
    """Up to twelve months, this one last."""
    months = pen.report.trend
    all_rates = [month.rates for month in months]
    table = pen.table(
        months,
        Column(texts.TREND_MONTH, lambda month: f"{month.year}-{month.month:02}", Look.KEPT),
        Column(wording.CAMERAS, lambda month: str(month.cameras), Look.NUMBER),
        Column(wording.ONLINE, lambda month: rate(pen, month.rates), Look.NUMBER),
        Column(texts.LOST, lambda month: loss(pen, all_rates, month.rates), Look.PICTURE),
        Column(wording.INTACT, lambda month: pen.rate(month.rates.intact), Look.NUMBER),
        Column(wording.COVERAGE, lambda month: pen.rate(month.rates.coverage), Look.NUMBER),
        Column(wording.PASSING, lambda month: f"{month.passing} / {month.rated}", Look.NUMBER),
    )
    note = element("p", pen.say(texts.TREND_NOTE, count=len(months)), class_="note")
    return Section(pen.say(wording.HEAD_TREND), (table, note))


def glossary(pen: Pen) -> Section:
    """Every figure's formula, with this month's numbers in the main ones."""
    items = element("ul", *(element("li", rule) for rule in _rules(pen)))
    return Section(pen.say(texts.HEAD_GLOSSARY), (items,))


def signatures(pen: Pen) -> Section:
    """Room for both parties to sign."""
    labels = (texts.SIGN_NAME, texts.SIGN_SEAL, texts.SIGN_DATE)
    blocks = (
        element(
            "div",
            element("b", pen.say(party)),
            element("div", name(called)) if called else None,
            element("dl", *(element("dt", pen.say(label)) for label in labels)),
            class_="signature",
        )
        for party, called in ((texts.SIGN_OFFICE, pen.report.office), (texts.SIGN_VENDOR, pen.report.vendor))
    )
    return Section(pen.say(texts.HEAD_SIGNATURES), (element("div", *blocks, class_="signatures"),))


def provenance(pen: Pen) -> Section:
    """From what the figures were made, so that either party can make them again."""
    report = pen.report
    kind = wording.SIMULATED if report.simulated else wording.RECORDED
    others = [head for head in report.heads if head.hash != report.head_hash]
    if report.contract_sha256:
        label, contract, how = texts.CONTRACT_FILE_LABEL, report.contract_sha256, texts.CONTRACT_FILE_HASH
    else:
        label, contract, how = texts.TERMS_LABEL, digest(report.terms), texts.TERMS_HASH
    rows = facts(
        pen,
        (texts.ENTRY_LABEL, f"{report.head_seq:,}"),
        (texts.HEAD_LABEL, element("code", report.head_hash)),
        *([(texts.OTHER_HEADS_LABEL, joined(*(_head(pen, head) for head in others)))] if others else []),
        (label, element("code", contract)),
        (texts.VERSION_LABEL, report.version),
        (texts.RECORD_LABEL, pen.say(kind)),
    )
    note = element("p", pen.say(texts.RECOMPUTE), " ", pen.say(how), class_="note")
    return Section(pen.say(texts.HEAD_PROVENANCE), (joined(rows, note),))


def _head(pen: Pen, head: Head) -> Markup:
    chain = pen.sentence(
        texts.CHAIN_HEAD, vantage=name(head.vantage), seq=f"{head.seq:,}", head=element("code", head.hash)
    )
    return element("div", chain)


def _rules(pen: Pen) -> Iterator[str]:
    terms = pen.report.terms
    yield from _divisions(pen)
    yield pen.say(wording.RULE_BLIND, rule=pen.say(wording.BLIND_TIMES[terms.blind_time]))
    yield pen.say(wording.RULE_MAINTENANCE if terms.maintenance_excludes else wording.RULE_MAINTENANCE_COUNTS)
    looks = ", ".join(f"{look:%H:%M}" for look in terms.snapshot_times) or pen.say(wording.NONE)
    yield pen.say(wording.RULE_HOURS, hours=service_hours(terms.service_hours, pen.language), looks=looks)
    yield from map(pen.say, _EXPLAINED)


def _divisions(pen: Pen) -> Iterator[str]:
    """The three rates as the divisions they are, in seconds."""
    blind, seconds, rates = pen.report.terms.blind_time, pen.report.total.seconds, pen.report.total.rates
    granted = blind is BlindTime.UP
    whole = counted(seconds, blind)
    divisions: tuple[tuple[Phrase, int, int, Fraction | None], ...] = (
        (
            texts.GLOSSARY_ONLINE_BLIND_UP if granted else texts.GLOSSARY_ONLINE,
            online(seconds, blind),
            whole,
            rates.online,
        ),
        (
            texts.GLOSSARY_INTACT_BLIND_UP if granted else texts.GLOSSARY_INTACT,
            intact(seconds, blind),
            whole,
            rates.intact,
        ),
        (texts.GLOSSARY_COVERAGE, seconds.scheduled - seconds.unobserved, seconds.scheduled, rates.coverage),
    )
    for phrase, part, divisor, ratio in divisions:
        yield pen.say(phrase, part=pen.exact(part), whole=pen.exact(divisor), rate=pen.rate(ratio))

"""One more table for Excel: what a report was made from, so that two of them with equal figures can be told apart."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from monitor import wording
from monitor.language import Language, Phrase
from monitor.model import micros
from monitor.render import csv_words as words
from monitor.render.act_sentences import ActSentences
from monitor.render.phrases import exact_local, exact_seconds
from monitor.report import Report


def sources_table(report: Report, language: Language) -> Iterator[list[str]]:
    """Headings, then contract, program, instant, the heads of all chains, error budget, closings, corrections."""
    zone = ZoneInfo(report.terms.zone)
    acts = ActSentences(language, lambda at: exact_local(micros(at), zone))

    def row(part: Phrase, item: str, value: str, unit: str = "", why: str = "") -> list[str]:
        return [part[language], item, value, unit, why]

    yield [phrase[language] for phrase in (words.PART, words.ITEM, words.VALUE, words.UNIT, words.EXPLAINED)]
    sha256 = report.contract_sha256 or words.IN_SETTINGS[language]
    yield row(words.CONTRACT, words.ID[language], report.contract_id, why=report.contract_title)
    yield row(words.CONTRACT, "SHA-256", sha256)
    yield row(words.PROGRAM, words.VERSION[language], report.version)
    yield row(words.CHAINS, words.AS_OF[language], exact_local(report.elapsed.end, zone))
    for head in report.heads:
        yield row(words.CHAINS, head.vantage, head.hash, why=words.ENTRY[language].format(seq=head.seq))
    budget = report.budget
    for phrase, us in (
        (wording.BUDGET_ALLOWED, budget.allowed_us),
        (wording.BUDGET_USED, budget.used_us),
        (wording.BUDGET_OVERDRAWN if budget.left_us < 0 else wording.BUDGET_LEFT, abs(budget.left_us)),
    ):
        yield row(wording.HEAD_BUDGET, phrase[language], exact_seconds(us), words.SECONDS[language])
    for closed in report.closings:
        yield row(words.CLOSING, str(closed.number), closed.figures, why=acts.closed(closed))
    for correction in report.corrections:
        for line in (*acts.correction(correction), *map(acts.moved, correction.moved)):
            yield row(words.CORRECTION, str(correction.number), "", why=line)

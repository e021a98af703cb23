"""Two more tables for Excel: the month on its three bases, and the town with its groups and how they are repaired."""

from __future__ import annotations

from collections.abc import Iterator

from monitor import wording
from monitor.language import Language, Phrase
from monitor.model import Basis, SiteCategory
from monitor.render import csv_words as words
from monitor.render.phrases import TIME_KINDS, exact_seconds
from monitor.report import BasisFigure, GroupFigure, GroupKind, Report
from monitor.sla import counted, percent

GROUPED = {
    GroupKind.TOWN: wording.WHOLE_TOWN,
    GroupKind.VILLAGE: wording.VILLAGE,
    GroupKind.CARRIER: wording.CARRIER,
    GroupKind.CATEGORY: wording.CATEGORY,
    GroupKind.RECORDER: wording.RECORDER,
}


def bases_table(report: Report, language: Language) -> Iterator[list[str]]:
    """Headings, then one row a basis: with what is excluded left out, and with nothing excluded."""
    own = (wording.RATE, wording.CONCLUSION_COLUMN, words.GOOD, wording.COUNTED_TIME)
    yield [
        *(phrase[language] for phrase in (wording.BASIS, words.CONTRACTUAL, *own)),
        *(words.RAW[language].format(what=phrase[language]) for phrase in own),
    ]
    for figure, raw in zip(report.bases, report.raw, strict=True):
        mark = wording.CSV_YES if figure.contractual else wording.CSV_NO
        yield [wording.BASES[figure.basis][language], mark[language], *_basis(figure, language), *_basis(raw, language)]


def _basis(figure: BasisFigure, language: Language) -> Iterator[str]:
    """Camera time in seconds; cameras and inspections as counts."""
    yield percent(figure.ratio)
    yield wording.VERDICTS[figure.verdict][language]
    for number in (figure.good, figure.counted):
        yield exact_seconds(number) if figure.basis is Basis.FLEET_SECONDS else str(number)


def groups_table(report: Report, language: Language) -> Iterator[list[str]]:
    """Headings, then the town, its villages, carriers, kinds of site and recorders."""

    def seconds(phrase: Phrase) -> str:
        return wording.CSV_SECONDS[language].format(kind=phrase[language])

    yield [
        words.GROUPED_BY[language],
        words.NAME[language],
        wording.CAMERAS[language],
        *(
            wording.CSV_PERCENT[language].format(rate=rate[language])
            for rate in (wording.ONLINE, wording.INTACT, wording.COVERAGE)
        ),
        *map(seconds, (wording.SCHEDULED, *TIME_KINDS.values(), wording.COUNTED_TIME)),
        *(phrase[language] for phrase in (wording.FAULTS, wording.REPEATS, wording.REPAIRED, wording.UNREPAIRED)),
        *map(seconds, (wording.MTTR, wording.MTBF)),
    ]
    for group in (report.total, *report.villages, *report.carriers, *report.categories, *report.recorders):
        yield _group(group, report, language)


def _group(group: GroupFigure, report: Report, language: Language) -> list[str]:
    sums, repairs = group.seconds, group.reliability
    name = group.name or (report.town if group.kind is GroupKind.TOWN else "")
    if group.kind is GroupKind.CATEGORY:
        name = wording.CATEGORIES[SiteCategory(group.id)][language]
    spans = (
        sums.scheduled,
        *(getattr(sums, kind.value) for kind in TIME_KINDS),
        counted(sums, report.terms.blind_time),
    )
    times = (repairs.faults, repairs.repeats, repairs.repaired, repairs.unrepaired)
    means = (repairs.mttr_us, repairs.mtbf_us)
    none = wording.CSV_NO_VALUE[language]
    return [
        GROUPED[group.kind][language],
        name,
        str(group.cameras),
        *map(percent, (group.rates.online, group.rates.intact, group.rates.coverage)),
        *map(exact_seconds, spans),
        *map(str, times),
        *(none if us is None else exact_seconds(us) for us in means),
    ]

"""Cameras put together: sums, rates, the three bases and their verdicts. Seconds are added, never percentages. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from monitor import sla
from monitor.model import Basis, BlindTime, Camera, ContractTerms, Seconds
from monitor.report.reliability import together
from monitor.report.values import BasisFigure, CameraFigure, GroupFigure, GroupKind, Rates


def rates_of(seconds: Seconds, terms: ContractTerms) -> Rates:
    online = sla.online_ratio(seconds, terms.blind_time)
    intact = sla.intact_ratio(seconds, terms.blind_time) if seconds.degraded else online
    return Rates(online, intact, sla.coverage(seconds))


def group_of(
    kind: GroupKind, group_id: str, name: str, figures: Sequence[CameraFigure], terms: ContractTerms
) -> GroupFigure:
    if len(figures) == 1:  # most sites: the sums are the camera's own
        (own,) = figures
        return GroupFigure(kind, group_id, name, 1, own.seconds, own.rates, own.reliability)
    seconds = sla.total(figure.seconds for figure in figures)
    repairs = together(figure.reliability for figure in figures)
    return GroupFigure(kind, group_id, name, len(figures), seconds, rates_of(seconds, terms), repairs)


def groups_of(
    kind: GroupKind,
    figures: Sequence[CameraFigure],
    terms: ContractTerms,
    key: Callable[[Camera], tuple[str, str]],
) -> tuple[GroupFigure, ...]:
    members: dict[str, list[CameraFigure]] = {}
    names: dict[str, str] = {}
    for figure in figures:
        group_id, name = key(figure.camera)
        members.setdefault(group_id, []).append(figure)
        names.setdefault(group_id, name)
    groups = (group_of(kind, group_id, names[group_id], cameras, terms) for group_id, cameras in members.items())
    return tuple(sorted(groups, key=lambda group: (*worst_first(group.seconds, terms.blind_time), group.id)))


def worst_first(seconds: Seconds, blind: BlindTime) -> tuple[bool, int, int]:
    """Lowest online rate first, then lowest coverage; those without a rate last."""
    whole, owed = sla.counted(seconds, blind), seconds.scheduled
    return not whole, _rank(sla.online(seconds, blind), whole), _rank(owed - seconds.unobserved, owed)


def _rank(part: int, whole: int) -> int:
    """In the order of the ratios: two that differ do so by 1/2**128 at least, for no sum of time reaches 2**64 us.

    Comparing fractions costs ten times as much, and a town's cameras are compared a hundred thousand times.
    """
    return (part << 128) // whole if whole else 0


def bases_of(fleet: Seconds, figures: Sequence[CameraFigure], terms: ContractTerms) -> tuple[BasisFigure, ...]:
    return tuple(on_basis(basis, fleet, figures, terms) for basis in Basis)


def on_basis(basis: Basis, fleet: Seconds, figures: Sequence[CameraFigure], terms: ContractTerms) -> BasisFigure:
    blind, contractual = terms.blind_time, basis is terms.basis
    match basis:
        case Basis.FLEET_SECONDS | Basis.SNAPSHOTS:
            sums = fleet if basis is Basis.FLEET_SECONDS else sla.total(figure.looks for figure in figures)
            ratio, whole = sla.online_ratio(sums, blind), sla.counted(sums, blind)
            good = 0 if ratio is None else int(ratio * whole)
            verdict = sla.verdict(sums, terms.target, terms.min_coverage, blind)
            return BasisFigure(basis, ratio, good, whole, verdict, contractual)
        case Basis.CAMERA_PASS_SHARE:
            share = sla.camera_pass_share((figure.seconds for figure in figures), terms.target, blind)
            rated = [figure for figure in figures if figure.rates.online is not None]
            good = sum(not figure.below_target for figure in rated)
            return BasisFigure(basis, share, good, len(rated), _share_verdict(share, fleet, terms), contractual)


def _share_verdict(share: Fraction | None, fleet: Seconds, terms: ContractTerms) -> sla.SlaVerdict:
    """The share of cameras against the target; whether enough was watched is a question to the whole fleet."""
    by_time = sla.verdict(fleet, terms.target, terms.min_coverage, terms.blind_time)
    if share is None or by_time in (sla.SlaVerdict.NOT_PROVABLE, sla.SlaVerdict.UNDEFINED):
        return by_time
    return sla.SlaVerdict.MET if share >= terms.target else sla.SlaVerdict.MISSED


def intact_verdict(seconds: Seconds, terms: ContractTerms) -> sla.SlaVerdict | None:
    if terms.intact_target is None:
        return None
    faulty_is_down = replace(seconds, degraded=0, down=seconds.down + seconds.degraded)
    return sla.verdict(faulty_is_down, terms.intact_target, terms.min_coverage, terms.blind_time)

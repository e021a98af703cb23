"""From acts to entries of the record: judge them all by what was done so far, then write all of them or none."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from monitor.acts import (
    Act,
    Known,
    PeriodClosed,
    Reason,
    Recorded,
    Refusal,
    Standing,
    Written,
    illegible,
    refusal,
    standing,
    unfounded,
)
from monitor.acts.events import subject
from monitor.cli.exits import Exit
from monitor.cli.people import texts
from monitor.cli.people.bulk import ROW
from monitor.cli.people.caps import Caps
from monitor.cli.people.desk import Desk, outage_runs
from monitor.errors import Fault, LedgerMoved

Offered = tuple[str, Written]  # where it was described, and the act


def submit(offered: Sequence[Offered], desk: Desk) -> int:
    """Write the acts down, or say about each bad one what is wrong with it and write nothing."""
    ledger = desk.record()
    seen = ledger.people_head()  # before the figures: what is done after this must not be closed away
    known = _known(desk, [written.act for _, written in offered])
    while True:
        refused = judged(offered, standing(ledger.acts(), desk.terms), known, desk)
        if refused:
            for where, why in refused:
                print(texts.REFUSED[desk.language].format(where=where, why=why.say(desk.language)), file=sys.stderr)
            print(texts.NOTHING_WRITTEN[desk.language], file=sys.stderr)
            return Exit.NO
        try:
            ledger.add_acts([written for _, written in offered], desk.now, seen)
        except LedgerMoved:  # somebody else was quicker: what he did may speak against ours
            if any(isinstance(written.act, PeriodClosed) for _, written in offered):
                raise  # and belongs into the figures
            seen = ledger.people_head()
            continue
        break
    for _, written in offered:
        kind = texts.KINDS[written.kind][desk.language]
        print(texts.RECORDED[desk.language].format(what=kind, id=written.stamp.id))
    return Exit.OK


def faults_of(offered: Sequence[Offered], desk: Desk) -> list[Fault]:
    """What speaks against lines of a file of which others cannot be read: nothing of it is written anyway."""
    known = _known(desk, [written.act for _, written in offered])
    refused = judged(offered, desk.standing(), known, desk)
    places = ((*where.rpartition(":"), why) for where, why in refused)
    return [Fault(file, int(line), ROW, why.say(desk.language)) for file, _, line, why in places]


def judged(offered: Sequence[Offered], so_far: Standing, known: Known, desk: Desk) -> list[tuple[str, Refusal]]:
    """What speaks against each, one after the other: the second may be wrong because of the first."""
    found, caps = [], Caps(desk, so_far)
    for where, written in offered:
        act = written.act
        if isinstance(act, PeriodClosed) and len(offered) > 1:  # what stands beside it is not in its figures
            found.append((where, Refusal(Reason.NOT_ALONE, act.month)))
            continue
        why = illegible(act) or refusal(written, so_far, desk.now) or unfounded(act, known) or caps.refusal(act)
        if why is not None:
            found.append((where, why))
        else:
            so_far.admit(Recorded(written.kind, written.body, written.act, desk.now))
    return found


def _known(desk: Desk, acts: Sequence[Act]) -> Known:
    """The record's cameras, the outages of those an act speaks of, and the figures of months to be closed."""
    ledger = desk.record()
    cameras = {record.camera.id: record for record in ledger.cameras()}
    asked = {camera_id for act in acts if (camera_id := subject(act)[0]) is not None}
    begun = {name: frozenset(run[0].start_at for run in outage_runs(ledger, name)) for name in asked}
    closings = [act for act in acts if isinstance(act, PeriodClosed)]
    figures = {act.stamp.id: desk.figures(act.month, act.heads) for act in closings}
    heads = ledger.heads()
    now = {
        act.stamp.id: figures[act.stamp.id] if act.heads == heads else desk.figures(act.month, heads)
        for act in closings
    }
    inside = frozenset(name for name, record in cameras.items() if desk.about(record.camera))
    return Known(cameras, begun, inside, figures, now)

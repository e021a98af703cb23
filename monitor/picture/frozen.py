"""A frozen picture: a live sensor cannot send the same key frame twice.

**What counts.** A pair of key frames is equal when all blocks are, a burnt-in clock among them: one block that changed
is life. Let p0 be the chance that a pair of this live camera is equal, for whatever reason: grain too small for the
quantiser, or a block that changed and shares its 16 bits (2^-16). Its habit is m equal ones of n pairs, by day and in
infra-red apart.

**The false alarm, exactly.** Of p0 is known what the habit says, and before that only that it is anything between 0 and
1: Beta(1/2, 3/2). Then K equal pairs in a row have the chance

    P(K | m, n) = (m + 1/2) (m + 3/2) ... (m + K - 1/2) / ((n + 2) (n + 3) ... (n + K + 1)),

the mean of p0^K over all that p0 may still be; p0^K with an estimate put in for p0 would be up to 16,000 times too
small. K is the least number of at least 3 with P <= e(n), where e(n) = 10^-8, and 10^-4 / 2^n where that is more: 317
after no pair at all, 13 after 10, 6 after 48, 5 after 144, 3 from 570 on. A run can only begin once for each pair that
differs, so the expected number of false alarms is at most 2 x 10^-4 once for each camera and mode, while it is new, and
10^-8 for each look thereafter: 4.3 x 10^-5 in a camera-month of 4,320 looks, one in two months of 10,000 cameras if
each were as near to its threshold as may be; a camera of 2,000 pairs without an equal one is forty times below that.

This holds while a camera's pairs are exchangeable. They are while it shows grain: a key frame of 640 x 360 has B = 920
blocks; grain of 0.14 levels changes at least one quantised coefficient of a block with p = 0.012 in a JPEG of quality
60, so all are equal with (1 - p)^B = 2e-5, and ordinary grain gives less than 1e-100. They are not where a camera that
always showed grain loses all of it from one look to the next and nothing moves, no clock either: below 0.1 levels the
sensor's own pictures repeat, and no rule can tell them from a frozen one. Such a camera is called frozen wrongly, and
learns: see below. A clock that shows minutes ticks in every run of ``LEAST_TIME``.

**What a run teaches** that ended by itself. One that was not called frozen, or ended with a picture of which half of
the blocks are still the same: no restart, the same light, so it was a still scene, and each of its pairs counts as
equal. One that was called frozen and ended with another picture may have been either, and its K first pairs count: what
was said to be impossible has perhaps happened. Of more than ``REMEMBERED`` pairs the earlier ones fade.

**Loops.** A recording that is played again shows pictures it showed before. Of the last 64, and of every third of 576
before them, two bytes are remembered. A picture whose bytes are among these, while less than ``LIKE`` of its blocks
equal those of the one before it, is a hit. Let the blocks of a live picture change independently, D of them in the
mean from one picture to another. It equals a given earlier one with e^-D at most, and differs from the last in 460
blocks or more with (e D / 460)^460 at most (Chernoff), whichever is less: below 10^-52 for every D. With any of 256,
then: below 10^-49; what remains is that two bytes are equal by chance, c = 256 / 65,536. A camera that was seen to
repeat itself is not of that kind; from it hits are expected as often as that, p ~ Beta(m, n + 3/2 - m). Of the last 32
pictures that differ from the one before M must be hits, the least M with C(32, M) E[(c + p)^M] <= 10^-8: 6 of a camera
that never repeated itself. The sum over the looks of a month is 4.3 x 10^-5 again, so both rules together make 9 x
10^-5. A scene without grain whose every block goes to and fro at once, with a lamp, is bounded by neither; one that
was called a loop teaches. In order a loop of up to 64 key frames gives nothing but hits from its second round on, one
of up to 640 a third; looked at in no order one of 600 gives a third after 640 looks. What is longer is not found, nor
a recording of a scene so still that its pictures are alike. While hits go on, one among four such pictures, nothing
is taken for habit, equal pairs neither: a loop must not teach that it is one. When they have ended M hits are.

**A ticking clock over a frozen picture**, or an encoder at a constant bitrate, makes each picture differ. The share of
equal blocks is then above anything this live camera showed, but not 1; so it is when all grain goes from a living
scene. Pixels cannot tell these apart, so it is a ``WARNING`` (suspect), never a fault. The encoder goes to and fro
between a few quantisers, and with another one no block is equal at all: so a picture is compared with the last four,
and ten pictures count that are that much like one of them, with no more than three others between two of the ten. Two
snapshots some seconds apart (JPEG, of fixed quantiser) tell: frozen, if all blocks are equal but for a few in a line
near an edge, as a clock is. Whoever takes a live camera for frozen by that would have to meet 890 blocks of which none
changed in seconds: (1 - p)^890 as above, 2e-5 with grain of 0.14 levels, and that of a camera whose last ten minutes
were more alike than any before. It counts as frozen until four pairs in a row are as live ones. What ended by itself
was a still night or a sensor that somebody restarted: half of it is taken for habit, so that after three such nights
none is suspected any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, lgamma, log

import numpy as np
from numpy.typing import NDArray

from monitor.model import SECOND_US, Cause, Finding

from .blocks import GRID, Marks, Sums, marks
from .findings import WARNED, weighed
from .frame import count
from .memory import Memory, Repeats, Stillness, changed

AGAINST = 1e-8  # the chance of a live camera to be called frozen, for each look ...
AGAINST_NEW = 1e-4  # ... and for all looks of a new one together, half of it for each pair that differs
LEAST_RUN = 3
LEAST_TIME = 60 * SECOND_US
NO_PAIR = 5 * SECOND_US  # a server may hand out one key frame for as long: nearer ones say nothing
REMEMBERED = 2_000  # pairs of a habit: two weeks at ten minutes
LIKE = 0.5  # share of equal blocks: the same scene by the same light
CLOCK_BLOCKS = 28  # at most, 3 % of 920
EARLIER = 3  # pictures before the last one that a suspicion looks at
RECENT, OLDER, THINNED = 64, 192, 3  # pictures remembered for loops: the last ones, and of those before every third
WINDOW = 32  # pictures of which so many are hits, each unlike the one before
LATELY = 0b1111  # the last four of them: while hits go on
_DIGEST = 2  # bytes of a fingerprint
_BY_CHANCE = (RECENT + OLDER) / 2 ** (8 * _DIGEST)  # that one of them has the same bytes
EQUAL = "equal_key_frames"  # the measure of a run
REPLAYED = "replayed_key_frames"  # the measure of a loop
ALIKE = "equal_blocks_share"  # the measure of a suspicion
MORE_ALIKE = 0.10  # share of equal blocks beyond the most this live camera showed
ALIKE_RUN, ALIKE_TIME = 10, 600 * SECOND_US  # so many such pictures, and so long
BETWEEN = 3  # pictures that are not, between two that are
FORGETS = 0.999  # of the most it showed, with each live pair: one odd night is forgotten in a week or two
CLOCK_ROWS, EDGE = 3, 5  # rows of blocks: a clock's height, and how far from the upper or lower edge it ends
LEARNT = 20  # pairs, before this camera's share can be exceeded
ALIKE_LEAST = 0.15  # and at least that much: the alive share is near 0 while nothing is known


@dataclass(frozen=True, slots=True)
class Pair:
    """Two key frames, compared block by block."""

    alike: float  # the largest share of blocks that equal those of one of the last four pictures, 0 to 1
    equal: bool  # all of them equal those of the last one
    like: bool  # so many do that it is the same scene by the same light
    replayed: bool  # the picture is unlike the last one, and was there before


def needed(repeats: Repeats) -> int:
    """How many equal pairs in a row are as good as impossible for a live camera with this habit."""
    most = log(max(AGAINST, AGAINST_NEW / 2 ** min(repeats.pairs, 64)))
    many = LEAST_RUN
    while _chance(repeats, many) > most:
        many *= 2
    least = max(LEAST_RUN, many // 2)
    while least < many:
        middle = (least + many) // 2
        if _chance(repeats, middle) > most:
            least = middle + 1
        else:
            many = middle
    return many


def _chance(repeats: Repeats, run: int) -> float:
    """The logarithm of P(K | m, n)."""
    equal, pairs = repeats.equal + 0.5, repeats.pairs + 2
    return lgamma(equal + run) - lgamma(equal) + lgamma(pairs) - lgamma(pairs + run)


def hits_needed(repeats: Repeats) -> int:
    """How many hits in ``WINDOW`` pictures are as good as impossible for a live camera with this habit."""
    moments = [1.0]  # of p: the means of its powers
    for power in range(WINDOW):
        moments.append(moments[-1] * (repeats.equal + power) / (repeats.pairs + 1.5 + power))
    for many in range(LEAST_RUN, WINDOW + 1):
        mean = sum(comb(many, power) * _BY_CHANCE ** (many - power) * moments[power] for power in range(many + 1))
        if comb(WINDOW, many) * mean <= AGAINST:
            return many
    return WINDOW + 1


def frozen(sums: Sums, print_: bytes, memory: Memory, at_us: int) -> tuple[Finding, Stillness, Repeats]:
    """The finding, and what is remembered with this key frame.

    ``print_``: the fingerprint of ``sums``; ``at_us``: when the key frame was taken.
    """
    digest, now = print_[:_DIGEST], marks(sums)
    still, repeats = memory.stillness, memory.repeats
    if not still.marks:
        return _finding(still, repeats, at_us), _with_picture(still, now, digest, at_us), repeats
    if at_us - still.at_us < NO_PAIR:
        return _finding(still, repeats, still.at_us), still, repeats
    pair = compare(now, digest, still)
    still, repeats = _counted(still, repeats, pair)
    return _finding(still, repeats, at_us), _with_picture(still, now, digest, at_us), repeats


def confirm_frozen(memory: Memory, first: Sums, second: Sums) -> Memory:
    """After two snapshots at least 5 s apart: frozen if they differ by no more than a clock does, else cleared.

    Cleared, its habit of being alike is taken for what it just showed, so that it is not asked again soon. A memory
    that suspects nothing any more stays as it is.
    """
    still, repeats = memory.stillness, memory.repeats
    if not still.high:
        return memory
    if by_a_clock(marks(first) != marks(second)):
        return changed(memory, stillness=changed(still, confirmed=True))
    repeats = changed(repeats, alike=max(repeats.alike, still.high_most))
    return memory.with_stillness(changed(still, high=0, low=0, high_most=0.0), repeats)


def by_a_clock(changed: NDArray[np.bool_]) -> bool:
    """Whether all blocks that changed may be a burnt-in clock: a few, in a line near the upper or lower edge."""
    rows = np.flatnonzero(changed.any(axis=1))
    if not rows.size:
        return True
    at_an_edge = rows[-1] < EDGE or rows[0] >= GRID[0] - EDGE
    return bool(count(changed) <= CLOCK_BLOCKS and rows[-1] - rows[0] < CLOCK_ROWS and at_an_edge)


def compare(now: Marks, digest: bytes, still: Stillness) -> Pair:
    """A picture with the one before it and with those that are remembered."""
    equal = count(now == np.frombuffer(still.marks, np.uint16).reshape(GRID)) / now.size
    sketch = _sketch(now)
    earlier = np.frombuffer(still.earlier, np.uint8).reshape(-1, *sketch.shape)
    alike = max([equal, *(count(before == sketch) / sketch.size for before in earlier)])
    remembered = np.frombuffer(still.recent + still.older, np.uint16)
    again = count(remembered == np.frombuffer(digest, np.uint16))
    return Pair(alike, equal == 1, equal >= LIKE, again > 0 and equal < LIKE)


def _counted(still: Stillness, repeats: Repeats, pair: Pair) -> tuple[Stillness, Repeats]:
    still, repeats = _hit(still, repeats, pair)
    if pair.equal:
        run_from = still.run_from_us if still.run else still.at_us
        still = changed(still, run=still.run + 1, run_from_us=run_from)
        return changed(still, high=still.high + 1, low=0) if still.high else still, repeats
    if still.run:  # it ended by itself
        if not still.hits & LATELY:
            still_scene = pair.like or not _is_run(still, repeats, still.at_us)
            repeats = _lived(repeats, still.run if still_scene else min(still.run, needed(repeats)))
        still = changed(still, run=0)
    if pair.replayed or _is_loop(still, repeats):
        return still, repeats
    repeats = _lived(repeats, 0, 1)
    if repeats.pairs > LEARNT and pair.alike > _suspect_from(repeats):
        high_from = still.high_from_us if still.high else still.at_us
        most = max(still.high_most, pair.alike)
        return changed(still, high=still.high + 1, low=0, high_from_us=high_from, high_most=most), repeats
    if still.high and still.low < BETWEEN:
        return changed(still, low=still.low + 1), repeats
    repeats = changed(repeats, alike=max(repeats.alike * FORGETS, _habit(still, repeats), pair.alike))
    return changed(still, high=0, low=0, high_most=0.0, confirmed=False) if still.high else still, repeats


def _hit(still: Stillness, repeats: Repeats, pair: Pair) -> tuple[Stillness, Repeats]:
    """One picture further, if it is another one. Of a loop that is over four pictures without a hit are enough."""
    if pair.equal:
        return still, repeats
    hits = (still.hits << 1 | pair.replayed) & (1 << WINDOW) - 1
    if hits & LATELY or not _is_loop(still, repeats):
        return changed(still, hits=hits), repeats
    return changed(still, hits=0), _lived(repeats, hits_needed(repeats))


def _lived(repeats: Repeats, equal: int, differing: int = 0) -> Repeats:
    """The habit with so many more pairs of either kind."""
    pairs = repeats.pairs + equal + differing
    share = min(1.0, REMEMBERED / pairs)
    return changed(repeats, equal=(repeats.equal + equal) * share, pairs=pairs * share)


def _is_loop(still: Stillness, repeats: Repeats) -> bool:
    hits = still.hits.bit_count()
    return hits >= LEAST_RUN and hits >= hits_needed(repeats)


def _habit(still: Stillness, repeats: Repeats) -> float:
    """How alike this live camera's pairs are to be taken for, now that a time of more alike ones has ended.

    What ended before it was suspected is how it lives. What was suspected or confirmed may have been either, a still
    night or a sensor that somebody restarted: half of it is believed.
    """
    either = still.confirmed or _is_suspect(still, still.at_us)
    return (repeats.alike + still.high_most) / 2 if either else still.high_most


def _suspect_from(repeats: Repeats) -> float:
    return max(ALIKE_LEAST, repeats.alike + MORE_ALIKE)


def _is_run(still: Stillness, repeats: Repeats, at_us: int) -> bool:
    return still.run >= needed(repeats) and at_us - still.run_from_us >= LEAST_TIME


def _is_suspect(still: Stillness, at_us: int) -> bool:
    return still.high >= ALIKE_RUN and at_us - still.high_from_us >= ALIKE_TIME


def _finding(still: Stillness, repeats: Repeats, at_us: int) -> Finding:
    """By the rule that decides: a loop, a run, snapshots, or a suspicion; else how far the run has come."""
    if _is_loop(still, repeats):
        hits, enough = still.hits.bit_count(), hits_needed(repeats)
        return weighed(Cause.PICTURE_FROZEN, REPLAYED, hits, enough, hits / enough)
    most, suspect = needed(repeats), _is_suspect(still, at_us)
    if _is_run(still, repeats, at_us):
        return weighed(Cause.PICTURE_FROZEN, EQUAL, still.run, most, still.run / most)
    if still.confirmed or suspect or (still.high and not still.run):
        score = 1.0 if still.confirmed else 0.99 if suspect else 0.0
        return weighed(Cause.PICTURE_FROZEN, ALIKE, still.high_most, _suspect_from(repeats), score)
    unknown = repeats.pairs < LEARNT and still.run >= ALIKE_RUN and at_us - still.run_from_us >= ALIKE_TIME
    score = max(min(still.run / most, 0.99), WARNED if unknown else 0.0)
    return weighed(Cause.PICTURE_FROZEN, EQUAL, still.run, most, score)


def _with_picture(still: Stillness, now: Marks, digest: bytes, at_us: int) -> Stillness:
    recent, older, looks = still.recent + digest, still.older, still.looks + 1
    if len(recent) > RECENT * _DIGEST:
        if looks % THINNED == 0:
            older = (older + recent[:_DIGEST])[-OLDER * _DIGEST :]
        recent = recent[-RECENT * _DIGEST :]
    before = _sketch(np.frombuffer(still.marks, np.uint16).reshape(-1, GRID[1])).tobytes()
    earlier = (before + still.earlier)[: EARLIER * GRID[0] * GRID[1] // 2]
    return changed(still, marks=now.tobytes(), earlier=earlier, recent=recent, older=older, looks=looks, at_us=at_us)


def _sketch(of: Marks) -> NDArray[np.uint8]:
    """Eight bits of every other block: enough to count by."""
    return (of[:, ::2] >> 8).astype(np.uint8)

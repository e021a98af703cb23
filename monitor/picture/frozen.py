"""A frozen picture: a live sensor cannot send the same key frame twice.

**What counts.** A pair of key frames is equal when all blocks are, but for those known to be a burnt-in clock.

**Loops.** A recording that is played again shows pictures it showed before. Of the last 64, and of every third of 576
before them, two bytes are remembered. A picture whose bytes are among these, and not those of the one before it, is a
hit. A live picture is one with p = p0 + 256 / 65,536 at most: as often as it repeats its last picture, or because two
bytes are equal by chance. Of the last 32 pictures M must be hits, the least M with C(32, M) p^M <= 10^-6, which bounds
the chance of M hits in 32 (7 of a camera known by 48 pairs, 6 by 300). In order a loop of up to 64 key frames gives
nothing but hits from its second round on, one of up to 640 a third; looked at in no order one of 600 gives a third
after 640 looks. What is longer is not found. Hits are never taken for habit: a loop must not teach that it is one.

**The false alarm, exactly.** Let p0 be the chance that a live camera repeats its picture. After n live pairs of which
m were equal it is taken for p0 = (m + 1/2) / (n + 2). A live camera shows K equal pairs in a row by chance p0^K, were
they independent. K is the least number of at least 3 for which p0^K <= 10^-6: the alarm asks for evidence of a million
to one against this camera's own habit. A camera with visible grain has p0 near 0 whatever n is: a key frame of 640 x
360 has B = 920 blocks; grain of 0.14 levels changes at least one quantised coefficient of a block with p = 0.012 in a
JPEG of quality 60, so all are equal with (1 - p)^B = 2e-5, and ordinary grain gives less than 1e-100. Then n = 48 or
more pairs suffice for K = 3, 30 for 4. Of a camera never seen nothing is known: p0 is taken for 1/4 and K = 10, ten
minutes of probes, because that a still scene would repeat itself so often is all there is to hold against it. A camera
that often repeats, a pond at night with the encoder smoothing all grain away, has p0 of 0.5 (K = 20) or 0.9 (K = 132):
runs that end by themselves teach it. Where a still scene is smoothed to nothing pairs are not independent; what such a
camera was never seen to do is then still called frozen. Unequal blocks share their 16 bits with 2^-16, so a pair is
taken for equal wrongly with 2^-16 where exactly one block changed, 2^-32 where two did.

**Clocks.** Blocks that change although 97 % of the others do not, again and again, are a clock. If they too stand for
three pairs, each at least 5 s apart, the picture is frozen however often it repeats otherwise.

**A constant bitrate under a ticking clock** encodes a frozen picture differently each time: the share of equal blocks
is then above anything this live camera showed, but not 1. The encoder goes to and fro between a few quantisers, and
with another one no block is equal at all: so a picture is compared with the last four, and ten pictures count that
are that much like one of them, with no more than three others between two of the ten. That is a ``WARNING`` (suspect),
never a fault, until two snapshots some seconds apart (JPEG, of fixed quantiser) tell: frozen, if all blocks are equal
but for a clock. Whoever takes a live camera for frozen by that would have to meet 890 blocks of which none changed in
seconds: (1 - p)^890 as above, 2e-5 with grain of 0.14 levels, and that of a camera whose last ten minutes were more
alike than any before. It counts as frozen until four pairs in a row are as live ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, comb, log10

import numpy as np
from numpy.typing import NDArray

from monitor.model import SECOND_US, Cause, Finding

from .blocks import GRID, Marks, Sums, marks
from .findings import weighed
from .frame import count
from .memory import Memory, Repeats, Stillness, changed

AGAINST = 6.0  # powers of ten against a live camera's own habit
LEAST_RUN = 3
LEAST_TIME = 30 * SECOND_US
NO_PAIR = 5 * SECOND_US  # a server may hand out one key frame for as long: nearer ones say nothing
FEW_CHANGED = 0.97  # of the blocks are equal: then those that are not may be a clock
CLOCK_BLOCKS = 28  # at most, 3 % of 920
KNOWN = 6  # of ``ticks``: three pairs in which only the clock changed
EARLIER = 3  # pictures before the last one that a suspicion looks at
RECENT, OLDER, THINNED = 64, 192, 3  # pictures remembered for loops: the last ones, and of those before every third
WINDOW = 32  # pictures of which so many are hits
_DIGEST = 2  # bytes of a fingerprint
REPLAYED = "replayed_key_frames"  # the measure of a loop
ALIKE = "equal_blocks_share"  # the measure of a suspicion
MORE_ALIKE = 0.10  # share of equal blocks beyond the most this live camera showed
ALIKE_RUN, ALIKE_TIME = 10, 600 * SECOND_US  # so many such pictures, and so long
BETWEEN = 3  # pictures that are not, between two that are
FORGETS = 0.999  # of the most it showed, with each live pair: one odd night is forgotten in a week or two
CLOCK_ROWS, EDGE = 3, 5  # rows of blocks: a clock's height, and how far from the upper or lower edge it ends
LEARNT = 20  # pairs, before this camera's share can be exceeded
ALIKE_LEAST = 0.15  # and at least that much: the alive share is near 0 while nothing is known

_NO_TICKS = bytes(GRID[0] * GRID[1])


@dataclass(frozen=True, slots=True)
class Pair:
    """Two key frames, compared block by block."""

    alike: float  # the largest share of blocks that equal those of one of the last four pictures, 0 to 1
    equal: bool  # all of them, outside the clock
    clock_stands: bool  # a clock is known, and it shows the same time
    replayed: bool  # the picture is none but the last one, and was there before
    ticks: bytes  # what is then known of the clock


def needed(repeats: Repeats) -> int:
    """How many equal pairs in a row are a million to one against a live camera with this habit."""
    p0 = (repeats.equal + 0.5) / (repeats.pairs + 2)
    return max(LEAST_RUN, ceil(AGAINST / -log10(min(p0, 0.999))))


def hits_needed(repeats: Repeats) -> int:
    """How many hits in ``WINDOW`` pictures are a million to one against a live camera with this habit."""
    p = (repeats.equal + 0.5) / (repeats.pairs + 2) + (RECENT + OLDER) / 2 ** (8 * _DIGEST)
    enough = (many for many in range(LEAST_RUN, WINDOW + 1) if comb(WINDOW, many) * p**many <= 10**-AGAINST)
    return next(enough, WINDOW + 1)


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
    if by_a_clock(marks(first) != marks(second), clock(still.ticks)):
        return changed(memory, stillness=changed(still, confirmed=True))
    repeats = changed(repeats, alike=max(repeats.alike, still.high_most))
    return memory.with_stillness(changed(still, high=0, low=0, high_most=0.0), repeats)


def by_a_clock(changed: NDArray[np.bool_], known: NDArray[np.bool_]) -> bool:
    """Whether all blocks that changed may be a burnt-in clock: those known, or a few in a line near an edge."""
    rest = changed & ~known
    rows = np.flatnonzero(rest.any(axis=1))
    if not rows.size:
        return True
    at_an_edge = rows[-1] < EDGE or rows[0] >= GRID[0] - EDGE
    return bool(rest.sum() <= CLOCK_BLOCKS and rows[-1] - rows[0] < CLOCK_ROWS and at_an_edge)


def compare(now: Marks, digest: bytes, still: Stillness) -> Pair:
    """A picture with the one before it and with those that are remembered."""
    others = now != np.frombuffer(still.marks, np.uint16).reshape(GRID)
    many = count(others)
    equal = 1.0 - many / others.size
    sketch = _sketch(now)
    same = (np.frombuffer(still.earlier, np.uint8).reshape(-1, *sketch.shape) == sketch).tobytes()
    earlier = (same.count(1, at, at + sketch.size) for at in range(0, len(same), sketch.size))
    known = clock(still.ticks)
    of_the_clock = count(others & known)
    remembered = np.frombuffer(still.recent + still.older, np.uint16)
    again = count(remembered == np.frombuffer(digest, np.uint16))
    return Pair(
        max(equal, max(earlier, default=0) / sketch.size),
        many == of_the_clock,
        not of_the_clock and count(known) > 0,
        again > 0 and digest != still.recent[-_DIGEST:],
        _ticks(still.ticks or _NO_TICKS, others) if FEW_CHANGED <= equal < 1 else still.ticks or _NO_TICKS,
    )


def _ticks(before: bytes, changed: NDArray[np.bool_]) -> bytes:
    """A clock is learnt while it alone moves; the first pairs of a freeze teach it as well as a quiet night does."""
    ticks = np.frombuffer(before, np.uint8).reshape(GRID)
    return np.where(changed, np.minimum(ticks, 250) + 2, np.maximum(ticks, 1) - 1).astype(np.uint8).tobytes()


def clock(ticks: bytes) -> NDArray[np.bool_]:
    """The blocks known to be a clock; none when too many would be."""
    if not ticks:
        return np.zeros(GRID, bool)
    known: NDArray[np.bool_] = np.frombuffer(ticks, np.uint8).reshape(GRID) >= KNOWN
    return known if count(known) <= CLOCK_BLOCKS else np.zeros(GRID, bool)


def _counted(still: Stillness, repeats: Repeats, pair: Pair) -> tuple[Stillness, Repeats]:
    standing = still.standing + 1 if pair.clock_stands else 0
    still = changed(still, ticks=pair.ticks, hits=_hits(still, repeats, hit=pair.replayed))
    if pair.equal:
        run_from = still.run_from_us if still.run else still.at_us
        still = changed(still, run=still.run + 1, run_from_us=run_from, standing=standing)
        return changed(still, high=still.high + 1, low=0) if still.high else still, repeats
    if still.run and not _is_frozen(still, repeats, still.at_us):  # it ended by itself: that is how this camera lives
        repeats = changed(repeats, equal=repeats.equal + still.run, pairs=repeats.pairs + still.run)
    if still.run or standing != still.standing:
        still = changed(still, run=0, standing=standing)
    if pair.replayed or _is_loop(still, repeats):
        return still, repeats
    repeats = changed(repeats, pairs=repeats.pairs + 1)
    if repeats.pairs > LEARNT and pair.alike > _suspect_from(repeats):
        high_from = still.high_from_us if still.high else still.at_us
        most = max(still.high_most, pair.alike)
        return changed(still, high=still.high + 1, low=0, high_from_us=high_from, high_most=most), repeats
    if still.high and still.low < BETWEEN:
        return changed(still, low=still.low + 1), repeats
    repeats = changed(repeats, alike=max(repeats.alike * FORGETS, _habit(still, repeats), pair.alike))
    return changed(still, high=0, low=0, high_most=0.0, confirmed=False) if still.high else still, repeats


def _hits(still: Stillness, repeats: Repeats, *, hit: bool) -> int:
    """One picture further. Of a loop that is over four pictures without a hit are enough."""
    hits = (still.hits << 1 | hit) & (1 << WINDOW) - 1
    over = not hits & 0b1111 and _is_loop(still, repeats)
    return 0 if over else hits


def _is_loop(still: Stillness, repeats: Repeats) -> bool:
    hits = still.hits.bit_count()
    return hits >= LEAST_RUN and hits >= hits_needed(repeats)


def _habit(still: Stillness, repeats: Repeats) -> float:
    """How alike this live camera's pairs are to be taken for, now that a time of more alike ones has ended.

    What ended before it was suspected is how it lives; what was confirmed is not. What was only suspected may have
    been either, a still night or a sensor that somebody restarted: half of it is believed.
    """
    if still.confirmed:
        return 0.0
    return (repeats.alike + still.high_most) / 2 if _is_suspect(still, still.at_us) else still.high_most


def _suspect_from(repeats: Repeats) -> float:
    return max(ALIKE_LEAST, repeats.alike + MORE_ALIKE)


def _is_frozen(still: Stillness, repeats: Repeats, at_us: int) -> bool:
    long_enough = still.run >= needed(repeats) and at_us - still.run_from_us >= LEAST_TIME
    return still.confirmed or long_enough or still.standing >= LEAST_RUN or _is_loop(still, repeats)


def _is_suspect(still: Stillness, at_us: int) -> bool:
    return still.high >= ALIKE_RUN and at_us - still.high_from_us >= ALIKE_TIME


def _finding(still: Stillness, repeats: Repeats, at_us: int) -> Finding:
    most = needed(repeats)
    if _is_loop(still, repeats):
        hits, enough = still.hits.bit_count(), hits_needed(repeats)
        return weighed(Cause.PICTURE_FROZEN, REPLAYED, hits, enough, hits / enough)
    if _is_frozen(still, repeats, at_us) and not still.confirmed:
        score = max(1.0, still.run / most)
        return weighed(Cause.PICTURE_FROZEN, "equal_key_frames", still.run, most, score)
    suspect = _is_suspect(still, at_us)
    if still.confirmed or suspect or (still.high and not still.run):
        score = 1.0 if still.confirmed else 0.99 if suspect else 0.0
        return weighed(Cause.PICTURE_FROZEN, ALIKE, still.high_most, _suspect_from(repeats), score)
    return weighed(Cause.PICTURE_FROZEN, "equal_key_frames", still.run, most, min(still.run / most, 0.99))


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

"""Tries all scenes of one half, in two processes, and gives the tables."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rich.progress import Progress

from tests.bench.picture_diagnosis import packages, scores
from tests.bench.picture_diagnosis.days import Weather
from tests.bench.picture_diagnosis.scenes import Half, Palette, Scene, film, painted, scenes_of
from tests.bench.picture_diagnosis.trials import Plan, film_seen, tried
from tests.bench.picture_diagnosis.watching import Seen
from tests.bench.tables import Check, Findings

PROCESSES = 2
FULL = Plan()
QUICK = replace(FULL, weathers=(Weather.RAIN,), still=10, stride=2, onset=0)
QUICK_SCENES = 4
PATIENCE = 8  # scenes tried by one process before it gives way to a fresh one, so that memory stays flat
# Fixed cameras' films: package, file, every how many-th picture is taken as a key frame.
FILMS = (("opencv-doc", "examples/data/vtest.avi", 3), ("opencv-doc", "examples/data/tree.avi", 3))
FILM_LENGTH = 270  # key frames of a film at most


@dataclass(frozen=True, slots=True)
class Order:
    """What to try."""

    half: Half
    plan: Plan = FULL
    most: int | None = None  # scenes
    misses: bool = False  # whether every miss is listed, which only tuning needs
    palette: Palette = Palette.TRUE


def measure(order: Order, progress: Progress) -> Findings:
    """From the packages to the tables."""
    cache = packages.default_cache()
    packages.obtain(cache, progress)
    every = scenes_of(cache)
    scenes = [painted(scene, order.palette) for scene in every if scene.half is order.half][: order.most]
    if order.most is None:  # by their hashes, so that those before an interruption are a fair choice
        scenes.sort(key=lambda scene: scene.seed)
    seen = tried_scenes(scenes, order.plan, progress)
    scenes = scenes[: len(seen)]
    if order.most is None:
        seen += films_seen(cache, order.half)
    return findings(seen, scenes, every, order)


def tried_scenes(scenes: Sequence[Scene], plan: Plan, progress: Progress) -> list[Seen]:
    """Every scene, in the order given; interrupted, those that were done before the first that was not."""
    task = progress.add_task("scenes", total=len(scenes))
    found: list[Seen] = []
    # concurrent.futures waits for ever where its processes are replaced (Python 3.11); this pool does not.
    pool = multiprocessing.get_context("spawn").Pool(PROCESSES, maxtasksperchild=PATIENCE)
    with suppress(KeyboardInterrupt), pool as workers:
        for seen in workers.imap(partial(tried, plan=plan), scenes):
            found.append(seen)
            progress.update(task, advance=1, description=f"scenes, last {seen.scene}"[:60])
    return found


def films_seen(cache: Path, half: Half) -> list[Seen]:
    """The films of fixed cameras that belong to this half, as they are."""
    folders = {package.name: packages.folder_of(package, cache) for package in packages.PACKAGES}
    found = []
    for package, name, step in FILMS:
        pictures = film(folders[package] / name, step, FILM_LENGTH)
        if pictures and Scene(f"{package}/{name}", package, pictures[0]).half is half:
            found.append(film_seen(name, pictures))
    return found


def findings(seen: Sequence[Seen], scenes: Sequence[Scene], every: Sequence[Scene], order: Order) -> Findings:
    """The tables, with which half they speak of."""
    which = f"{len(scenes)} of {len(every)}, {order.palette}"
    half = Check(f"scenes of the half “{order.half}”", "–", which, None)
    tables = [
        scores.recall_table(seen),
        scores.alive_table(seen),
        scores.confusion_table(seen),
        scores.package_table(every),
    ]
    if order.misses:
        tables.append(scores.missed_table(seen))
    return Findings(tuple(tables), (half, *scores.checks(seen)))

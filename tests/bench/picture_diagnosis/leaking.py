"""How much of photographs can be made again from what is remembered of cameras that look at them.

``python -m tests.bench.picture_diagnosis.leaking FILE.png``: a line for each of a few scenes of the half that
thresholds are tuned on, and a picture of one, for docs/picture.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

from monitor.model import Codec
from monitor.picture import Memory
from monitor.picture.frame import reduced
from tests.bench.picture_diagnosis.camera import Camera
from tests.bench.picture_diagnosis.days import STEP, Weather, a_moment, noon
from tests.bench.picture_diagnosis.packages import default_cache
from tests.bench.picture_diagnosis.scenes import Half, Pixels, Scene, scenes_of
from tests.bench.picture_diagnosis.streams import Stream
from tests.bench.picture_diagnosis.watching import Watch
from tests.picture import leak
from tests.picture.film import frame_of

SCENES = 12
LOOKS = 22  # STEP apart: three for the light to settle, fifteen that are gathered, four more
SHOWN = "opencv-doc/examples/text/scenetext05.jpg"  # Apache-2.0, BSD-3-Clause: may be shown


def main(path: Path) -> None:
    """As the module says."""
    scenes = [scene for scene in scenes_of(default_cache()) if scene.half is Half.TUNING]
    scenes = sorted(scenes, key=lambda scene: scene.seed)[:SCENES]
    for scene in scenes:
        film, memory = watched(scene)
        reference = memory.reference
        if not reference.has_outlines:
            sys.stdout.write(f"nothing was learnt: {scene.name}\n")
            continue
        alike = leak.alike(leak.reconstruction(reference), reduced(frame_of(film)).coarse)
        sys.stdout.write(f"{alike:.2f} {scene.name}\n")
        if scene.name == SHOWN:
            cv2.imwrite(str(path), leak.shown(film, reference), [cv2.IMWRITE_PNG_COMPRESSION, 9])


def watched(scene: Scene) -> tuple[Pixels, Memory]:
    """The last picture of a clear afternoon, and what is remembered of all of them."""
    camera, rng, watch = Camera(scene), np.random.default_rng(1), Watch(Stream(Codec.H264), Memory.fresh())
    moments = [a_moment(Weather.CLEAR, noon(0) + number * STEP, False, rng) for number in range(LOOKS)]
    films = [camera.film(moment, rng) for moment in moments]
    for film, moment in zip(films, moments, strict=True):
        watch.look(film, moment.at)
    return films[-1], watch.memory


if __name__ == "__main__":
    main(Path(sys.argv[1]))

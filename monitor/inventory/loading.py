"""All files together: what one camera's row cannot know of another's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from pathlib import Path

from monitor.errors import WHOLE_FILE, Fault, SettingsError
from monitor.inventory.cameras import camera_of
from monitor.inventory.columns import Column
from monitor.inventory.formats import read_rows
from monitor.inventory.table import Row
from monitor.model import Camera, Site
from monitor.parsing.scalars import shown


def load_inventory(paths: Sequence[Path], known_credentials: Collection[str]) -> tuple[Camera, ...]:
    """The cameras of all files in their order; raises ``SettingsError`` with every fault of every file.

    ``known_credentials`` are the names under ``credentials:`` in the settings.
    """
    faults: list[Fault] = []
    cameras: list[Camera] = []
    together = Together(faults)
    for path in paths:
        rows = read_rows(path, faults)
        if not rows and not any(fault.file == str(path) for fault in faults):
            faults.append(Fault(str(path), 0, WHOLE_FILE, "names no camera"))
        for row in rows:
            together.add_id(row)
            camera = camera_of(row, known_credentials, faults)
            if camera is not None:
                together.add_site(row, camera.site)
                together.add_village(row, camera.site)
                cameras.append(camera)
    if faults:
        order = {str(path): number for number, path in enumerate(paths)}
        raise SettingsError(tuple(sorted(faults, key=lambda fault: (order[fault.file], fault.line))))
    return tuple(cameras)


class Together:
    """What has been read so far, to find what contradicts it."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        self.rows: dict[str, Row] = {}  # the first of each camera id
        self.sites: dict[str, tuple[Row, Site]] = {}
        self.villages: dict[str, tuple[Row, Site]] = {}

    def add_id(self, row: Row) -> None:
        """Say if the id of the row is taken."""
        name = row.cells.get(Column.CAMERA_ID, "")
        first = self.rows.setdefault(name, row)
        if name and first is not row:
            what = f"{shown(name)} is already the camera at {first.file}:{first.line}"
            self.faults.append(Fault(row.file, row.line, Column.CAMERA_ID, what))

    def add_site(self, row: Row, site: Site) -> None:
        """Say if the site of the row is told otherwise elsewhere, as one site in two villages."""
        first, told = self.sites.setdefault(site.id, (row, site))
        for field in fields(Site):
            here, there = getattr(site, field.name), getattr(told, field.name)
            if here != there:
                at = f"{first.file}:{first.line}"
                what = (
                    f"the site {shown(site.id)} has {shown(here)} here and {shown(there)} at {at}: "
                    "write the same for one site, or give two sites two names"
                )
                self.faults.append(Fault(row.file, row.line, field.name, what))
                return

    def add_village(self, row: Row, site: Site) -> None:
        """Say if the village of the row is in another town elsewhere; a row that names no town says nothing of it.

        Reports, metrics, scopes and rosters know a village by its name: they would take the two for one.
        """
        if not site.town:
            return
        first, told = self.villages.setdefault(site.village, (row, site))
        here, there = (shown("/".join(filter(None, (each.county, each.town)))) for each in (site, told))
        if here != there and told.id != site.id:  # of one site that has been said
            what = (
                f"{shown(site.village)} is in {here} here and in {there} at {first.file}:{first.line}: a village is "
                f"known by its name alone. Write the same town for one village, or put the town into the names of two"
            )
            self.faults.append(Fault(row.file, row.line, Column.VILLAGE, what))

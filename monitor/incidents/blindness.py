"""Blind spots: sites that no camera shows now, and since when; and sites of which nobody knows whether one does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.incidents.faults import Sight
from monitor.model import Camera, Site, State


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """A site with no camera giving a usable picture."""

    site: Site
    since_at: datetime  # when the last of its cameras was first seen to give none, however often we did not look since
    camera_ids: tuple[str, ...]  # ascending


@dataclass(frozen=True, slots=True)
class UnseenSite:
    """A site of which nobody knows whether a camera gives a usable picture: none is known to, and one may."""

    site: Site
    camera_ids: tuple[str, ...]  # those in UNKNOWN, ascending


def blind_spots(sights: Iterable[Sight]) -> tuple[BlindSpot, ...]:
    """The sites of which every watched camera is DOWN or DEGRADED, longest blind first.

    A camera in UNKNOWN may well give a picture: its site is not called blind, since it is we who do not see.
    """
    unusable: dict[str, list[Sight]] = {}
    shown: set[str] = set()  # sites of which a camera is UP, or may be
    for sight in sights:
        if not sight.watched:
            continue
        if sight.state is State.DOWN or sight.state is State.DEGRADED:
            unusable.setdefault(sight.camera.site.id, []).append(sight)
        else:
            shown.add(sight.camera.site.id)
    found = []
    for site_id, those in unusable.items():
        if site_id not in shown:
            at = max(sight.unusable_at for sight in those if sight.unusable_at is not None)
            found.append(BlindSpot(those[0].camera.site, at, tuple(sorted(sight.camera.id for sight in those))))
    return tuple(sorted(found, key=lambda spot: (spot.since_at, spot.site.id)))


def unseen_sites(sights: Iterable[Sight]) -> tuple[UnseenSite, ...]:
    """The sites that have a watched camera in UNKNOWN and none that is UP, by id."""
    unknown: dict[str, list[Camera]] = {}
    shown: set[str] = set()
    for sight in sights:
        if sight.watched and sight.state is State.UNKNOWN:
            unknown.setdefault(sight.camera.site.id, []).append(sight.camera)
        elif sight.watched and sight.state is State.UP:
            shown.add(sight.camera.site.id)
    return tuple(
        UnseenSite(cameras[0].site, tuple(sorted(camera.id for camera in cameras)))
        for site_id, cameras in sorted(unknown.items())
        if site_id not in shown
    )

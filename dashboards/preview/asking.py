"""What a board asks, asked of a real Prometheus."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from dashboards.preview.reading import Chosen, Variable, Wall, filled
from monitor.errors import SharpEyesError

TIMEOUT = aiohttp.ClientTimeout(total=60)
LARGEST = 20_000_000  # bytes of an answer


@dataclass(frozen=True, slots=True)
class Series:
    """One answer: labels, and values over time (unix seconds)."""

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]

    @property
    def last(self) -> float:
        """The newest value."""
        return self.points[-1][1]


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A server at an address."""

    session: aiohttp.ClientSession
    address: str  # http://host:port

    async def instant(self, expr: str, at: float) -> list[Series]:
        """The values at one moment, in the order Prometheus gives them."""
        found = await self._ask("query", query=expr, time=f"{at:.3f}")
        if found["resultType"] == "scalar":
            return [Series({}, (_point(found["result"]),))]
        return [Series(each["metric"], (_point(each["value"]),)) for each in found["result"]]

    async def course(self, expr: str, start: float, end: float, step: int) -> list[Series]:
        """The values over time, ``step`` seconds apart, the first at ``start``."""
        found = await self._ask("query_range", query=expr, start=f"{start:.3f}", end=f"{end:.3f}", step=str(step))
        return [Series(each["metric"], tuple(map(_point, each["values"]))) for each in found["result"]]

    async def choices(self, wall: Wall, wanted: Chosen, at: float) -> dict[str, list[str]]:
        """What is chosen: of each variable what is wanted, else everything, or the first where only one can be."""
        chosen: dict[str, list[str]] = {}
        for variable in wall.variables:
            there = await self._values(variable, chosen, at)
            kept = [value for value in wanted.get(variable.name, there) if value in there] or there
            chosen[variable.name] = kept if variable.several else kept[:1]
        return chosen

    async def _values(self, variable: Variable, chosen: Chosen, at: float) -> list[str]:
        query = filled(variable.query, chosen, 1, 1)
        if found := re.fullmatch(r"label_values\((.+), (\w+)\)", query):
            series = await self.instant(f"count by ({found[2]}) ({found[1]})", at)
            return sorted(each.labels[found[2]] for each in series)
        if found := re.fullmatch(r"query_result\((.+)\)", query):
            taken = [variable.taken_from(each.labels) for each in await self.instant(found[1], at)]
            return sorted(option.value for option in taken if option)
        raise SharpEyesError(f"variable {variable.name}: {variable.query!r} is no query the preview knows")

    async def _ask(self, what: str, **query: str) -> Any:
        try:
            async with self.session.post(f"{self.address}/api/v1/{what}", data=query, timeout=TIMEOUT) as answer:
                body = bytearray()
                async for piece in answer.content.iter_any():
                    body += piece
                    if len(body) > LARGEST:
                        raise SharpEyesError(f"the answer to {query['query']!r} is larger than {LARGEST} bytes")
                told = json.loads(body)
        except (aiohttp.ClientError, TimeoutError) as error:
            message = f"Prometheus at {self.address} does not answer ({type(error).__name__}); is the address right?"
            raise SharpEyesError(message) from error
        if told.get("status") != "success":
            raise SharpEyesError(f"Prometheus refuses {query['query']!r}: {told.get('error')}")
        return told["data"]


def _point(pair: tuple[float, str]) -> tuple[float, float]:
    return pair[0], float(pair[1])

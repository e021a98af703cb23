"""What is believed of a place by what comes back from its probe address."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Hearing:
    """One place. It is believed lost after two silences in a row, and there again after one answer."""

    reachable: bool | None = None  # None: nothing is known
    ever: bool = False  # it has answered since nothing was known last; before that, its silence says nothing
    _last: tuple[bool | None, ...] = ()  # what was heard last, once anything was

    def hear(self, answer: bool | None) -> bool:
        """Take in what came back (None: it could not be asked); whether another thing is believed now."""
        again = self._last == (answer,)
        self._last = (answer,)
        return bool(answer or again) and self.believe(answer)

    def believe(self, answer: bool | None) -> bool:
        """Take it for true at once; whether that is another belief."""
        changed = answer is not self.reachable
        self.reachable = answer
        self.ever = bool(answer) or (self.ever and answer is False)
        return changed

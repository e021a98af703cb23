"""Every error this project raises on purpose.

::

    SharpEyesError                 something a person can act on; its text says what to do next
    ├── SettingsError              one or more faults in configuration or inventory, each with file:line
    ├── UsageError                 the command line says something that cannot be meant
    ├── LedgerError                the record cannot be read or written
    │   ├── LedgerBroken           the hash chain does not hold; names the first broken link
    │   ├── LedgerUnavailable      disk full, locked, read-only: try again later, nothing is lost
    │   └── LedgerMoved            somebody else added what this was judged without: judge again
    ├── OutboxError                the outbox of messages cannot be used
    │   └── OutboxUnavailable      disk full, locked, read-only: try again later
    ├── AlertmanagerUnavailable    Alertmanager does not say which alerts it holds: their end waits
    ├── CallAgain                  what Alertmanager calls for may be over already: it should look, and call again
    ├── UnknownReceiver            somebody is to be told whom the settings do not know
    ├── FiguresMoved               a closed month no longer gives the figures it was closed with
    ├── PictureMemoryBroken        what was learnt of a camera's picture cannot be read: forget it, learn anew
    ├── PartsMissing               a format needs libraries or fonts that are not installed; names them
    └── ProtocolError
        ├── LocalProtocolError     we broke the protocol: our bug, never held against a camera
        └── RemoteProtocolError    the camera broke the protocol: the only one that may count against it

A probe never raises: what it saw is a ``Result``. Secrets never stand in an error's text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

WHOLE_FILE: Final = "file"  # where a fault is that is not about one part of it


class SharpEyesError(Exception):
    """Something a person can act on."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file a person wrote."""

    file: str
    line: int  # 1-based; 0 when the file as a whole is meant
    where: str  # a path such as ``probe.interval`` or a column name
    what: str  # what is wrong and, where one is near, the name that was probably meant

    @property
    def place(self) -> str:
        """File and line, as far as there is one."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def __str__(self) -> str:
        where = "" if self.where == WHOLE_FILE else self.where
        return ": ".join(filter(None, (self.place, where, self.what)))


class SettingsError(SharpEyesError):
    """Faults in configuration or inventory, all of them together."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class UsageError(SharpEyesError):
    """The command line says something that cannot be meant; nothing was done."""


class LedgerError(SharpEyesError):
    """The record cannot be read or written."""


class LedgerBroken(LedgerError):
    """The hash chain does not hold."""


class LedgerUnavailable(LedgerError):
    """The record cannot be written now; the caller keeps what it has and tries again."""


class LedgerMoved(LedgerError):
    """The record is longer than what the act was judged by; the caller reads on, judges again and tries again."""


class OutboxError(SharpEyesError):
    """The outbox of messages cannot be used."""


class OutboxUnavailable(OutboxError):
    """The outbox cannot be read or written now; nothing of what was asked for is in it."""


class AlertmanagerUnavailable(SharpEyesError):
    """Alertmanager does not say which alerts it holds; nothing is known of their end."""


class CallAgain(SharpEyesError):
    """What is called for may be over already; whoever calls should do so again, unless it is."""


class UnknownReceiver(SharpEyesError):
    """Somebody is to be told whom the settings do not know."""


class FiguresMoved(SharpEyesError):
    """A closed month no longer gives the figures it was closed with: contract, program or record are others."""


class PictureMemoryBroken(SharpEyesError):
    """What was learnt of a camera's picture cannot be read back; nothing is lost but the learning."""


class PartsMissing(SharpEyesError):
    """A format cannot be written with what is installed: libraries or a font are missing, and the text names them."""


class ProtocolError(SharpEyesError):
    """A conversation with a device left the protocol."""


class LocalProtocolError(ProtocolError):
    """Our side broke the protocol: a bug of ours."""


class RemoteProtocolError(ProtocolError):
    """The camera broke the protocol beyond what tolerance can mend."""

"""One camera out of one row: every cell by its own rule, every broken rule its own fault."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from monitor.errors import Fault
from monitor.inventory.columns import Column, category_of
from monitor.inventory.table import Row
from monitor.model import Camera, Site, SiteCategory
from monitor.parsing.scalars import calendar_date, host, identifier, plain_text, port, suggestion, truth

T = TypeVar("T")

LONGEST_URL = 500
DEFAULT_PORTS = {"rtsp": 554, "rtsps": 322}  # RFC 2326, section 3.2; RFC 7826, section 4.2
PASSWORD_IN_PATH = re.compile(r"(pass|passwd|password|pwd)=[^&_/?]", re.IGNORECASE)


class RowReader:
    """Reads the cells of a row; a wrong one is a fault and its default takes its place."""

    def __init__(self, row: Row, faults: list[Fault]) -> None:
        self.row = row
        self.faults = faults

    def fault(self, column: Column, what: str) -> None:
        self.faults.append(Fault(self.row.file, self.row.line, column, what))

    def read(self, column: Column, parse: Callable[[str], T], default: T) -> T:
        """The cell's value; the default when it is empty or wrong."""
        text = self.row.cells.get(column)
        if text is None:
            return default
        try:
            return parse(text if column in (Column.URL, Column.ONVIF) else in_its_place(text))
        except ValueError as error:
            self.fault(column, str(error))
            return default

    def need(self, column: Column, parse: Callable[[str], str]) -> str:
        """The same for a cell that must not be empty."""
        if column not in self.row.cells.keys() | self.row.absent:
            self.fault(column, "is missing")
        return self.read(column, parse, "")

    def text(self, column: Column) -> str:
        """One line of text, or nothing."""
        return self.read(column, plain_text, "")


def camera_of(row: Row, known_credentials: Collection[str], faults: list[Fault]) -> Camera | None:
    """The camera of a row; ``None`` after a fault."""
    before = len(faults)
    cells = RowReader(row, faults)

    def credentials_name(text: str) -> str:
        if text not in known_credentials:
            raise ValueError(f"is not an entry under credentials: in the settings{suggestion(text, known_credentials)}")
        return text

    village = cells.need(Column.VILLAGE, plain_text)
    name = cells.need(Column.NAME, plain_text)
    own_site = cells.text(Column.SITE)
    camera = Camera(
        id=cells.need(Column.CAMERA_ID, identifier),
        name=name,
        site=Site(
            id=own_site or f"{village}/{name}",
            name=own_site or name,
            category=cells.read(Column.CATEGORY, category_of, SiteCategory.OTHER),
            village=village,
            town=cells.text(Column.TOWN),
            county=cells.text(Column.COUNTY),
        ),
        carrier=cells.text(Column.CARRIER),
        url=read_url(cells),
        uplink=cells.text(Column.UPLINK),
        recorder=cells.text(Column.RECORDER),
        credentials=cells.read(Column.CREDENTIALS, credentials_name, ""),
        vendor=cells.text(Column.VENDOR),
        model=cells.text(Column.MODEL),
        in_contract=cells.read(Column.IN_CONTRACT, yes_or_no, True),
        in_service_from=read_date(cells, Column.IN_SERVICE_FROM),
        in_service_to=read_date(cells, Column.IN_SERVICE_TO),
        onvif=cells.read(Column.ONVIF, onvif_place, ""),
        certificate=cells.read(Column.CERTIFICATE, certificate_policy, "accept"),
        cabinet=cells.text(Column.CABINET),
    )
    if camera.in_service_from and camera.in_service_to and camera.in_service_to < camera.in_service_from:
        cells.fault(Column.IN_SERVICE_TO, f"is before {Column.IN_SERVICE_FROM}")
    encrypted = camera.url.startswith("rtsps://") or camera.onvif.startswith("https://")
    if camera.certificate != "accept" and not encrypted:
        cells.fault(Column.CERTIFICATE, "belongs to an rtsps:// or https:// address: over others nothing is encrypted")
    return camera if len(faults) == before and not row.absent else None


def in_its_place(text: str) -> str:
    """A cell that holds no address, which may carry a password and would be shown."""
    if "://" in text:
        raise ValueError("holds an address, which belongs in the column url: are the cells shifted?")
    return text


def yes_or_no(text: str) -> bool:
    """是 or 否, yes or no, 1 or 0."""
    return truth({"1": "yes", "0": "no", "Y": "yes", "N": "no"}.get(text, text))


def read_date(cells: RowReader, column: Column) -> date | None:
    """A local date, or ``None``."""
    found: date | None = None
    return cells.read(column, calendar_date, found)


def read_url(cells: RowReader) -> str:
    """The address from ``url``, or from ``host``, ``port`` and ``path``; the default port is left out."""
    has_url, has_host = Column.URL in cells.row.cells, Column.HOST in cells.row.cells
    if Column.URL in cells.row.absent:
        return ""
    if has_url == has_host:
        both = "stands beside host: keep one of the two" if has_url else "is missing, and so is host"
        cells.fault(Column.URL, both)
        return ""
    if has_url:
        return cells.read(Column.URL, rtsp_url, "")
    name = cells.read(Column.HOST, host_text, "")
    number = cells.read(Column.PORT, port, DEFAULT_PORTS["rtsp"])
    path = cells.read(Column.PATH, url_path, "/")
    return joined("rtsp", name, number, path)


def rtsp_url(text: str) -> str:
    """The URL in one spelling. What is wrong is said without showing any part of it."""
    scheme, separator, rest = text.partition("://")
    if not separator or scheme.lower() not in DEFAULT_PORTS:
        raise ValueError("must begin with rtsp:// or rtsps://")
    url_text(text)
    parts = split(f"{scheme.lower()}://{rest}")
    number = _written_port(parts)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return joined(parts.scheme, _written_host(parts), number or DEFAULT_PORTS[parts.scheme], path or "/")


def onvif_place(text: str) -> str:
    """Where ONVIF answers: ``host``, ``host:port`` or an http(s) URL, without user and password, in one spelling."""
    scheme, separator, rest = text.rpartition("://")
    if separator and scheme.lower() not in ("http", "https"):
        raise ValueError("must be host:port or begin with http:// or https://")
    url_text(text)
    parts = split(f"{scheme.lower() or 'http'}://{rest}")
    number = _written_port(parts)
    if not separator and parts.netloc != rest:
        raise ValueError("must begin with http:// or https:// when it has a path")
    name = _written_host(parts)
    place = f"{name}:{number}" if number else name
    if not separator:
        return place
    return f"{scheme.lower()}://{place}{parts.path}" + (f"?{parts.query}" if parts.query else "")


def _written_port(parts: SplitResult) -> int | None:
    try:
        number = parts.port
    except ValueError:
        number = 0
    if number == 0 or parts.netloc.endswith(":"):
        raise ValueError("has a bad port: 1 to 65535")
    return number


def _written_host(parts: SplitResult) -> str:
    return host_text(f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or "")


def certificate_policy(text: str) -> str:
    """``accept``, ``verify``, or ``sha256:`` and the certificate's digest in one spelling."""
    if text in ("accept", "verify"):
        return text
    kind, _, digest = text.partition(":")
    digest = digest.replace(":", "").replace(" ", "").lower()
    if kind.lower() != "sha256" or not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise ValueError("must be accept, verify, or sha256: and 64 hexadecimal digits")
    return f"sha256:{digest}"


def split(url: str) -> SplitResult:
    """The parts of a URL."""
    try:
        return urlsplit(url)
    except ValueError:
        raise ValueError("has a broken host") from None


def url_text(text: str) -> str:
    """What may stand in a URL or its path, without user, password or fragment."""
    if "@" in text:
        raise ValueError(
            "carries a user or password (or an @, which is written %40): put them under credentials: in the settings "
            "and write the name of that entry in the column credentials"
        )
    if PASSWORD_IN_PATH.search(text):
        raise ValueError("carries a password in its path: change it to an account under credentials: in the settings")
    if len(text) > LONGEST_URL:
        raise ValueError(f"is longer than {LONGEST_URL} characters")
    if not text.isascii() or not text.isprintable() or any(char in text for char in ' "<>\\^`{|}#'):
        raise ValueError("holds a character that no URL has: write it as % and two hexadecimal digits")
    return text


def url_path(text: str) -> str:
    """The part after host and port, with its slash."""
    return url_text(text if text.startswith("/") else f"/{text}")


def host_text(text: str) -> str:
    """A host in lower case; an IPv6 address may stand without its brackets."""
    bare_ipv6 = text.count(":") > 1 and not text.startswith("[")
    try:
        return host(f"[{text}]" if bare_ipv6 else text).lower()
    except ValueError:
        hint = ": a port goes into the column port" if ":" in text else ""
        raise ValueError(f"is neither a host name nor an IP address{hint}") from None


def joined(scheme: str, name: str, number: int, path: str) -> str:
    """One spelling of an address, so that two channels of one device are seen to be of one device."""
    place = name if number == DEFAULT_PORTS[scheme] else f"{name}:{number}"
    return f"{scheme}://{place}{path}"

"""Texts of no more than so many bytes of UTF-8, as the other sides count: a Chinese character has three. Pure."""

from __future__ import annotations

from monitor.language import Language, Phrase

SHORT = 600  # bytes; whoever takes no more is sent no second part
CUT = Phrase("……（已截断，见控制台）", "... (cut, see the console)")


def split(text: str, most_bytes: int) -> list[str]:
    """The text in parts of at most ``most_bytes`` (at least 4), between lines where a line is not too long itself."""
    parts: list[str] = []
    current: list[str] = []
    size = 0
    for line in text.split("\n"):
        for piece in _pieces(line, most_bytes):
            length = len(piece.encode()) + 1
            if current and size + length > most_bytes + 1:
                parts.append("\n".join(current))
                current, size = [], 0
            current.append(piece)
            size += length
    parts.append("\n".join(current))
    return parts


def _pieces(line: str, most_bytes: int) -> list[str]:
    pieces = []
    while len(line.encode()) > most_bytes:
        head = line.encode()[:most_bytes].decode("utf-8", "ignore")
        pieces.append(head)
        line = line[len(head) :]
    return [*pieces, line]


def cut(text: str, most_bytes: int, language: Language) -> str:
    """The text if it fits, else its beginning, and that it is cut; never half a character."""
    if len(text.encode()) <= most_bytes:
        return text
    mark = CUT[language] if most_bytes >= SHORT else "…"
    return text.encode()[: max(0, most_bytes - len(mark.encode()))].decode("utf-8", "ignore") + mark

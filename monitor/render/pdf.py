"""The HTML report printed as PDF: the same document laid out by WeasyPrint; nothing is fetched, no character is a box.

WeasyPrint is an extra (``sharp-eyes[pdf]``) and stands on libraries of the system. What is missing is named before
anything is laid out.
"""

from __future__ import annotations

from contextlib import redirect_stdout
from hashlib import sha256
from io import StringIO
from typing import Final

from monitor.errors import PartsMissing
from monitor.language import Language, Phrase
from monitor.render.fonts import undrawable

LIBRARIES: Final = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"  # Debian's names
CHINESE_FONT: Final = "fonts-noto-cjk"
MOST_SHOWN: Final = 12

NO_WEASYPRINT: Final = Phrase(
    "生成 PDF 需要 WeasyPrint：pip install weasyprint（或安装本程序时选 [pdf]），另需系统库（Debian：{packages}）。"
    "也可用浏览器打印 html 格式。",
    "PDF needs WeasyPrint: pip install weasyprint (or this program's extra [pdf]), and libraries of the system (Debian:"
    " {packages}). Any browser prints the format html.",
)
NO_LIBRARY: Final = Phrase(
    "生成 PDF 所需的系统库无法加载（{reason}）；Debian：apt install {packages}。也可用浏览器打印 html 格式。",
    "a library PDF needs cannot be loaded ({reason}); on Debian: apt install {packages}. Any browser prints the format"
    " html.",
)
NO_FONT: Final = Phrase(
    "本机没有字体能显示报告中的 {count} 个字符（{shown}），PDF 会出现方框，故不生成；Debian 的中文字体：apt install"
    " {package}。",
    "no font of this machine has {count} of the report's characters ({shown}): the PDF would show boxes and is not"
    " written; a Chinese font on Debian: apt install {package}.",
)


def to_pdf(document: bytes, language: Language) -> bytes:
    """The PDF of an HTML report; the same document gives the same bytes with the same libraries and fonts.

    PartsMissing, in the given language, where WeasyPrint, a library behind it or a font is not installed.
    """
    try:
        with redirect_stdout(StringIO()):  # it tells of a missing library there, where the report may be wanted
            from weasyprint import HTML
            from weasyprint.urls import URLFetcher
        missing = undrawable(document.decode())
    except ImportError as error:
        raise PartsMissing(NO_WEASYPRINT[language].format(packages=LIBRARIES)) from error
    except OSError as error:
        reason = str(error).splitlines()[0]
        raise PartsMissing(NO_LIBRARY[language].format(reason=reason, packages=LIBRARIES)) from error
    if missing:
        shown = " ".join(missing[:MOST_SHOWN]) + (" …" if len(missing) > MOST_SHOWN else "")
        raise PartsMissing(NO_FONT[language].format(count=len(missing), shown=shown, package=CHINESE_FONT))
    page = HTML(string=document.decode(), url_fetcher=URLFetcher(allowed_protocols=()))
    printed: bytes = page.write_pdf(pdf_identifier=sha256(document).digest())
    return printed

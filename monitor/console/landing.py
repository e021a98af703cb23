"""The page at ``/``: the town at one glance and where to go on, in Chinese or English."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from html import escape
from importlib.resources import files
from string import Template

from monitor.language import Language, Phrase
from monitor.metrics import GroupFigures, TownView
from monitor.model import State

PAGE = Template(files("monitor.console").joinpath("landing.html").read_text("utf-8"))
STYLE = """body{font:16px/1.6 sans-serif;margin:2rem}
main{max-width:40rem;margin:auto;overflow-x:auto}
.wide{max-width:75rem}
.rate strong{font-size:2rem}
table{border-collapse:collapse}
th,td{border:1px solid #999;padding:.2rem .5rem;vertical-align:top;text-align:left}
.late{font-weight:bold}
small{color:#555}
td small,time{white-space:nowrap}
dt{font-weight:bold}
dd{margin:0 0 .8rem}
.down td:nth-child(4){color:#b00020;font-weight:bold}
.degraded td:nth-child(4){color:#b35900;font-weight:bold}
.unknown td:nth-child(4){color:#555}
"""

TITLE = Phrase("雪亮工程摄像机监测", "Sharp Eyes: village cameras under watch")
RATE = Phrase("本月累计在线率", "Online rate, month to date")
COUNTS = Phrase(
    "在线 {up}，画面异常 {degraded}，离线 {down}，未监测 {unknown}",
    "{up} up, {degraded} with a faulty picture, {down} down, {unknown} unknown",
)
LINKS = {
    "cameras": Phrase("摄像机与画面诊断（{count} 台）", "Cameras and their pictures ({count})"),
    "incidents": Phrase("事件与盲区（当前 {open} 项）", "Incidents and blind spots ({open} open)"),
    "findings": Phrase("设备核查（{found} 项）", "Findings about devices ({found})"),
    "reports": Phrase("考核报告", "Reports"),
    "status": Phrase("当前状态（JSON）", "State of the town (JSON)"),
    "transitions": Phrase("状态变化（JSON）", "Changes of state (JSON)"),
    "metrics": Phrase("监测指标（Prometheus）", "Metrics (Prometheus)"),
    "healthy": Phrase("运行状况", "health"),
    "ready": Phrase("就绪状况", "readiness"),
    "other": Phrase("English", "中文"),
}


def chosen_language(asked: str | None, accept_language: str) -> Language:
    """``?lang=`` if it names one of ours, else Chinese when the browser prefers it, else English."""
    if asked in {language.value for language in Language}:
        return Language(asked)
    return Language.ZH if accept_language.lower().startswith("zh") else Language.EN


def page(town: TownView, language: Language) -> str:
    """The whole page; every value is escaped."""
    whole = next((group for group in town.groups if group.status.kind == "town"), None)
    states = whole.status.states if whole else {}
    texts = {name: phrase[language] for name, phrase in LINKS.items()} | {
        "lang_code": language.value,
        "lang": "zh-CN" if language is Language.ZH else "en",
        "other_lang": (Language.EN if language is Language.ZH else Language.ZH).value,
        "title": f"{whole.status.name} · {TITLE[language]}" if whole else TITLE[language],
        "cameras": LINKS["cameras"][language].format(count=len(town.statuses)),
        "incidents": LINKS["incidents"][language].format(open=len(town.incidents)),
        "findings": LINKS["findings"][language].format(found=sum(len(device.findings) for device in town.devices)),
        "rate_label": RATE[language],
        "rate": _percent(whole),
        "counts": COUNTS[language].format(**{state.value: states.get(state, 0) for state in State}),
    }
    return PAGE.substitute({name: escape(text) for name, text in texts.items()})


def _percent(whole: GroupFigures | None) -> str:
    """Floored to two decimals, so that a figure below the target never looks as if it met it."""
    if whole is None or whole.online_ratio is None:
        return "—"
    return f"{(Decimal(str(whole.online_ratio)) * 100).quantize(Decimal('0.01'), ROUND_FLOOR)} %"

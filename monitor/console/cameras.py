"""The pages at ``/cameras``, ``/villages/NAME`` and ``/cameras/ID``: every camera's state, what stands in the way of
judging its picture, and one camera by itself. What needs somebody stands first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from html import escape
from urllib.parse import quote
from zoneinfo import ZoneInfo

from monitor.console.cells import BACK, framed, heading, local, named, zone_note
from monitor.console.sights import CANNOT_JUDGE, LEARNING, SUSPECTED, brief, named_causes, remarks
from monitor.language import Count, Language, Phrase
from monitor.metrics import TownView
from monitor.model import CameraStatus, Cause, State
from monitor.wording import CAUSES, STATES

TITLE = Phrase("摄像机", "Cameras")
OF_VILLAGE = Phrase("{village}的摄像机", "Cameras of {village}")
COUNTED = Phrase(
    "共 {count} 台。画面无法判断 {blind} 台，学习中 {young} 台，疑似冻结 {doubted} 台：都不是故障，"
    "不影响在线率和完好率；点击摄像机看说明。",
    "{count} {count:camera|cameras}. Pictures that cannot be judged: {blind}; being learnt: {young}; suspected to be "
    "frozen: {doubted}. None of it is a fault or changes a rate; a click on a camera explains it.",
)
HEADS = (
    Phrase("摄像机", "camera"),
    Phrase("部位", "site"),
    Phrase("村", "village"),
    Phrase("状态", "state"),
    Phrase("原因", "cause"),
    Phrase("开始", "since"),
    Phrase("画面诊断", "picture"),
)
NONE = Phrase("没有摄像机。", "There is no camera.")
LEFT_OUT = Phrase(
    "另有 {count} 台未列出：点击村名可看该村全部。",
    "{count} more {count:is|are} not listed: a click on a village lists all of its cameras.",
)
CAMERAS = Phrase("全部摄像机", "all cameras")
MAINTENANCE = Phrase("计划维护中，不计入考核", "planned maintenance is under way and not counted")
PICTURE = Phrase("画面诊断", "Picture")
FACTS = (
    Phrase("编号", "id"),
    Phrase("部位", "site"),
    Phrase("村", "village"),
    Phrase("运营商", "carrier"),
    Phrase("状态", "state"),
    Phrase("开始", "since"),
    Phrase("最近检测", "last probe"),
    Phrase("最近一次正常", "last good"),
)
NOT_ONLINE = Phrase("摄像机不在线，现在没有画面可看。", "The camera is not online: there is no picture to look at now.")
NOT_LOOKED = Phrase("本次运行以来尚未解码过它的画面。", "No picture of it was decoded since the start.")
LOOKED = Phrase("最近一次查看画面：{at}。", "Its picture was last looked at {at}.")
GOOD = Phrase(
    "最近一次查看画面：{at}，能判断的各项均正常。",
    "Its picture was last looked at {at}: all that can be judged is good.",
)
DOUBTED = Phrase(
    "最近一次查看画面：{at}，有疑点（{cause}），正在复核，尚不算故障。",
    "Its picture was last looked at {at}: {cause} is doubted and looked at again; no fault yet.",
)
MOST_SHOWN = 1_000  # cameras
BLOCK = 50  # rows written in one step: about a millisecond
URGENCY = {State.DOWN: 0, State.DEGRADED: 1, State.UNKNOWN: 2, State.UP: 3}


def camera_list(town: TownView, language: Language, village: str | None = None) -> Generator[None, None, str]:
    """The whole page, of one village or all; in steps. Every value is escaped."""
    its = [status for status in town.statuses if village in (None, status.camera.site.village)]
    its.sort(key=lambda status: (URGENCY[status.state], not _is_remarkable(status), status.camera.id))
    yield
    rows = []
    for nth, status in enumerate(its[:MOST_SHOWN], 1):
        rows.append(_row(status, town.terms.zone, language))
        if nth % BLOCK == 0:
            yield
    parts = [
        f"<p>{escape(_counted(its, language))}</p>",
        *(["<table>", heading(HEADS, language), *rows, "</table>"] if rows else [f"<p>{escape(NONE[language])}</p>"]),
    ]
    if left := len(its) - len(rows):
        parts.append(f"<p>{escape(LEFT_OUT[language].format(count=Count(left)))}</p>")
    parts.append(f"<p>{escape(zone_note(town.terms.zone, language))}</p>")
    if village is None:
        return framed(TITLE, "/cameras", parts, language, [("/", BACK)])
    title = Phrase(OF_VILLAGE.zh.format(village=village), OF_VILLAGE.en.format(village=village))
    return framed(title, f"/villages/{quote(village, safe='')}", parts, language, [("/cameras", CAMERAS)])


def camera_page(status: CameraStatus, zone: ZoneInfo, language: Language) -> str:
    """One camera; every value is escaped."""
    camera = status.camera
    title = Phrase(camera.name or camera.id, camera.name or camera.id)
    facts = zip(FACTS, _facts(status, zone, language), strict=True)
    rows = [f"<tr><th>{escape(head[language])}</th><td>{cell}</td></tr>" for head, cell in facts]
    parts = [
        *("<table>", *rows, "</table>"),
        *([f"<p>{escape(MAINTENANCE[language])}</p>"] if status.in_maintenance else []),
        f"<h2>{escape(PICTURE[language])}</h2>",
        *_picture(status, zone, language),
        f"<p>{escape(zone_note(zone, language))}</p>",
    ]
    return framed(title, f"/cameras/{quote(camera.id, safe='')}", parts, language, [("/cameras", CAMERAS)])


def _is_remarkable(status: CameraStatus) -> bool:
    return next(brief(status), None) is not None


def _counted(statuses: Sequence[CameraStatus], language: Language) -> str:
    counts = Counter(what for status in statuses for what in {remark.what for remark in brief(status)})
    return COUNTED[language].format(
        count=Count(len(statuses)),
        blind=counts[CANNOT_JUDGE],
        young=counts[LEARNING],
        doubted=counts[SUSPECTED],
    )


def _row(status: CameraStatus, zone: ZoneInfo, language: Language) -> str:
    camera = status.camera
    cells = (
        f'<a href="/cameras/{quote(camera.id, safe="")}?lang={language.value}">{named(camera.name, camera.id)}</a>',
        escape(camera.site.name),
        _village_link(camera.site.village, language),
        escape(STATES[status.state][language]),
        escape(_cause(status, language)),
        f"<time>{escape(local(status.since_at, zone))}</time>",
        "<br>".join(escape(remark.short(language)) for remark in brief(status)),
    )
    return f'<tr class="{status.state.value}">{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _facts(status: CameraStatus, zone: ZoneInfo, language: Language) -> Iterator[str]:
    """Escaped, in the order of ``FACTS``."""
    camera, last = status.camera, status.last_result
    yield escape(camera.id)
    yield escape(camera.site.name)
    yield _village_link(camera.site.village, language)
    yield escape(camera.carrier)
    yield escape(" · ".join(filter(None, (STATES[status.state][language], _cause(status, language)))))
    yield escape(local(status.since_at, zone))
    told = () if last is None else (local(last.at, zone), CAUSES[last.cause][language], last.detail)
    yield escape(" · ".join(filter(None, told)))
    yield "" if status.last_good_at is None else escape(local(status.last_good_at, zone))


def _village_link(village: str, language: Language) -> str:
    return f'<a href="/villages/{quote(village, safe="")}?lang={language.value}">{escape(village)}</a>'


def _picture(status: CameraStatus, zone: ZoneInfo, language: Language) -> Iterator[str]:
    """What is said of its picture, and why."""
    if status.sight is None:
        yield f"<p>{escape((NOT_LOOKED if status.state.online else NOT_ONLINE)[language])}</p>"
        return
    said = list(remarks(status))
    said_last = Cause.OK if status.last_result is None else status.last_result.cause
    looked = LOOKED if status.state is not State.UP else GOOD if said_last is Cause.OK else DOUBTED
    at = local(status.sight.at, zone)
    yield f"<p>{escape(looked[language].format(at=at, cause=CAUSES[said_last][language]))}</p>"
    if said:
        yield "<dl>"
        for remark in said:
            causes = named_causes(remark.causes, language)
            yield f"<dt>{escape(remark.what[language])}</dt><dd>{escape(causes)}<br>"
            yield f"<small>{escape(remark.why[language])}</small></dd>"
        yield "</dl>"


def _cause(status: CameraStatus, language: Language) -> str:
    return "" if status.cause is Cause.OK else CAUSES[status.cause][language]

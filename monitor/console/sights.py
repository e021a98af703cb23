"""What is said of a camera's picture beside its state: what is only suspected or reported, cannot be judged, is learnt.

None of it is a fault, and the words say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.language import Language, Phrase
from monitor.model import CameraStatus, Cause, Sight
from monitor.wording import CAUSES

SUSPECTED = Phrase("疑似", "suspected")
REPORTED = Phrase("仅报告", "only reported")
CANNOT_JUDGE = Phrase("无法判断", "cannot judge")
LEARNING = Phrase("学习中", "learning")

_WHY = {
    SUSPECTED: Phrase(
        "画面比这台摄像机以往任何时候都更一成不变，但时钟仍在走。若设备通过 ONVIF 提供快照，将取两张来判定；"
        "判定之前不算故障。",
        "More of the picture stands still than ever before, while its clock ticks on. Where the device offers "
        "snapshots over ONVIF, two of them settle it; until then it is no fault.",
    ),
    REPORTED: Phrase(
        "对比度低而轮廓未动，多为雾、霾或烟。只报告，从不算故障；若只有这一台且持续数日，请清洁镜面。",
        "Contrast is low and outlines are in their places: fog, haze or smoke. Never a fault; if this camera alone has "
        "it for days, clean its glass.",
    ),
    CANNOT_JUDGE: Phrase(
        "画面里可供判断的内容太少：没有轮廓或纹理（水面、白墙、积雪），光线太暗，或夜间没有颜色。不是故障，也不当作正常；"
        "不影响在线率和完好率。画面里有了内容，判断自行恢复。列入 picture.moving 的摄像机没有固定视角，"
        "这些项目始终不判。",
        "There is too little to go by: no outlines or texture (water, a white wall, snow), too little light, or no "
        "colours at night. No fault, and not called good either; no rate depends on it. It is judged again once there "
        "is something to see. Of a camera under picture.moving, which has no fixed view, it never is.",
    ),
    LEARNING: Phrase(
        "还不知道这台摄像机平常的画面，或刚在白天与夜视之间切换：看过足够的正常画面后自行开始判断。不是故障。",
        "What this camera usually shows is not known yet, or it has just changed between day and night: it is judged "
        "once enough good pictures were seen. No fault.",
    ),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that is said, about which findings."""

    what: Phrase
    causes: tuple[Cause, ...]

    @property
    def why(self) -> Phrase:
        """What it means, and that it is no fault."""
        return _WHY[self.what]

    def short(self, language: Language) -> str:
        """In one line, such as ``无法判断：视角偏移、画面遮挡``."""
        colon = Phrase("：", ": ")[language]
        return f"{self.what[language]}{colon}{named_causes(self.causes, language)}"


def named_causes(causes: Iterable[Cause], language: Language) -> str:
    """Their names, one after the other."""
    return Phrase("、", ", ")[language].join(CAUSES[cause][language] for cause in causes)


def remarks(status: CameraStatus) -> Iterator[Remark]:
    """All there is to say."""
    if status.sight is not None:
        yield from _noticed(status.sight)
        yield from _some(CANNOT_JUDGE, status.sight.unjudged)
        yield from _some(LEARNING, status.sight.unlearnt)


def brief(status: CameraStatus) -> Iterator[Remark]:
    """What belongs into a list of many cameras: every camera lacks colours at night."""
    if status.sight is not None:
        yield from _noticed(status.sight)
        yield from _some(CANNOT_JUDGE, status.sight.viewless)
        yield from _some(LEARNING, status.sight.unlearnt)


def _noticed(sight: Sight) -> Iterator[Remark]:
    for cause in sight.noticed:
        yield Remark(SUSPECTED if cause is Cause.PICTURE_FROZEN else REPORTED, (cause,))


def _some(what: Phrase, causes: tuple[Cause, ...]) -> Iterator[Remark]:
    if causes:
        yield Remark(what, causes)

"""Why a picture or a video that somebody hands in cannot be looked at."""

from __future__ import annotations

from typing import Final

from monitor.language import Phrase

PICTURES: Final = (
    Phrase("大于 {number} GB:请截取一段", "is larger than {number} GB; cut it"),
    Phrase("其中没有视频,也没有图片", "holds no video and no picture"),
    Phrase("其中没有可以解码的关键帧", "no key frame in it can be decoded"),
    Phrase("无法解码({kind}):请给出图片或视频文件", "cannot be decoded ({kind}): name a picture or a video"),
    Phrase("{size} 边长过大,最多 {most}", "{size}: too wide or high, at most {most} a side"),
    Phrase("{size} 画面过大,最多 {most} 像素", "{size}: too large, at most {most} pixels"),
)

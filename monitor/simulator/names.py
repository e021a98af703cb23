"""How the town is called and what it is made of: villages, places, camera vendors. Words only."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model import SiteCategory
from monitor.simulator.auth import Scheme

TOWN = "青溪镇"
COUNTY = "示范县"
CARRIERS = ("中国移动", "中国电信")

VILLAGES = (
    "石桥村", "柳溪村", "荷塘村", "东岭村", "西湾村", "南坪村", "北山村", "大樟村", "竹园村",
    "龙潭村", "双井村", "枫林村", "古渡村", "桃源村", "白鹭村", "茶亭村", "松坡村", "水口村",
    "上田村", "下田村", "新塘村", "老街村", "金桥村", "横路村", "磨坊村", "梅岭村", "青山村",
)  # fmt: skip
NAME_STARTS = "云秀福安永泰长和兴宝丰明清玉"
NAME_ENDS = "溪山桥塘岭坪湾林井亭田坡洲坝冲垄"


@dataclass(frozen=True, slots=True)
class Place:
    """A place a village has, and where at it cameras hang."""

    name: str
    category: SiteCategory
    views: tuple[str, str]


PLACES = (
    Place("村口路口", SiteCategory.JUNCTION, ("东侧", "西侧")),
    Place("文化广场", SiteCategory.PUBLIC_AREA, ("戏台", "南门")),
    Place("村小学", SiteCategory.SCHOOL, ("校门", "围墙")),
    Place("门前塘", SiteCategory.WATER, ("北岸", "南岸")),
    Place("中心街", SiteCategory.STREET, ("街头", "街尾")),
    Place("老祠堂", SiteCategory.OLD_BUILDING, ("正门", "后院")),
    Place("灌溉渠", SiteCategory.WATER, ("闸口", "桥边")),
    Place("变压器", SiteCategory.OTHER, ("路边", "坡上")),
)


@dataclass(frozen=True, slots=True)
class Vendor:
    """A make of cameras as seen from outside."""

    name: str
    model: str
    path: str
    control: str
    server: str
    credentials: str  # the name under which the town keeps them
    schemes: tuple[Scheme, ...]


HIKVISION = Vendor(
    name="Hikvision",
    model="DS-2CD3T47",
    path="/Streaming/Channels/102",
    control="trackID=1",
    server="IP Camera(C6403)",
    credentials="town-hik",
    schemes=(Scheme.DIGEST_MD5, Scheme.DIGEST_MD5, Scheme.DIGEST_SHA256),
)
DAHUA = Vendor(
    name="Dahua",
    model="DH-IPC-HFW4443",
    path="/cam/realmonitor?channel=1&subtype=1",
    control="trackID=0",
    server="Login to 4F0A1B2C3D",
    credentials="town-dahua",
    schemes=(Scheme.DIGEST_MD5, Scheme.DIGEST_RFC2069),
)
UNIVIEW = Vendor(
    name="Uniview",
    model="IPC-B242",
    path="/media/video2",
    control="video",
    server="Uniview",
    credentials="town-uniview",
    schemes=(Scheme.BASIC, Scheme.NONE),
)


def village_name(number: int) -> str:
    """A different name for each number from 0 on."""
    if number < len(VILLAGES):
        return VILLAGES[number]
    rest, end = divmod(number - len(VILLAGES), len(NAME_ENDS))
    return f"{NAME_STARTS[rest % len(NAME_STARTS)]}{NAME_ENDS[end]}村"

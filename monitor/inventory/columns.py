"""Which heading means which column, in English and as Chinese asset lists (一机一档) write it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from monitor.model import SiteCategory
from monitor.parsing.scalars import shown, suggestion


class Column(StrEnum):
    """What an inventory says about a camera; the value is the English heading."""

    CAMERA_ID = "camera_id"
    NAME = "name"
    SITE = "site"
    CATEGORY = "category"
    VILLAGE = "village"
    TOWN = "town"
    COUNTY = "county"
    CARRIER = "carrier"
    UPLINK = "uplink"
    RECORDER = "recorder"
    CABINET = "cabinet"
    URL = "url"
    HOST = "host"
    PORT = "port"
    PATH = "path"
    CREDENTIALS = "credentials"
    VENDOR = "vendor"
    MODEL = "model"
    IN_CONTRACT = "in_contract"
    IN_SERVICE_FROM = "in_service_from"
    IN_SERVICE_TO = "in_service_to"
    ONVIF = "onvif"
    CERTIFICATE = "certificate"


CHINESE: dict[Column, str] = {
    Column.CAMERA_ID: "摄像机编号 点位编号 设备编码 设备编号 国标编码 国标编号 点位编码 摄像机编码",
    Column.NAME: "点位名称 摄像机名称 设备名称 监控点名称",
    Column.SITE: "重点部位 部位名称 重点部位名称",
    Column.CATEGORY: "部位类别 部位类型 重点部位类别 场所类别 场所类型",
    Column.VILLAGE: "行政村 村 村居 所属村 村社区 所属行政村",
    Column.TOWN: "乡镇 镇 街道 乡镇街道 所属乡镇",
    Column.COUNTY: "区县 县 县区 区 所属区县",
    Column.CARRIER: "运营商 所属运营商 网络运营商 线路运营商",
    Column.UPLINK: "上联 上联线路 上联设备 线路 线路编号",
    Column.RECORDER: "录像机 NVR 硬盘录像机 所属录像机 所属NVR",
    Column.CABINET: "配电箱 电源箱 供电箱 所属配电箱 配电柜 取电点",
    Column.URL: "地址URL URL RTSP地址 视频流地址 取流地址 流地址",
    Column.HOST: "IP地址 IP 设备IP 摄像机IP IPV4地址 主机",
    Column.PORT: "端口 RTSP端口 端口号",
    Column.PATH: "路径 通道 码流路径 取流路径 通道路径",
    Column.CREDENTIALS: "账号 账号名 凭据 账号名称",
    Column.VENDOR: "厂商 设备厂商 品牌 生产厂家",
    Column.MODEL: "型号 设备型号 规格型号",
    Column.IN_CONTRACT: "是否考核 纳入考核 是否纳入考核",
    Column.IN_SERVICE_FROM: "投用日期 启用日期 安装时间 安装日期 投用时间 建成日期",
    Column.IN_SERVICE_TO: "停用日期 停用时间 拆除日期",
    Column.ONVIF: "ONVIF地址 ONVIF服务地址",
    Column.CERTIFICATE: "证书 证书校验 TLS证书",
}

# What such lists also carry and nobody here asks for; any other heading is taken for a misspelt one.
IGNORED = (
    "序号 备注 经度 纬度 MAC地址 安装地址 详细地址 监视方位 朝向 补光属性 摄像机类型 摄像机位置类型 编码格式 "
    "摄像机功能类型 管理单位 管理单位联系方式 维护单位 联系人 联系电话 负责人 录像保存天数 存储天数 设备状态 "
    "所属部门 行政区划代码 杆号 序列号 设备序列号 国标ID no remark remarks note notes longitude latitude "
    "mac_address serial serial_number national_id"
)
PASSWORDS = "密码 口令 登录密码 设备密码 password passwd pwd"

CATEGORIES: dict[SiteCategory, str] = {
    SiteCategory.PUBLIC_AREA: "公共区域 公共场所 广场",
    SiteCategory.STREET: "街道 道路 主干道 街面 村道",
    SiteCategory.JUNCTION: "路口 十字路口 交叉路口 卡口",
    SiteCategory.WATER: "池塘沟渠 水域 池塘 沟渠 河道 水库",
    SiteCategory.SCHOOL: "学校 校园 幼儿园 中小学",
    SiteCategory.OLD_BUILDING: "老旧房屋 老旧建筑 老旧小区 危房",
    SiteCategory.OTHER: "其他 其它",
}


def simplified(text: str) -> str:
    """Without case, spaces and punctuation: ``IP 地址`` is ``ip地址``, ``Camera ID`` is ``camera_id``."""
    return re.sub(r"[\W_]+", "", text).lower()


def by_spelling(words: dict[Column, str]) -> dict[str, Column]:
    """Every spelling of every column."""
    english = {simplified(column.value): column for column in Column}
    return english | {simplified(word): column for column, spellings in words.items() for word in spellings.split()}


SPELLINGS = by_spelling(CHINESE)
CATEGORY_SPELLINGS = {simplified(category.value): category for category in SiteCategory} | {
    simplified(word): category for category, words in CATEGORIES.items() for word in words.split()
}
IGNORED_SPELLINGS = frozenset(simplified(word) for word in IGNORED.split())
PASSWORD_SPELLINGS = frozenset(simplified(word) for word in PASSWORDS.split())
CANONICAL = (*(column.value for column in Column), *(word for words in CHINESE.values() for word in words.split()))


def column_of(heading: str, taken: Mapping[Column, object]) -> Column | None:
    """The column a heading means; ``None`` for one that is known and not needed.

    Raises ``ValueError`` for an unknown heading, one that asks for passwords, and a second one for a taken column.
    """
    spelling = simplified(heading)
    if not spelling:
        raise ValueError("has no heading: give it one or delete it")
    if spelling in PASSWORD_SPELLINGS:
        raise ValueError(
            "passwords do not belong in an inventory: delete the column, put an entry under credentials: in the "
            "settings and write its name in the column credentials (账号)"
        )
    if spelling in IGNORED_SPELLINGS:
        return None
    if spelling not in SPELLINGS:
        raise ValueError(f"{shown(heading)} is not a known column{suggestion(heading, CANONICAL)}")
    column = SPELLINGS[spelling]
    if column in taken:
        raise ValueError(f"{shown(heading)} means {column}, which is already there: keep one of the two")
    return column


def category_of(text: str) -> SiteCategory:
    """``school``, ``学校``; raises ``ValueError``."""
    category = CATEGORY_SPELLINGS.get(simplified(text))
    if category is None:
        names = [*(member.value for member in SiteCategory), *(words.split()[0] for words in CATEGORIES.values())]
        raise ValueError(f"{shown(text)} is not a kind of site{suggestion(text, names)}")
    return category

"""What ``discover`` and ``import`` say to people, in both languages."""

from __future__ import annotations

from monitor.language import Phrase

HELP_DISCOVER = Phrase(
    "查找网络中的 ONVIF 设备,为新设备拟出一机一档", "find ONVIF devices in the network and propose inventory rows"
)
HELP_RANGE = Phrase(
    "逐个询问的地址,如 192.168.1.0/24 或 192.168.1.10-60;可重复;省略则用组播",
    "addresses to ask one by one, as 192.168.1.0/24 or 192.168.1.10-60; may be repeated; without any, multicast",
)
HELP_INTERFACE = Phrase(
    "用组播询问本机此地址所在的网络;可重复", "ask by multicast the network of this address of ours; may be repeated"
)
HELP_ACCOUNT = Phrase(
    "配置中 credentials 下的账号名,向每台新设备出示一次,以查询码流",
    "name of an account under credentials in the settings, shown once to each new device to ask for its streams",
)
HELP_VILLAGE = Phrase("填入行政村一列", "what to write into the column village")
HELP_FOUND_OUT = Phrase(
    "写入此 CSV 文件(须为新文件);省略则输出到屏幕", "write to this CSV file, which must be new; else to the screen"
)
HELP_LARGE = Phrase("允许超过 {usual} 个地址(至多 {most} 个)", "allow more than {usual} addresses (at most {most})")
HELP_PUBLIC = Phrase("允许公网地址", "allow addresses of the Internet")

TOO_MANY = Phrase(
    "共 {count} 个地址,超过 {limit} 个:缩小范围{hint}", "more addresses ({count}) than {limit}: name fewer{hint}"
)
OR_LARGE = Phrase(",或加 --large", ", or add --large")
PUBLIC_RANGE = Phrase(
    "{first} 至 {last} 含公网地址:确属本方网络的,请加 --public",
    "{first} to {last} has addresses of the Internet: add --public if they are yours to ask",
)
NO_ACCOUNT = Phrase("配置中没有账号 {name};可用:{there}", "no account {name} in the settings; there are {there}")
FILE_EXISTS = Phrase("{path} 已存在:请另取文件名", "{path} exists: name another file")
CANNOT_WRITE = Phrase(
    "{path} 无法写入:所在目录须已存在且可写,或另取文件名",
    "{path} cannot be written: its folder must exist and let us write; or name another file",
)
PRINTED_INSTEAD = Phrase("{path} 无法写入:改为输出到屏幕", "{path} cannot be written: the rows are printed instead")
NO_SETTINGS = Phrase(
    "没有配置文件 {path}:不与一机一档对照", "no settings at {path}: there is no inventory to compare with"
)
ASKING_GROUP = Phrase("组播询问 {interfaces}", "asking by multicast: {interfaces}")
USUAL_INTERFACE = Phrase("默认网卡", "the usual interface")
ASKING_RANGE = Phrase(
    "逐个询问 {count} 个地址,约 {seconds:.0f} 秒",
    "asking {count} {count:address|addresses} one by one, about {seconds:.0f} s",
)
ASKED_SO_FAR = Phrase("已询问 {done}/{of},找到 {found} 台", "asked {done} of {of}, found {found}")
ASKING_DEVICES = Phrase("查询 {count} 台设备的码流", "asking {count} {count:device for its|devices for their} streams")
DEVICES_SO_FAR = Phrase("查询设备 {done}/{of}", "devices asked for their streams: {done} of {of}")
ANSWERED = Phrase(
    "应答设备 {count} 台:一机一档已有 {known} 台,新设备 {new} 台",
    "{count} {count:device|devices} answered: {known} in the inventory, {new} new",
)
KNOWN_HEAD = Phrase("一机一档已有:", "in the inventory:")
KNOWN = Phrase("  {host}  {camera} {name}({by})", "  {host}  {camera} {name} ({by})")
MOVED = Phrase(
    "  {host}  {camera} {name}({by});一机一档中的地址为 {hosts}",
    "  {host}  {camera} {name} ({by}); the inventory has {hosts}",
)
KNOWN_BY = {  # by the values of ``KnownBy``, which is not imported: it would load XML parsers for every command
    "address": Phrase("按地址", "by its address"),
    "mac": Phrase("按 MAC 地址", "by its MAC address"),
    "serial": Phrase("按序列号", "by its serial number"),
}
NEW_HEAD = Phrase("新设备:", "new:")
NEW = Phrase("  {host}  {name}:{said}", "  {host}  {name}: {said}")
NEW_STREAM = Phrase("码流 {width}×{height} {codec}", "stream {width}×{height} {codec}")
NOT_ASKED = Phrase("时间已到,未查询", "not asked: there were too many to ask in time")
NO_SERVICE = Phrase("未给出设备服务地址", "it names no address of its device service")
URL_WITH_PASSWORD = Phrase(
    "码流地址中含密码,请改用账号后手工填写",
    "its stream's address carries a password: change that, and write the address by hand",
)
UNREADABLE = Phrase("应答无法解析:{hosts}", "answers nobody can read: {hosts}")
IGNORED_ANSWERS = Phrase(
    "不予处理的应答 {count} 个(过多或来自未询问的地址)",
    "answers passed over: {count} (too many, or from addresses not asked)",
)
UNSENT = Phrase("网络拒绝发送的询问 {count} 个", "questions the network refused to carry: {count}")
UNROUTED = Phrase(
    "本机多半没有默认路由:请用 --interface 写明从本机哪个地址组播询问",
    "there seems to be no default route: say with --interface from which address of this machine to ask",
)
TO_FILL_IN = Phrase(
    "请补全空白列(行政村、运营商等)后并入一机一档,再运行 sharp-eyes check-config",
    "fill in what is empty (village, carrier ...), move the rows to the inventory and run sharp-eyes check-config",
)

HELP_IMPORT = Phrase(
    "对照平台导出的一机一档,列出差异,可生成合并后的清单",
    "compare with the platform's asset list, print what differs, and merge if wanted",
)
HELP_EXPORT_FILE = Phrase("平台导出的一机一档(csv 或 xlsx)", "the asset list exported from the platform (csv or xlsx)")
HELP_WRITE = Phrase("把合并后的一机一档写入此 CSV 文件", "write the merged inventory to this CSV file")
HELP_OVERWRITE = Phrase("--write 的文件已存在时覆盖它", "let --write replace a file that exists")

FILE_EXISTS_OVERWRITE = Phrase(
    "{path} 已存在:请另取文件名,或加 --overwrite 覆盖",
    "{path} exists: name another file, or add --overwrite to replace it",
)
ONLY_CSV = Phrase(
    "合并结果写成 CSV:请把 {path} 改为 .csv 文件名", "the merged inventory is CSV: give {path} a name that ends in .csv"
)
ONE_TABLE = Phrase(
    "--write 需要一机一档是一个 CSV 或 XLSX 文件;本配置为:{files}",
    "--write needs an inventory that is one CSV or XLSX file; here it is {files}",
)
NOTHING_TO_OVERWRITE = Phrase("--overwrite 须与 --write 合用", "--overwrite goes with --write")
PASSED_OVER = Phrase(
    "略过 {count} 行,既无编号也无地址(如合计行):第 {lines} 行",
    "{count} {count:line is|lines are} passed over, with neither an id nor an address, as totals have: {lines}",
)
IMPORT_COUNTS = Phrase(
    "{file} {theirs} 台,一机一档 {ours} 台,对上 {pairs} 台(按编号 {id},按国标编码 {national_id},按地址 {address})",
    "{file} {theirs}, inventory {ours}, found on both sides {pairs} (by id {id}, by national id {national_id}, "
    "by address {address})",
)
ONLY_THEIRS = Phrase("{file} 有、一机一档没有:{count} 台", "in {file}, not in the inventory: {count}")
ONLY_OURS = Phrase("一机一档有、{file} 没有:{count} 台", "in the inventory, not in {file}: {count}")
FIELDS_DIFFER = Phrase("内容不同:{count} 台", "told otherwise: {count}")
PAIR = Phrase("  {camera} {name}({by};{ours},{theirs})", "  {camera} {name} ({by}; {ours}, {theirs})")
MATCHED_BY = {  # by the values of ``MatchedBy``
    "id": Phrase("按编号", "by id"),
    "national_id": Phrase("按国标编码", "by national id"),
    "address": Phrase("按地址", "by address"),
}
FIELD = Phrase("    {field}:{ours} → {theirs}", "    {field}: {ours} → {theirs}")
EMPTY = Phrase("(空)", "(empty)")
NO_DIFFERENCE = Phrase("没有差异", "nothing differs")
MERGED = Phrase(
    "已写入 {path}:改动 {changed} 台,新增 {added} 台",
    "written: {path}; {changed} {changed:camera|cameras} changed, {added} added",
)
KEPT = Phrase("原文件保存为 {path}", "the file that was there is kept as {path}")
NOT_OVERWRITTEN = Phrase(
    "{path} 未改动:合并结果有 {count} 处错误(行号指合并后的表)。请先用 --write 写入新文件,补全后再替换",
    "{path} is as it was: the merged table, whose lines these are, has {count} {count:fault|faults}; "
    "--write it to a new file, complete that, and then put it in place",
)
DROPPED = Phrase(
    "新增摄像机的这些列未写入(该文件自有,或无法原样写入):{headings}",
    "columns of the added cameras that are not taken over (the file's own, or not to be written as they are): "
    "{headings}",
)
NO_PATH = Phrase(
    "新增的 {count} 台没有取流地址:请补全路径和账号",
    "{count} of the added {count:has|have} no stream address: fill in path and credentials",
)
MERGED_TO_FILL_IN = Phrase("其中尚需补全或改正 {count} 处:", "to be completed or corrected there: {count}")

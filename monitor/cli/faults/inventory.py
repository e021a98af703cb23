"""What is wrong in an inventory (一机一档), or in another table of cameras."""

from __future__ import annotations

from typing import Final

from monitor.language import Phrase

INVENTORY: Final = (
    # a cell
    Phrase(
        "是一个地址,应写在 url 列:单元格是否错位?",
        "holds an address, which belongs in the column url: are the cells shifted?",
    ),
    Phrase("须以 rtsp:// 或 rtsps:// 开头", "must begin with rtsp:// or rtsps://"),
    Phrase("应为 主机:端口,或以 http://、https:// 开头", "must be host:port or begin with http:// or https://"),
    Phrase("带路径时须以 http:// 或 https:// 开头", "must begin with http:// or https:// when it has a path"),
    Phrase("端口有误:1 至 65535", "has a bad port: 1 to 65535"),
    Phrase(
        "应为 accept、verify,或 sha256: 加 64 位十六进制数",
        "must be accept, verify, or sha256: and 64 hexadecimal digits",
    ),
    Phrase(
        "带有用户名或密码(或 @,须写成 %40):请放入配置的 credentials: 下,并在 credentials 列写其名称",
        "carries a user or password (or an @, which is written %40): put them under credentials: in the settings and "
        "write the name of that entry in the column credentials",
    ),
    Phrase(
        "路径中带有密码:请改用配置中 credentials: 下的账号",
        "carries a password in its path: change it to an account under credentials: in the settings",
    ),
    Phrase(
        "含网址中不可有的字符:请写成 % 加两位十六进制数",
        "holds a character that no URL has: write it as % and two hexadecimal digits",
    ),
    Phrase("不在配置的 credentials: 之下", "is not an entry under credentials: in the settings"),
    Phrase("早于 {column}", "is before {column}"),
    Phrase(
        "用于 rtsps:// 或 https:// 地址:其他地址不加密",
        "belongs to an rtsps:// or https:// address: over others nothing is encrypted",
    ),
    Phrase("与 host 重复:只保留一个", "stands beside host: keep one of the two"),
    Phrase("主机有误", "has a broken host"),
    Phrase("不是主机名,也不是 IP 地址", "is neither a host name nor an IP address"),
    Phrase("不是主机名,也不是 IP 地址{hint}", "is neither a host name nor an IP address{hint}"),
    Phrase("{what} 不是部位类别", "{what} is not a kind of site"),
    Phrase("{what} 在电子表格中会成为公式:请改写", "{what} would be a formula in a spreadsheet: write it otherwise"),
    Phrase("是公式:请复制此列,再粘贴为数值", "is a formula: copy the column and paste it as values"),
    Phrase("是电子表格的错误值", "is an error value of the spreadsheet"),
    Phrase(
        "是丢了位数的数字:请把此列设为文本格式,重新填写",
        "is a number that has lost digits: format the column as text and write it again",
    ),
    # headings and rows
    Phrase("没有列名:请写上,或删去此列", "has no heading: give it one or delete it"),
    Phrase(
        "密码不要写在清单中:请删去此列,在配置的 credentials: 下设账号,并在 账号(credentials)列写其名称",
        "passwords do not belong in an inventory: delete the column, put an entry under credentials: in the settings "
        "and write its name in the column credentials (账号)",
    ),
    Phrase("{what} 不是已知的列", "{what} is not a known column"),
    Phrase(
        "{what} 即 {column} 列,已经有了:只保留一个",
        "{what} means {column}, which is already there: keep one of the two",
    ),
    Phrase("没有这一列", "no column has this heading"),
    Phrase("没有这一列{also}", "no column has this heading{also}"),
    Phrase(
        "有 {cells} 格,表头有 {columns} 列:是否少了或多了逗号?",
        "has {cells} cells, the heading has {columns}: is a comma missing or too many?",
    ),
    Phrase("没有表头行,如 camera_id,name,village,url", "has no heading row such as camera_id,name,village,url"),
    Phrase(
        "各格之间是制表符、分号或全角逗号:请另存为以逗号分隔的 CSV",
        "has tabs, semicolons or wide commas between its cells: save it as CSV with commas",
    ),
    Phrase("没有表头行", "has no heading row"),
    Phrase(
        "没有这样的表头行:含编号或地址(国标编码、设备编码、IP地址、camera_id),并含另一个已知的列",
        "has no heading row with an id or an address (国标编码, 设备编码, IP地址, camera_id) and one more known column",
    ),
    Phrase(
        "没有这样的表头行:含编号(国标编码、camera_id)或地址(IP地址、host),并含状态(在线状态、status)",
        "has no heading row with an id (国标编码, camera_id) or an address (IP地址, host) and a state "
        "(在线状态, status)",
    ),
    Phrase("{what} 已是 {place} 的摄像机", "{what} is already the camera at {place}"),
    Phrase("{what} 已是第 {line} 行的摄像机", "{what} is already the camera of line {line}"),
    Phrase(
        "部位 {site} 此处为 {here},{place} 为 {there}:同一部位请写一致,不同部位请用不同名称",
        "the site {site} has {here} here and {there} at {place}: write the same for one site, "
        "or give two sites two names",
    ),
    Phrase(
        "{village} 此处在 {here},{place} 在 {there}:系统只按村名识别村。"
        "同一个村请写相同的乡镇,不同的村请把乡镇写进村名",
        "{village} is in {here} here and in {there} at {place}: a village is known by its name alone. "
        "Write the same town for one village, or put the town into the names of two",
    ),
    Phrase("没有摄像机", "names no camera"),
    Phrase("没有编号,也没有地址", "has neither an id nor an address"),
    Phrase("{what} 在名单中出现两次", "{what} stands in the list twice"),
    Phrase("{what} 不是状态:请写 在线 或 离线", "{what} is no state: write 在线 or 离线"),
    Phrase("表头下没有内容", "has no line below its heading"),
    # the file
    Phrase("既不是 .csv 也不是 .xlsx:请另存为其一", "is neither .csv nor .xlsx: save it as one of these"),
    Phrase(
        "不是 .csv、.xlsx、.yml、.yaml:请另存为其一", "is none of .csv, .xlsx, .yml, .yaml: save it as one of these"
    ),
    Phrase("不是 UTF-8,也不是 GB18030:请另存为 CSV UTF-8", "is neither UTF-8 nor GB18030: save it as CSV UTF-8"),
    Phrase(
        "是电子表格,不是 CSV:请改名为 .xlsx,或另存为 CSV",
        "is a spreadsheet, not CSV: name it .xlsx, or save it as CSV",
    ),
    Phrase("是 UTF-16:请另存为 CSV UTF-8", "is UTF-16: save it as CSV UTF-8"),
    Phrase(
        '从此处开始的一行不是有效的 CSV:请查多余的引号(")',
        'is not valid CSV in the row that begins here: look for a quote (") too many',
    ),
    Phrase("应为摄像机列表:每台以短横(-)开头", "must be a list of cameras: begin each with a dash (-)"),
    Phrase("超过 {count} 台摄像机:请分成几个文件", "has more than {count} cameras: split the file"),
    Phrase("超过 {count} 行:请分成几个文件", "has more than {count} lines: split the file"),
    Phrase("超过 {count} 列", "has more than {count} columns"),
    Phrase(
        "不是可读的电子表格:请另存为 .xlsx,不设密码",
        "is not a readable spreadsheet: save it again as .xlsx, without a password",
    ),
    Phrase("解压后大于 {size}", "unpacks to more than {size}"),
)

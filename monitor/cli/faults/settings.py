"""What is wrong in the settings and in contracts."""

from __future__ import annotations

from typing import Final

from monitor.language import Phrase

SETTINGS: Final = (
    # the whole
    Phrase(
        "缺少:请写出摄像机清单的文件名,如 cameras.csv",
        "is missing: name the file that lists the cameras, such as cameras.csv",
    ),
    Phrase("不得长于 probe.interval", "must not be longer than probe.interval"),
    Phrase(
        "不得短于 probe.interval + probe.total_timeout:检测慢不等于中断",
        "must be at least probe.interval + probe.total_timeout: a slow probe is not a gap",
    ),
    Phrase(
        "retry x (fall - 1) 不得少于 {least}:更早则 canaries 无从表明是监测端自身断网",
        "retry x (fall - 1) must be at least {least}: sooner the canaries cannot say that it is our own line",
    ),
    Phrase("不得长于 probe.total_timeout", "must not be longer than probe.total_timeout"),
    Phrase("{what} 不是下列之一:{names}", "{what} is not one of {names}"),
    Phrase("{what} 不是时区", "{what} is not a time zone"),
    Phrase(
        "运行期间不能更改:请重启,或改回原值",
        "cannot change while the monitor runs: restart it, or put the old value back",
    ),
    Phrase(
        "本机内核不允许此用户发送 ICMP 回显:请放行(用 root 执行 {command},并在 /etc/sysctl.d/ 写入同一行以长期有效),"
        "或改写 主机:端口 以 TCP 连接检测",
        "the kernel lets this user send no ICMP echo: let it (as root: {command}, and the same line in /etc/sysctl.d/ "
        "to keep it), or write host:port to ask for a TCP connection",
    ),
    # secrets
    Phrase(
        "{noun}不要写在此文件中:请放入环境变量并用 {key}_env 写其名称,或放入文件并用 {key_again}_file 写其文件名;"
        "然后更换{noun_again}",
        "a {noun} does not belong in this file: put it into an environment variable and name that with {key}_env, or "
        "into a file and name that with {key_again}_file; then change the {noun_again}",
    ),
    Phrase("{both}:两者写一个", "{both}: write one of them"),
    Phrase("与 {key} 重复:两者写一个", "stands beside {key}: write one of them"),
    Phrase("缺少,也没有 {key}:两者写一个", "is missing, and so is {key}: write one of them"),
    Phrase(
        "应为环境变量的名称(A-Z 0-9 _),不是{noun}本身",
        "must be the name of an environment variable (A-Z 0-9 _), not the {noun} itself",
    ),
    Phrase("所指的环境变量没有设置", "names an environment variable that is not set"),
    Phrase("{noun}文件不是 UTF-8 文本", "the {noun} file is not UTF-8 text"),
    Phrase("{noun}文件{why}", "the {noun} file {why}"),
    Phrase("{what}含换行或控制字符", "{what} holds a line break or control character"),
    Phrase(
        '应为 1 至 {count} 个可见字符,不含 : " 和 \\',
        'must be 1 to {count} visible characters without : " and \\',
    ),
    Phrase(
        "不能作账号名称:1 至 64 个字符,限 A-Z a-z 0-9 . _ -",
        "is not a name for credentials: 1 to 64 of A-Z a-z 0-9 . _ -",
    ),
    # planned work
    Phrase("{what} 不是星期:mon tue wed thu fri sat sun", "{what} is not a weekday: mon tue wed thu fri sat sun"),
    Phrase(
        "不能与 from、to 并用:维护或为一次(from, to),或为重复(every, at)",
        "cannot stand beside from and to: work happens once (from, to) or again (every, at)",
    ),
    Phrase(
        "缺少,也没有 every:请写明时间,一次(from, to)或重复(every, at)",
        "is missing, and so is every: say when, once (from, to) or again (every, at)",
    ),
    Phrase("应晚于 from", "must be later than from"),
    Phrase("不得早于 from", "must not be before from"),
    Phrase("缺少:请写明哪几天,如 {example}", "is missing: say on which, such as {example}"),
    Phrase("用于 every: {step},不用于 every: {every}", "belongs to every: {step}, not to every: {every}"),
    Phrase("{what} 已是第 {line} 行的规则", "{what} is already the rule on line {line}"),
    # alerts
    Phrase("不是邮箱地址:请写成 somebody@example.org", "is not a mail address: write it as somebody@example.org"),
    Phrase("不是电话号码:只用数字,前面可加 +", "is not a telephone number: digits only, perhaps with + in front"),
    Phrase(
        "不是网址:须以 https:// 或 http:// 开头",
        "does not hold the address of a web service: it must begin with https:// or http://",
    ),
    Phrase("缺少:请写收件人", "is missing: whom to write to"),
    Phrase(
        "none 会以明文发送密码:请写 starttls 或 ssl", "none would send the password in clear: write starttls or ssl"
    ),
    Phrase(
        "缺少:无人值班时 {{phones}} 也须有人:phones: [号码]",
        "is missing: {{phones}} has to be somebody also where nobody is on duty: phones: [NUMBER]",
    ),
    Phrase(
        "与渠道 {other} 是同一个机器人地址：合计会超出限额，群里也会收到两遍；去掉一个，接收组里改写 {again}",
        "has the address of {other}: together they would exceed what one robot may send, and its group would be told"
        " twice; leave one of them out, and name {again} in the receivers of both",
    ),
    Phrase("备用渠道 {name} 不在 alerts.channels 中", "its fallback {name} is not one of alerts.channels"),
    Phrase(
        "备用渠道互相指向,成了一圈:须有一个渠道在最后",
        "its fallbacks lead in a circle: one channel has to be the last",
    ),
    Phrase(
        '填入占位符后不是 JSON;占位符须写在引号内:"{{text}}"',
        'is not JSON once its placeholders are filled in; they stand inside quotes: "{{text}}"',
    ),
    Phrase(
        "不能作渠道名称:1 至 64 个字符,限 A-Z a-z 0-9 . _ -",
        "is not a name for a channel: 1 to 64 of A-Z a-z 0-9 . _ -",
    ),
    Phrase(
        "需要的库没有安装:pip install 'sharp-eyes[notify]'",
        "needs a library that is not installed: pip install 'sharp-eyes[notify]'",
    ),
    Phrase(
        "这个标头不能写在这里;Authorization 写入 authorization_env",
        "is not a header that can stand here; Authorization goes into authorization_env",
    ),
    Phrase(
        "不是人们访问控制台的地址:请写 http://主机:端口",
        "is not the console's address as people reach it: write http://host:port",
    ),
    Phrase(
        "不是 Alertmanager 的地址:请写 http://主机:9093", "is not an address of Alertmanager: write http://host:9093"
    ),
    Phrase(
        "缺少:要向它询问哪些告警已结束。请写它的地址 http://主机:9093",
        "is missing: it is asked which alerts have ended. Write its address, http://host:9093",
    ),
    Phrase(
        "path: embedded 时无人询问它:请删去,或写 path: alertmanager",
        "nobody asks it with path: embedded: leave it out, or write path: alertmanager",
    ),
    Phrase("缺少,而写了密码:两者都写,或都不写", "is missing, and a password is there: write both, or none"),
    Phrase("与 {other} 重复:只保留一个", "stands beside {other}: keep one of the two"),
    Phrase(
        "含冒号,用户名中没有冒号:密码写入文件或环境变量",
        "has a colon in it, which no user name has: the password goes into a file or variable",
    ),
    Phrase("用于 https:// 地址:其他地址不加密", "belongs to an https:// address: over others nothing is encrypted"),
    Phrase("证书文件 {why}", "the file of certificates {why}"),
    Phrase(
        "不含证书:应以 -----BEGIN CERTIFICATE----- 开头",
        "does not hold certificates: it begins with -----BEGIN CERTIFICATE-----",
    ),
    Phrase(
        "path: alertmanager 时写在 Alertmanager 的文件里:请从这里删去",
        "stand in Alertmanager's file with path: alertmanager: leave them out here",
    ),
    Phrase("{name} 不在 alerts.channels 中:{names}", "{name} is not one of alerts.channels: {names}"),
    Phrase("{name} 不在 alerts.receivers 中:{names}", "{name} is not one of alerts.receivers: {names}"),
    Phrase(
        "两条路都走会重复通知:请写 embedded;运行 Prometheus 时写 alertmanager",
        "both would tell everybody twice: write embedded, or alertmanager where Prometheus runs",
    ),
    Phrase("缺少 {name}:事件要通知 {names}", "{name} is missing: incidents are told to {names}"),
    Phrase(
        "缺少,也没有 token_file:须能确认来者是 Alertmanager",
        "is missing, and so is token_file: Alertmanager has to say who it is",
    ),
    Phrase(
        "在 path: embedded 之外另开一条路,会重复通知:请删去,或写 path: alertmanager",
        "opens a second path beside path: embedded, and everybody would be told twice: leave it out, or write path: "
        "alertmanager",
    ),
    Phrase("缺少:请至少写一个 alerts.channels 中的渠道", "is missing: name at least one of alerts.channels"),
    Phrase("{what} 太晚:今晚巡逻 {at} 出发", "{what} is too late for tonight: the patrol leaves at {at}"),
    Phrase("备用渠道 {name} {why}", "its fallback {name} {why}"),
    Phrase(
        "什么也不说:body 和 url 中都没有 {{text}} 或 {{title}},收到的人不知道发生了什么;例如可写 "
        """body: '{{"phones": "{{phones}}", "text": "{{text}}"}}'""",
        "says nothing: neither its body nor its url has {{text}} or {{title}}, so nobody would read what happened; "
        """write for instance body: '{{"phones": "{{phones}}", "text": "{{text}}"}}'""",
    ),
    Phrase("超过关键词的 {count} 个字符", "is longer than the {count} characters of a key word"),
    Phrase(
        "不是占位符,会原样发出;可用:{{title}} {{text}} {{number}} {{severity}} {{phones}}",
        "is no placeholder: it would be sent as it stands; there are {{title}} {{text}} {{number}} {{severity}} "
        "{{phones}}",
    ),
    Phrase(
        "{word} 不是占位符,会原样发出;可用:{{title}} {{text}} {{number}} {{severity}} {{phones}}",
        "{word} is no placeholder: it would be sent as it stands; there are {{title}} {{text}} {{number}} {{severity}} "
        "{{phones}}",
    ),
    Phrase(
        "{name} 永远不会因此被呼叫:没有摄像机在 {village}",
        "{name} is never called for it: no camera is in {village}",
    ),
    # the files of Alertmanager and Prometheus
    Phrase("不是 YAML:请运行 {checker}", "not YAML: run {checker}"),
    Phrase(
        "与配置的 alerts.link 不同:告警中的链接与消息、看板中的链接会指向两处",
        "is not alerts.link of the settings: the links of alerts and those of messages and dashboards would lead to "
        "two places",
    ),
    Phrase(
        "没有渠道:监测程序停运时无人知晓。请填写 config/alertmanager/alertmanager.yml 两个例子之一;"
        "试用方法见 docs/operations.md 的 “Who watches the monitor”",
        "has no channel: nobody hears that the monitor is down. Fill in one of the two examples of "
        'config/alertmanager/alertmanager.yml; docs/operations.md, "Who watches the monitor", says how to try it',
    ),
    Phrase(
        "只发往中继,而中继就在监测程序里:监测程序停运时无人知晓。请另给它一个渠道",
        "calls only the relay, which is a part of the monitor: nobody hears that the monitor is down. "
        "Give it a channel of its own",
    ),
    Phrase(
        "没有渠道:发给它的无人知晓。请给它一个渠道;无须通知任何人的,请路由到 dashboards-only",
        "has no channel: nobody hears what is routed to it. Give it one, or route to dashboards-only what nobody is to "
        "hear",
    ),
    Phrase(
        "SharpEyesMonitorDown 不能随时经路由到达它:监测程序停运时无人知晓。"
        "请照 config/alertmanager/alertmanager.yml 写上指向它的路由",
        "no route brings it SharpEyesMonitorDown at every hour: nobody hears that the monitor is down. Take over the "
        "route to it of config/alertmanager/alertmanager.yml",
    ),
    Phrase(
        "没有路由把 SharpEyesWatchdog 送到它:静默或抑制期间结束的告警,它永远收不到恢复。"
        "请照 config/alertmanager/alertmanager.yml 写上 SharpEyesWatchdog 之下的各条路由",
        "no route brings it SharpEyesWatchdog: it never hears the end of what is muted or inhibited then. Take over "
        "the routes below the one of SharpEyesWatchdog of config/alertmanager/alertmanager.yml",
    ),
    Phrase(
        "发往中继,而配置的 alerts.path 不是 alertmanager:控制台回 403,消息会被拒收。"
        "请写 alerts.path: alertmanager,或停用 Alertmanager",
        "calls the relay, which takes no calls: alerts.path of the settings is not alertmanager, and the console "
        "answers 403. Write alerts.path: alertmanager, or stop Alertmanager",
    ),
    Phrase(
        "没有名为 {name} 的接收者:监测程序停运时无人知晓",
        "no receiver is named {name}: nobody hears that the monitor is down",
    ),
    Phrase(
        "配置的 alerts.receivers 中没有这个接收者:发来的消息会被拒收",
        "alerts.receivers of the settings has no such receiver: the relay refuses what is sent to it",
    ),
    # contracts
    Phrase("两个时段重叠:一天中每分钟只能属于一个", "two spans overlap: each minute of the day may stand in one only"),
    Phrase("不得早于 from:这是合同的最后一天", "must not be before from: it is the contract's last day"),
    Phrase("与维护单位的密钥相同:双方各用各的", "has the vendor's key: each party signs with a key of its own"),
    Phrase(
        "不能与 contracts 并用:请另写成文件,列入 contracts",
        "cannot stand beside contracts: write it as a file and list it there",
    ),
    Phrase(
        "两个文件的合同编号都是 {name}:须各不相同", "two files have the id {name}: each contract has one of its own"
    ),
    Phrase(
        "涉及其他合同,而没有其他合同:请在 contracts 下列出文件",
        "is about other contracts, and there is none: list files under contracts",
    ),
    Phrase("缺少:多份合同的报告靠它区分", "is missing: reports of several contracts are told apart by it"),
    Phrase(
        "{both}:一个监测程序只有一种日历,另一个镇请另设一个",
        "{both}: one monitor has one calendar, watch the other town with another one",
    ),
    Phrase("{one} 的 may_overlap 写了 {other},并无此合同", "{one} may overlap {other}, which is no other contract"),
    Phrase("对不予认可的原因没有意义:请删去", "says nothing about a cause that is not accepted: delete it"),
    Phrase("late_repair 需要修复时限:请写 repair 一节", "late_repair needs repair limits: write the section repair"),
    Phrase("有一级扣款超过 deduction.fee", "a step costs more than deduction.fee"),
    Phrase("不得短于 repair.normal", "must not be shorter than repair.normal"),
    Phrase("缺少:请列出扣分项", "is missing: list what costs points"),
    Phrase("不得大于 scorecard.start", "must not be more than scorecard.start"),
    Phrase("须在 scorecard.floor 与 scorecard.start 之间", "must be from scorecard.floor to scorecard.start"),
    Phrase("缺少:{kind} 类的项需要它", "is missing: an item of the kind {kind} needs it"),
    Phrase("不用于 {kind} 类的项:该类用 {keys}", "does not belong to an item of the kind {kind}: it takes {keys}"),
    Phrase(
        "第 {number} 级须低于前一级:从最高的写起",
        "step {number} must lie below the one before it: begin with the highest",
    ),
    Phrase("第 {number} 级的 {cost} 须高于前一级", "step {number} must cost more {cost} than the one before it"),
    Phrase(
        "points 需要评分表:请写 scorecard 一节,或写 by: rate",
        "points needs a scorecard: write the section scorecard, or by: rate",
    ),
    Phrase("用于 by: points", "belongs to by: points"),
    Phrase("不能与 {key} 并用:只保留一个", "cannot stand beside {key}: keep one of the two"),
    Phrase("缺少,也没有 {key}", "is missing, and so is {key}"),
    Phrase(
        "与 {key} 须一同写:重大故障是同时这么多台,并有时限",
        "is missing beside {key}: a major fault is so many cameras at once, with a limit",
    ),
    Phrase("{what} 已是第 {line} 行的项", "{what} is already the item on line {line}"),
    # settings beside the inventory
    Phrase(
        "清单中没有摄像机属于它:请改写名称,或删去这些键(即全部)",
        "no camera of the inventory is in it: give other names, or leave the keys out to mean all",
    ),
    Phrase("没有摄像机的上联是 {name}", "no camera has the uplink {name}"),
    Phrase("没有摄像机有 {name}", "no camera has {name}"),
    Phrase(
        "合同 {id} 也包含 {cameras}:请缩小其一;如确需重叠,请写 may_overlap: [{id_again}]",
        "the contract {id} is about {cameras}, too: narrow one of the two, or write may_overlap: [{id_again}] if both "
        "are meant",
    ),
)

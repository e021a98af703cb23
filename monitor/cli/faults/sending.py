"""What became of a message that a channel did not take: connections, servers. What robots say stays as it is."""

from __future__ import annotations

from typing import Final

from monitor.language import Phrase

SENDING: Final = (
    Phrase("地址不是 URL", "the address is not a URL"),
    Phrase("无法连接:{why}", "cannot connect: {why}"),
    Phrase("无应答:{why}", "no answer: {why}"),
    Phrase("HTTP {status},不是机器人的应答", "HTTP {status}, and not the answer of a robot"),
    Phrase(
        "HTTP {status},是网页而不是应答:此网络是否须先登录,或中间有代理?",
        "HTTP {status}, a web page in place of an answer: does the network want a login, or a proxy?",
    ),
    Phrase(
        "HTTP {status},是网页而不是应答:此网络是否须先登录,或中间有代理?网页标题:{title}",
        "HTTP {status}, a web page in place of an answer: does the network want a login, or a proxy? "
        "Its title: {title}",
    ),
    Phrase("TLS 失败:{why}", "TLS failed: {why}"),
    Phrase("服务器用时超过 {seconds} 秒", "the server took longer than {seconds} s"),
    Phrase("{all} 个收件人中已收下 {count} 个,被拒绝的:{names}", "accepted for {count} of {all}, refused for {names}"),
    Phrase("{all} 个收件人中已收下 {count} 个", "accepted for {count} of {all}"),
    Phrase(
        "服务器不提供 STARTTLS:如其端口直接使用 TLS,请写 security: ssl,否则请询问服务器的管理者",
        "the server offers no STARTTLS: write security: ssl where it listens for TLS, or ask who runs it",
    ),
    Phrase(
        "服务器在此端口不接受用户名和密码:请删去,或改用其他端口",
        "the server takes no user name and password here: leave them out, or write another port",
    ),
    Phrase("所有收件人均被拒绝:{codes}", "every recipient was refused: {codes}"),
    Phrase("未安装所需的库:{command}", "the library is not installed: {command}"),
    Phrase("apprise 不认识这种地址", "apprise does not know an address of this kind"),
    Phrase("apprise 称已发出", "apprise says that it worked"),
    Phrase("apprise 称未发出,未说明原因", "apprise says that it did not work, and no more"),
    # what the system and its libraries say of a connection
    Phrase("对方拒绝连接", "Connection refused"),
    Phrase("对方中断了连接", "Connection reset by peer"),
    Phrase("连接超时", "Connection timed out"),
    Phrase("超时", "timed out"),
    Phrase("超时", "TimeoutError"),
    Phrase("连接超时", "ConnectionTimeoutError"),
    Phrase("对方断开了连接", "ServerDisconnectedError"),
    Phrase("对方断开了连接", "SMTPServerDisconnected"),
    Phrase("网络不可达", "Network is unreachable"),
    Phrase("没有到对方的路由", "No route to host"),
    Phrase("域名无法解析", "Name or service not known"),
    Phrase("域名没有地址", "No address associated with hostname"),
    Phrase("域名暂时无法解析", "Temporary failure in name resolution"),
    Phrase("域名无法解析", "Domain name not found"),
    Phrase("域名服务器无应答", "Could not contact DNS servers"),
)

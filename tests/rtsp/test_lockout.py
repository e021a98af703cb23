"""Attempts left and locks, as makers word them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.rtsp.lockout import attempts_left, says_locked, text_of
from monitor.rtsp.messages import Response


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<p>Error: you still have 3 attempt(s).</p>", 3),  # Dahua and its brands
        ("Invalid Authority, you still have 4 attempt(s)", 4),
        ("2 attempts left", 2),
        ("1 login attempt remaining", 1),
        ("Remaining attempts: 6", 6),
        ("attempts remaining=5", 5),
        ("The account will be locked after 4 more failed attempts", 4),
        ("You have only 1 more try", 1),
        ("<retryLoginTime>4</retryLoginTime>", 4),  # Hikvision
        ('{"remainLockTimes": 2}', 2),
        ("no attempts left: you have 0 attempts", 0),
        ("用户名或密码错误，还剩3次机会", 3),
        ("密码错误，您还可以尝试 2 次", 2),
        ("剩余登录次数：5", 5),
        ("剩余4次尝试", 4),
        ("再输错2次将被锁定", 2),
        ("剩余重试次数为3", 3),
        ("剩余可尝试次数[2]", 2),
        ("还剩３次", 3),  # full width
        ("帳號或密碼錯誤，還剩2次", 2),
        ("尚有4次嘗試", 4),
        ("you still have 4 time(s)", 4),
        ("login failed, remain 3 times", 3),
        ("retries left 3", 3),
        ("left login times: 2", 2),
        ("3 retries remaining", 3),
    ],
)
def test_what_is_left_is_a_number(text: str, left: int) -> None:
    assert attempts_left(text) == left
    assert says_locked(text) == (left == 0)


@pytest.mark.parametrize(
    "text",
    [
        "Account Locked",
        "user is locked out",
        "Too many attempts",
        "too many failed logins",
        "Your IP has been locked for 30 minutes after 5 failed attempts",
        "<lockStatus>lock</lockStatus><unlockTime>1800</unlockTime>",
        "账号已锁定",
        "该IP已被锁定，请30分钟后再试",
        "账号锁定",
        "登录失败次数过多，请30分钟后再试",
        "超过最大尝试次数",
        "错误次数超过限制",
        "账号已被锁，剩余时间28分钟",
        "账户已锁",
        "用户被锁住",
        "该用户已被限制登录",
        "IP已被加入黑名单",
        "帳號已鎖定",
        "Maximum login attempts exceeded",
        "login attempts exceeded, try again later",
        "The IP address has been blocked",
        "Account is lock",
        "Too many invalid passwords",
        "<subStatusCode>userLocked</subStatusCode>",
        "accountLocked",
        "ipLocked",
        '{"remainLockSecond": 1800}',
    ],
)
def test_a_lock_is_recognised(text: str) -> None:
    assert attempts_left(text) is None
    assert says_locked(text)


@pytest.mark.parametrize(
    "text",
    [
        "Unauthorized",
        "<style>display: block",
        "unlocked",
        "the account is not locked",
        "the account will be locked",
        "<lockStatus>unlock</lockStatus>",
        "多次输错将被锁定",
        "未锁定",
        "登录失败次数过多将被锁定",
        "以免被锁",
        "未被锁",
        "错误次数超过5次会锁定账号",
        "Too many users",
        "too many login sessions",
        '{"userLocked": false}',
        '{"remainLockSecond": 0}',
        "this path is blocked",
        "3 times",
        "RTSP/1.0 401 Unauthorized 2026",
    ],
)
def test_what_is_neither_says_nothing(text: str) -> None:
    assert attempts_left(text) is None
    assert not says_locked(text)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_refusal_is_read_in_its_own_encoding(encoding: str) -> None:
    reason = "密码错误".encode(encoding).decode("latin-1")
    assert text_of(Response(401, reason, body="还剩3次".encode(encoding))) == "密码错误\n还剩3次"


@given(st.binary(max_size=300))
def test_no_refusal_raises(body: bytes) -> None:
    text = text_of(Response(401, body.decode("latin-1"), body=body))
    assert attempts_left(text) is None or says_locked(text) in (True, False)

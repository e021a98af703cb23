"""Mail, by the standard library in a thread of its own; a server that drags on is cut off."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import ssl
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

from monitor.alerting import Mail, Security
from monitor.notify.values import Answer, Message, Outcome, printable

STEP_SECONDS = 15
WHOLE_SECONDS = 45
NOT_OFFERED = {  # by the word with which the library says so
    "STARTTLS": "the server offers no STARTTLS: write security: ssl where it listens for TLS, or ask who runs it",
    "AUTH": "the server takes no user name and password here: leave them out, or write another port",
}
DOMAIN = "sharp-eyes.invalid"  # of Message-IDs: no host's name is told


async def send_mail(mail: Mail, message: Message, now: datetime) -> Answer:
    """One mail to all; the same message has the same Message-ID, by which many mailboxes tell a repetition."""
    delivery = _Delivery(mail, letter_of(mail, message, now))
    try:
        async with asyncio.timeout(WHOLE_SECONDS):
            return await asyncio.to_thread(delivery.run)
    except TimeoutError:
        delivery.abort()
        return Answer(Outcome.UNANSWERED, f"the server took longer than {WHOLE_SECONDS} s")


def letter_of(mail: Mail, message: Message, now: datetime) -> EmailMessage:
    """The mail as it is written."""
    letter = EmailMessage(policy=SMTP)
    letter["Subject"] = message.title
    letter["From"] = mail.sender
    letter["To"] = ", ".join(mail.to)
    letter["Date"] = now
    letter["Message-ID"] = f"<{message.made_at:%Y%m%d%H%M%S}.{message.number}@{DOMAIN}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(message.whole)
    return letter


class _Delivery:
    def __init__(self, mail: Mail, letter: EmailMessage) -> None:
        self._mail = mail
        self._letter = letter
        self._server: smtplib.SMTP | None = None

    def run(self) -> Answer:
        try:
            self._server = server = self._connected()
        except ssl.SSLError as error:
            return Answer(Outcome.REFUSED, f"TLS failed: {printable(error.reason or '')}")
        except (OSError, smtplib.SMTPException) as error:
            return Answer(Outcome.UNREACHED, f"cannot connect: {_words(error)}")
        try:
            self._greet(server)
            refused = server.send_message(self._letter)
        except (smtplib.SMTPException, OSError) as error:
            return self._failed(error)
        finally:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
        count, total = len(self._mail.to) - len(refused), len(self._mail.to)
        if not refused:
            return Answer(Outcome.SENT, f"accepted for {count} of {total}")
        names = printable(", ".join(sorted(refused)))
        return Answer(Outcome.SENT, f"accepted for {count} of {total}, refused for {names}", missed=len(refused))

    def abort(self) -> None:
        """End what the thread waits for."""
        sock = None if self._server is None else self._server.sock
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _connected(self) -> smtplib.SMTP:
        mail = self._mail
        if mail.security is Security.SSL:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(mail.host, mail.port, timeout=STEP_SECONDS, context=context)
        return smtplib.SMTP(mail.host, mail.port, timeout=STEP_SECONDS)

    def _greet(self, server: smtplib.SMTP) -> None:
        if self._mail.security is Security.STARTTLS:
            server.starttls(context=ssl.create_default_context())
        if self._mail.username and self._mail.password is not None:
            server.login(self._mail.username, self._mail.password.reveal())

    def _failed(self, error: smtplib.SMTPException | OSError) -> Answer:
        text = printable(_words(error), self._mail.password)
        match error:
            case smtplib.SMTPRecipientsRefused(recipients=recipients):
                codes = [code for code, _ in recipients.values()]
                later = any(400 <= code < 500 for code in codes)
                text = f"every recipient was refused: {sorted(set(codes))}"
            case smtplib.SMTPResponseException(smtp_code=code):
                later = 400 <= code < 500
            case smtplib.SMTPNotSupportedError():
                later = False
                text = next((said for word, said in NOT_OFFERED.items() if word in str(error)), text)
            case ssl.SSLError():
                later = False
            case _:
                return Answer(Outcome.UNANSWERED, f"no answer: {text}")
        return Answer(Outcome.UNREACHED if later else Outcome.REFUSED, text)


def _words(error: Exception) -> str:
    match error:
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=said):
            return f"{code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
        case OSError(strerror=str(said)):
            return said
        case _:
            return type(error).__name__

"""A mailbox as people have it: mostly bulk mail in HTML, some letters, few mails of employers.

The mails of employers are the repository's labelled ones; everything else is made up here, from a seed.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from random import Random

OWNER = "kim@home.example"
DATA = Path(__file__).parents[1] / "tests" / "data" / "mail"
_LATEST = datetime(2026, 3, 2, 9, tzinfo=UTC)
_APART = timedelta(minutes=12)

_WORDS = """season garden window paper copper river market ticket summer travel winter bread museum concert
recipe bicycle lamp carpet offer colour morning evening weekend library forest island coffee kitchen friend
photograph parcel delivery invoice account update password device calendar weather station platform engine
meeting project release version branch review comment issue discount member reward collection story chapter
author series episode album artist studio league final score player team ground""".split()
_SHOPS = "lantern orchard pinecone marigold bluebell cinder saffron thistle harbour meadow".split()
_JOB_WORDS = "interview application candidate recruiter position hiring vacancy career".split()


def mails(count: int, seed: int = 7) -> Iterator[tuple[datetime, bytes]]:
    """Yield so many mails with their moments of arrival, oldest first; 26 kB each on average.

    Of a hundred, 60 are newsletters, 18 notices of machines, 12 letters to the owner (a third of them with
    an attachment), 8 mailing-list posts and 2 mails of employers; some newsletters speak of jobs too.
    """
    random = Random(seed)
    employers = sorted(DATA.glob("*/*.eml"))
    for number in range(count):
        at = _LATEST - _APART * (count - number)
        share = number * 37 % 100
        if share < 2:
            yield at, _employer(employers[number // 50 % len(employers)], number, at)
        else:
            make = _newsletter if share < 62 else _notice if share < 80 else _letter if share < 92 else _post
            yield at, make(random, number, at)


def invitation(number: int, ended: datetime) -> bytes:
    """Return a mail that invites the owner to an interview of a firm of its own, which ended then."""
    start, firm = ended - timedelta(hours=1), f"firm{number}"
    stamp = "%Y%m%dT%H%M%SZ"
    return f"""From: Lou Park <lou.park@{firm}.example>
To: Kim Ito <{OWNER}>
Subject: Interview at {firm.title()}: Data Analyst
Date: {format_datetime(start - timedelta(hours=1))}
Message-ID: <invitation@{firm}.example>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

Hi Kim,

we would like to invite you to an interview for the position of Data Analyst at {firm.title()}.
You will be talking to Sam Ode. We look forward to meeting you.

Best regards,
Lou Park
Recruiter, {firm.title()}

--b
Content-Type: text/calendar; method=REQUEST; charset=utf-8

BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Firm//Calendar//EN
METHOD:REQUEST
BEGIN:VEVENT
UID:interview-{number}@{firm}.example
SEQUENCE:0
DTSTAMP:{start:{stamp}}
DTSTART:{start:{stamp}}
DTEND:{ended:{stamp}}
SUMMARY:Interview Kim Ito - Data Analyst
ORGANIZER;CN=Lou Park:mailto:lou.park@{firm}.example
ATTENDEE;CN=Kim Ito:mailto:{OWNER}
ATTENDEE;CN=Sam Ode:mailto:sam.ode@{firm}.example
END:VEVENT
END:VCALENDAR

--b--
""".replace("\n", "\r\n").encode()


def fill(maildir: Path, count: int) -> int:
    """Deliver the mails into a Maildir, named as a delivery agent names them; return their octets."""
    for name in ("cur", "new", "tmp"):
        (maildir / name).mkdir(parents=True, exist_ok=True)
    total = 0
    for number, (at, octets) in enumerate(mails(count)):
        unix = octets.replace(b"\r\n", b"\n")
        name = f"{int(at.timestamp())}.M{number:06}P1.bench,S={len(unix)},W={len(octets)}:2,S"
        path = maildir / "cur" / name
        path.write_bytes(unix)
        os.utime(path, (at.timestamp(),) * 2)
        total += len(octets)
    return total


def _employer(path: Path, number: int, at: datetime) -> bytes:
    """Return a labelled mail; from the second round on under another Message-ID."""
    octets = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    head, _, body = octets.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"x-bench")]
    date = b"Date: " + format_datetime(at).encode()
    lines = [date if line.lower().startswith(b"date:") else line for line in lines]
    renamed = b"\r\n".join(lines).replace(b"Message-ID: <", b"Message-ID: <%d." % number)
    return renamed + b"\r\n\r\n" + body


def _header(number: int, at: datetime, sender: str, subject: str, *more: str) -> str:
    fields = (
        f"Received: from mx{number % 7}.{sender.partition('@')[2].rstrip('>')} (mx [192.0.2.{number % 250}])",
        "\tby mail.home.example with ESMTPS id 4XyZ" + f"{number:08};\r\n\t{format_datetime(at)}",
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; s=key1; h=from:to:subject:date;",
        "\tb=" + base64.b64encode(Random(number).randbytes(256)).decode(),
        f"From: {sender}",
        f"To: Kim Ito <{OWNER}>",
        f"Subject: {subject}",
        f"Date: {format_datetime(at)}",
        f"Message-ID: <{number}.{at:%Y%m%d%H%M}@{sender.partition('@')[2].rstrip('>')}>",
        "MIME-Version: 1.0",
        *more,
    )
    return "\r\n".join(fields) + "\r\n"


def _sentence(random: Random, words: int = 12) -> str:
    return " ".join(random.choices(_WORDS, k=words)).capitalize() + "."


def _html(random: Random, size: int) -> str:
    rows = []
    while size > 0:
        link = f"https://click.shop.example/{random.randbytes(24).hex()}"
        row = (
            '<tr><td style="padding:12px 24px;font-family:Arial,sans-serif;font-size:14px;color:#333">'
            f'<a href="{link}"><img src="{link}.png" width="560" alt=""></a><p>{_sentence(random, 20)}</p>'
            "</td></tr>\r\n"
        )
        rows.append(row)
        size -= len(row)
    return "<html><body><table>" + "".join(rows) + "</table></body></html>\r\n"


def _both(text: str, html: str) -> str:
    return (
        'Content-Type: multipart/alternative; boundary="=_alt"\r\n\r\n'
        f"--=_alt\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
        f"--=_alt\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--=_alt--\r\n"
    )


def _newsletter(random: Random, number: int, at: datetime) -> bytes:
    shop = random.choice(_SHOPS)
    more = (
        f"List-Unsubscribe: <https://{shop}.example/u/{number}>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        f"List-Id: <news.{shop}.example>",
        "Precedence: bulk",
    )
    text = "\r\n".join(_sentence(random) for _ in range(12))
    if number % 9 == 0:
        text += f"\r\nHow to shine in an {random.choice(_JOB_WORDS)}: {_sentence(random)}"
    head = _header(number, at, f"{shop.title()} <news@{shop}.example>", _sentence(random, 6), *more)
    return (head + _both(text, _html(random, random.randrange(13_000, 47_000)))).encode()


def _notice(random: Random, number: int, at: datetime) -> bytes:
    shop = random.choice(_SHOPS)
    head = _header(
        number, at, f"{shop.title()} <no-reply@{shop}.example>", f"Your parcel {number} is on its way"
    )
    text = "\r\n".join(_sentence(random) for _ in range(4))
    return (head + _both(text, _html(random, random.randrange(4_000, 16_000)))).encode()


def _letter(random: Random, number: int, at: datetime) -> bytes:
    friend = f"Friend {number % 40} <friend{number % 40}@people.example>"
    text = "Hi Kim,\r\n\r\n" + "\r\n".join(_sentence(random) for _ in range(8)) + "\r\n\r\nBest,\r\nRobin\r\n"
    if number % 3:
        head = _header(number, at, friend, _sentence(random, 4), "Content-Type: text/plain; charset=utf-8")
        return (head + "\r\n" + text).encode()
    head = _header(
        number, at, friend, _sentence(random, 4), 'Content-Type: multipart/mixed; boundary="=_mix"'
    )
    picture = base64.encodebytes(random.randbytes(random.randrange(20_000, 120_000))).replace(b"\n", b"\r\n")
    return (
        (
            f"{head}\r\n--=_mix\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
            "--=_mix\r\nContent-Type: image/jpeg; name=photo.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        ).encode()
        + picture
        + b"--=_mix--\r\n"
    )


def _post(random: Random, number: int, at: datetime) -> bytes:
    head = _header(
        number,
        at,
        f"Member {number % 90} <member{number % 90}@people.example>",
        f"[bicycles] {_sentence(random, 4)}",
        "List-Id: Bicycles <bicycles.lists.example>",
        f"In-Reply-To: <{number - 100}.post@lists.example>",
        "Content-Type: text/plain; charset=utf-8",
    )
    return (head + "\r\n" + "\r\n".join(_sentence(random) for _ in range(30)) + "\r\n").encode()

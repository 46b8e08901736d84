"""Hostile mails, made in code: each is one way to make a reader slow, big or wrong (FAULTS 18-21).

`MAILS` maps a name to octets.  Nothing here is larger than a few megabytes.
"""

from __future__ import annotations

_HEAD = (
    b"From: Eve <eve@evil.example>\r\nTo: ann@home.example\r\nSubject: Interview\r\n"
    b"Date: Tue, 3 Mar 2026 10:00:00 +0000\r\nMessage-ID: <x@evil.example>\r\n"
)


def _plain(body: bytes, more: bytes = b"") -> bytes:
    return _HEAD + b"Content-Type: text/plain; charset=utf-8\r\n" + more + b"\r\n" + body


def _html(body: bytes) -> bytes:
    return _HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + body


def _fields(fields: bytes) -> bytes:
    return _HEAD + fields + b"\r\n\r\nText."


def _multi(body: bytes, boundary: bytes = b"b") -> bytes:
    return _HEAD + b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n' + body


def _nested(depth: int) -> bytes:
    layers = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (one, one) for one in range(depth)
    )
    return _HEAD + layers + b"Content-Type: text/plain\r\n\r\nDeep.\r\n"


_STRUCTURE = {
    "nothing": b"",
    "one thousand multiparts": _nested(1_000),
    "one thousand attached mails": _HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 1_000 + b"x",
    "100,000 parts": _multi(b"--b\r\n\r\nx\r\n" * 100_000),
    "lines like the delimiter": _multi(b"--bc\r\n" * 200_000),
    "a delimiter of dashes": _multi(b"-" * 2_000_000, b"-"),
    "ninety texts in HTML": _multi(b"--b\r\nContent-Type: text/html\r\n\r\n" + b"<p>x" * 200 + b"\r\n"),
    "a huge calendar": _HEAD + b"Content-Type: text/calendar\r\n\r\n" + b"BEGIN:VEVENT\r\n" * 200_000,
    "huge base64": _HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QUFB" * 1_500_000,
    "base64 of junk": _HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"====!" * 200_000,
    "quoted-printable of equal signs": _HEAD
    + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    + b"=" * 900_000,
    "octets of every value": bytes(range(256)) * 4_000,
    "only NUL": b"\0" * 900_000,
    "only CR": b"\r" * 900_000,
    "only LF": b"\n" * 900_000,
}

_HEADER = {
    "100,000 fields": b"".join(b"X-%d: y\r\n" % one for one in range(100_000)) + b"\r\nx",
    "100,000 equal fields": b"A: y\r\n" * 100_000 + b"\r\nx",
    "a field of 5 MB": b"Subject: " + b"x" * 5_000_000 + b"\r\n\r\nx",
    "a field of 100,000 folds": b"Subject: x\r\n" + b" y\r\n" * 100_000 + b"\r\nx",
    "no colon anywhere": b"hello\r\nworld\r\n" * 20_000,
    "64,000 addresses": b"From: "
    + b", ".join(b"a%d@x.example" % one for one in range(64_000))
    + b"\r\n\r\nx",
    "nested comments": b"From: " + b"(" * 30_000 + b"x@y.example\r\n\r\nx",
    "open quotes": b"From: " + b'"a' * 30_000 + b"\r\n\r\nx",
    "open brackets": b"To: " + b"<a" * 30_000 + b"\r\n\r\nx",
    "References of brackets": _fields(b"References: " + b"<a" * 30_000),
    "References without brackets": _fields(b"References: " + b"a" * 60_000),
    "20,000 encoded words, open": _fields(b"X-Words: " + b"=?utf-8?q?" * 6_000),
    "encoded words": _fields(b"X-Words: " + b"=?utf-8?q?=41?= " * 4_000),
    "one long encoded word": b"Subject: =?utf-8?b?" + b"QUFB" * 15_000 + b"?=\r\n\r\nx",
    "20,000 parameters": _HEAD + b"Content-Type: text/plain" + b"; a=b" * 12_000 + b"\r\n\r\nx",
    "a parameter of backslashes": _HEAD + b'Content-Type: text/plain; a="' + b"\\" * 60_000 + b"\r\n\r\nx",
    "a name in 5,000 pieces": _HEAD + b"Content-Type: text/plain" + b"; name*1*=a" * 5_000 + b"\r\n\r\nx",
    "a date of numbers": b"Date: " + b"1 " * 30_000 + b"\r\n\r\nx",
    "year 0": b"Date: Sat, 1 Jan 0000 00:00:00 +0000\r\n\r\nx",
    "an offset of 99 days": b"Date: Tue, 3 Mar 2026 10:00:00 +239959\r\n\r\nx",
    "Exchange's Message-ID": b"Message-ID: <[abc]>\r\n\r\nx",
    "a charset of 10,000 letters": _HEAD
    + b"Content-Type: text/plain; charset="
    + b"x" * 10_000
    + b"\r\n\r\n\xff",
    "a charset that is quadratic": _HEAD
    + b"Content-Type: text/plain; charset=punycode\r\n\r\n"
    + b"a-" * 90_000,
    "UTF-7": _HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + b"+AAA" * 200_000,
    "half of UTF-16": _HEAD
    + b"Content-Type: text/plain; charset=utf-16\r\n\r\n"
    + b"a\0" * 300_001
    + b"\xd8",
}

_TEXT = {
    name: _plain(body)
    for name, body in {
        "8 kB of blank lines": b"\r\n" * 8_000,
        "1 MB of blank lines": b"   \n" * 250_000,
        "1 MB of blanks": b" " * 1_000_000,
        "one line of 1 MB": b"a" * 1_000_000,
        "one line of words": b"ab " * 333_000,
        "one line of sentences": b"We. " * 250_000,
        "one line of dots": b"." * 1_000_000,
        "dots and letters": b"a." * 500_000,
        "100,000 quotation marks": b">" * 100_000,
        "quotation marks and blanks": b"> " * 500_000,
        "300,000 quoted lines": b">\n" * 300_000,
        "answers between quotations": b"> quoted line\nanswer\n" * 40_000,
        "lines a hundred deep": (b">" * 100 + b"\n") * 9_000,
        "colons": b"x:\n" * 300_000,
        "attributions": b"On 1 x wrote:\n" * 70_000,
        "half attributions": (b"x" * 90 + b" 1 wrote\n") * 10_000 + b":\n" * 10_000,
        "copied headers": b"From: a b\nTo: c\n" * 60_000,
        "forward marks": b"---- Forwarded message ----\n" * 35_000,
        "original marks": b"--- Original Message ---\n" * 35_000,
        "dashes": b"-" * 1_000_000,
        "delimiters": b"-- \nThanks,\nTom\n" * 60_000,
        "closings": b"Thanks,\n" * 120_000,
        "names": b"Tom\n" * 250_000,
        "footers": b"unsubscribe\n\n" * 70_000,
        "one line of footers": b"Not the intended recipient, unsubscribe. " * 20_000,
        "links": b"http://x.example/ " * 55_000,
        "links in one word": b"http://x.example/" * 55_000,
        "labels": b"When: x\n" * 120_000,
        "zero-width letters": "\u200b".encode() * 330_000,
        "bidi controls": "\u202e".encode() * 330_000,
        "combining accents": b"e" + "\u0301".encode() * 450_000,
        "controls": bytes(range(1, 32)) * 30_000,
        "wrapped lines": (b"a" * 70 + b" b\n") * 13_000,
        "colons and hours": b"10:00 - \n" * 100_000,
    }.items()
} | {
    "soft line breaks": _HEAD
    + b"Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n"
    + b"abc \n" * 200_000
}

_MARKUP = {
    name: _html(body)
    for name, body in {
        "100,000 nested blocks": b"<div>" * 100_000 + b"x",
        "100,000 nested links": b"<a href=x>" * 90_000,
        "300,000 open letters": b"<b>" * 300_000,
        "100,000 attributes": b"<a " + b" ".join(b"x%d=1" % one for one in range(100_000)) + b">x",
        "open angle brackets": b"<" * 1_000_000,
        "open comments": b"<!--" * 250_000,
        "open styles": b"<style>" * 150_000,
        "30,000 styles": b"<style>.a{display:none}</style>" * 30_000,
        "a style of 1 MB": b"<style>" + b".a{b:c}" * 140_000 + b"</style>x",
        "a style without braces": b"<style>" + b"a" * 900_000 + b"</style>x",
        "long style attributes": (b"<p style='" + b"a:b;" * 900 + b"'>x") * 250,
        "200,000 references": b"&amp;" * 200_000,
        "a reference of 900,000 digits": b"&#" + b"9" * 900_000 + b";",
        "nested tables": b"<table><tr><td>" * 60_000,
        "150,000 cells": b"<table><tr>" + b"<td>x" * 150_000,
        "rows around rows": b"<table><tr><td>x</td><td>" * 100 + b"<p>y</p>" * 40_000,
        "list items": b"<ul><li>x" * 80_000,
        "end tags of nothing": b"</p></div></i>" * 60_000,
        "misnested letters": b"<div><b>" * 190 + b"</i></u>" * 80_000,
        "deep quotations": b"<blockquote type=cite>" * 300 + b"x<br>" * 90_000,
        "many quotations": b"<blockquote type=cite>x</blockquote>y" * 20_000,
        "line breaks": b"<br>" * 240_000,
        "invisible letters": b"&zwnj;&nbsp;" * 80_000,
        "25,000 signatures": b"<div class=gmail_signature>x</div>" * 25_000,
        "scripts": b"<script type=application/ld+json>{}</script>" * 20_000,
    }.items()
}

MAILS = _STRUCTURE | _HEADER | _TEXT | _MARKUP

"""Octets into clean text.

A charset's name is a stranger's word: only real text encodings are looked up, and what does not decode
is read as windows-1252, which always gives something.  No control, bidi-control or zero-width character
leaves this module (FAULTS 19, 20).
"""

from __future__ import annotations

import re

_KNOWN = re.compile(
    r"utf[-_]?(7|8|16|16le|16be|32|32le|32be)|(us-)?ascii|latin[-_]?\d|iso[-_ ]?8859[-_]\d{1,2}"
    r"|(windows|cp|ibm)[-_]?\d{3,4}"
    r"|koi8[-_][rut]|gb2312|gbk|gb18030|big5(-?hkscs)?|euc[-_](jp|kr)|shift[-_]?jis|iso-2022-(jp|kr)(-\d)?|tis-620"
    r"|mac[-_]?(roman|cyrillic|latin2)|hz(-gb-2312)?|viscii|kz-?1048"
)
_SEVEN_BIT = re.compile(r"\W*(?:utf-?(?:7|16|32)|hz)", re.IGNORECASE)
_SAMPLE = 8_000
_LATIN = re.compile(r"(us-)?ascii|ansi_x3.*|iso[-_ ]?8859[-_]1|latin[-_]?1|cp1252|windows[-_]?1252")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]+"
)
_CONTROLS = bytes({*range(32), 127} - {*b"\t\n"})
_SPACES = {
    "\xa0": " ",
    "\u2007": " ",
    "\u202f": " ",
    "\u3000": " ",
    "\u2028": "\n",
    "\u2029": "\n",
    "\x85": "\n",
}


def decode(octets: bytes, charset: str) -> str:
    """Return `octets` as text: in `charset` if that is one and fits, else UTF-8, else windows-1252."""
    if b"\x1b" not in octets and octets.isascii() and not _SEVEN_BIT.match(charset):
        return octets.decode("ascii")
    name = charset.strip().strip("\"'").lower()[:40]
    if _LATIN.fullmatch(name) or not _KNOWN.fullmatch(name):
        name = "utf-8" if not octets.isascii() and _is_utf8(octets) else "cp1252"
    try:
        return octets.decode(name)
    except (UnicodeDecodeError, LookupError):
        pass
    sample = octets[:_SAMPLE].decode("utf-8", "replace")
    broken = sample.count("\ufffd")  # a cap may cut one character in two
    mostly_utf8 = not sample.isascii() and broken * 50 <= len(sample)
    return octets.decode("utf-8" if mostly_utf8 or broken <= 1 else "cp1252", "replace")


def _is_utf8(octets: bytes) -> bool:
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def clean(text: str) -> str:
    """Return `text` without characters nobody sees; unusual spaces become plain, tabs and LF stay."""
    if text.isascii():
        return text if text.isprintable() else text.encode().translate(None, _CONTROLS).decode()
    for unusual, plain in _SPACES.items():
        if unusual in text:
            text = text.replace(unusual, plain)
    return _UNSEEN.sub("", text)

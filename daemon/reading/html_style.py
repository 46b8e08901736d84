"""Which HTML elements nobody sees, and which hold a quotation or a signature, by their attributes.

Hidden text states dates that no reader ever saw (FAULTS 20): preheaders, tracking words, planted
sentences.  Judges one element at a time; knows nothing of nesting.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

SHEET_CHARS = 100_000


class Use(Enum):
    """What an element is for, as far as mail clients mark it."""

    PLAIN = 0
    QUOTE = 1  # holds what somebody wrote before
    REPLY_BELOW = 2  # from here on stands what somebody wrote before
    SIGNATURE = 3


@dataclass(frozen=True, slots=True)
class Look:
    """How an element looks.  `colour` and `background` are "#rrggbb" or empty where not stated."""

    hidden: bool = False
    use: Use = Use.PLAIN
    colour: str = ""
    background: str = ""
    tight: bool = False  # a paragraph without space around it: Outlook's way to break lines
    preformatted: bool = False
    href: str = ""


PLAIN = Look()

_HIDING = re.compile(
    r"(?<![\w-])(?:display:none|visibility:(?:hidden|collapse)|mso-hide:all"
    r"|font-size:(?:0*\.\d+|0+|0*1(?:\.\d+)?(?=p[xt]))(?=[a-z%;!\"]|$)"
    r"|opacity:0*(?:\.0\d*)?(?=[;!%]|$)|max-height:[01](?:px|pt)?(?=[;!]|$)|max-width:0(?:px|pt)?(?=[;!]|$)"
    r"|text-indent:-\d{3}|(?:left|top):-\d{4}|clip:rect\(0|clip-path:inset\((?:50|100)%"
    r"|transform:scale\(0(?:\.0*)?[,)])"
)
_NO_MARGIN = re.compile(r"(?<![\w-])margin:\s*0(?:px|pt|cm|in|em)?(?:\s+0(?:px|pt|cm|in|em)?){0,3}\s*(?:;|$)")
_NO_SIZE = re.compile(r"(?<![\w-])(?:height|width):0(?:px|pt)?(?=[;!]|$)")
_COLOUR = re.compile(r"(?<![\w-])color:([^;!]{1,40})")
_BACKGROUND = re.compile(r"(?<![\w-])background(?:-color)?:([^;!]{1,60})")
_RGB = re.compile(r"rgba?\((\d{1,3}),(\d{1,3}),(\d{1,3})(?:,([\d.]{1,8}))?\)")
_HEX = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})(?![0-9a-f])")
_NAMED = {"white": "#ffffff", "black": "#000000", "silver": "#c0c0c0", "gray": "#808080", "grey": "#808080"}
_OUTLOOK_RULE = re.compile(r"border-top:solid#(?:e1e1e1|b5c4df)1\.0pt")
_CITE_RULE = re.compile(r"border-left:[^;]*(?:solid|px|pt)")

_QUOTE_CLASSES = frozenset(
    "yahoo_quoted protonmail_quote zmail_extra tutanota_quote mail-quote-collapse quoted_reply".split()
)
_QUOTE_IDS = frozenset("olk_src_body_section isreplycontent mail-app-auto-quote".split())
_BELOW_IDS = frozenset(
    "divrplyfwdmsg mail-editor-reference-message-container replysplit stopspelling".split()
)
_SIGNATURE_CLASSES = frozenset("gmail_signature moz-signature protonmail_signature_block".split())
_SIGNATURE_IDS = frozenset("signature applemailsignature ms-outlook-mobile-signature".split())

_RULE = re.compile(r"([^{}]*+)([{}]|\Z)")
_SIMPLE_SELECTOR = re.compile(r"(?:[a-z][a-z0-9]{0,10})?([.#][\w-]{1,80})", re.IGNORECASE)


def look(name: str, attributes: Mapping[str, str], unseen: frozenset[str]) -> Look:
    """Return how an element looks; `unseen` are the selectors a style sheet hides (`unseen_selectors`)."""
    style = attributes.get("style", "")[:4000]
    css = "".join(style.split()).lower() if style else ""
    classes = attributes.get("class", "")[:400].split()
    identity = attributes.get("id", "")[:100]
    return Look(
        hidden=_is_hidden(attributes, css)
        or (bool(unseen) and (f"#{identity}" in unseen or any(f".{one}" in unseen for one in classes))),
        use=_use(name, attributes, {one.lower() for one in classes}, identity.lower(), css),
        colour=_colour(_COLOUR, css) or _value(attributes.get("color", "") if name == "font" else ""),
        background=_colour(_BACKGROUND, css) or _value(attributes.get("bgcolor", "")),
        tight=name == "p"
        and (bool(_NO_MARGIN.search(style)) or any(one.startswith("Mso") for one in classes)),
        preformatted=name == "pre" or "white-space:pre" in css,
        href=attributes.get("href", "")[:2000] if name == "a" else "",
    )


def _is_hidden(attributes: Mapping[str, str], css: str) -> bool:
    if "hidden" in attributes or attributes.get("aria-hidden", "").lower() == "true":
        return True
    if not css:
        return False
    if _HIDING.search(css):
        return True
    return "overflow:hidden" in css and bool(_NO_SIZE.search(css))


def _use(name: str, attributes: Mapping[str, str], classes: set[str], identity: str, css: str) -> Use:
    identity = identity.removeprefix("x_")  # Outlook on the web renames what it quotes
    if name == "blockquote" and (
        attributes.get("type", "").lower() == "cite" or "gmail_quote" in classes or _CITE_RULE.search(css)
    ):
        return Use.QUOTE
    if classes & _QUOTE_CLASSES or identity in _QUOTE_IDS or attributes.get("name") == "messageReplySection":
        return Use.QUOTE
    if identity in _BELOW_IDS or _OUTLOOK_RULE.search(css):
        return Use.REPLY_BELOW
    if classes & _SIGNATURE_CLASSES or identity in _SIGNATURE_IDS:
        return Use.SIGNATURE
    return Use.PLAIN


def _colour(pattern: re.Pattern[str], css: str) -> str:
    match = pattern.search(css)
    return _value(match[1]) if match else ""


def _value(text: str) -> str:
    """Return a CSS colour as "#rrggbb", or empty for what is no plain colour."""
    text = text.strip().lower()
    if found := _HEX.search(text):
        digits = found[1]
        return "#" + (digits if len(digits) == 6 else "".join(one * 2 for one in digits))
    if found := _RGB.search(text):
        if found[4] is not None and not found[4].startswith("1"):
            return ""
        return "#" + "".join(f"{min(int(one), 255):02x}" for one in found.groups()[:3])
    return _NAMED.get(text, "")


def unseen_selectors(sheet: str) -> frozenset[str]:
    """Return the simple selectors (".class", "#id") that a style sheet hides outside of @media rules."""
    found: set[str] = set()
    nested = 0
    selector = ""
    for match in _RULE.finditer(sheet[:SHEET_CHARS]):
        if match[2] == "{":
            selector = match[1].rpartition(";")[2].strip()
            nested += selector.startswith("@") or nested > 0
            continue
        if not nested and selector and _HIDING.search("".join(match[1].split()).lower()):
            for one in selector.split(","):
                if simple := _SIMPLE_SELECTOR.fullmatch(one.strip()):
                    found.add(simple[1])
        nested, selector = max(0, nested - 1), ""
    return frozenset(found)

"""HTML into the lines a reader sees."""

from __future__ import annotations

import re
from html import unescape


def crude(source: str) -> str:
    source = re.sub(r"(?is)<(style|script|title)\b.*?</\1>", "", source)
    source = re.sub(r"(?i)\s*<(?:br|/?p|/?div|/?tr|/?li|/?h\d|/?table)\b[^>]*>", "\n", source)
    return unescape(re.sub(r"<[^>]*>", "", source))

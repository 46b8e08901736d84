"""Send one notification through Apprise: `python -m daemon.apprise_call`, the message on standard input."""

from __future__ import annotations

import json
import sys


def main() -> int:
    """Return 0 where every service took the message."""
    from apprise import Apprise

    given = json.load(sys.stdin)
    services = Apprise()
    known = [services.add(url) for url in given["urls"]]
    return 0 if all(known) and services.notify(given["body"], given["title"]) else 1


if __name__ == "__main__":
    sys.exit(main())

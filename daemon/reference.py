"""The reference pages that are printed from the code: `python -m daemon.reference DIRECTORY` writes them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from daemon.audit_records import RECORDS
from daemon.config import Config, Own, Settings, Strength
from daemon.config_shape import tables
from daemon.manual import manual, reference
from daemon.providers import Provider, providers


def configuration() -> str:
    """Return `docs/configuration.md`."""
    return _CONFIGURATION + "\n".join(_settings())


def audit_log() -> str:
    """Return `docs/audit-log.md`."""
    return _AUDIT_LOG + "\n".join(_records())


def other_providers() -> str:
    """Return `docs/how-to/other-providers.md`."""
    return _PROVIDERS + "\n".join(
        _provider(each) for each in sorted(providers(), key=lambda p: p.name.lower())
    )


def pages() -> dict[str, str]:
    """Return every printed page by its file name."""
    return {
        "configuration.md": configuration(),
        "audit-log.md": audit_log(),
        "commands.md": reference(),
        "afterword.1": manual(),
        "how-to/other-providers.md": other_providers(),
    }


def _settings() -> Iterator[str]:
    places: dict[str, type[msgspec.Struct]] = {"At the top of the file": Config, "`[[account]]`": Own}
    places |= {f"`[{name}]`": struct for name, struct in tables(Config).items()}
    places["`[[profile.strengths]]`"] = Strength
    for place, struct in places.items():
        yield f"\n## {place}\n"
        yield f"{_doc(struct)}\n"
        yield "| setting | default | what it is |"
        yield "|---|---|---|"
        hints = get_type_hints(struct, include_extras=True)
        shared = Settings.__struct_fields__ if struct is Own else ()
        for field in msgspec.structs.fields(struct):
            if (said := _said(hints[field.name])) and field.name not in shared:
                yield f"| `{field.name}` | {_default(field)} | {said} |"


def _records() -> Iterator[str]:
    for record in RECORDS:
        yield f"\n## `{record.__struct_config__.tag}`\n"
        yield f"{_doc(record)}\n"
        yield "| field | what it is |"
        yield "|---|---|"
        hints = get_type_hints(record, include_extras=True)
        for field in msgspec.structs.fields(record):
            yield f"| `{field.name}` | {_said(hints[field.name])} |"


def _provider(provider: Provider) -> str:
    where = provider.page and f" <{provider.page}>"
    domains = ", ".join(f"`{domain}`" for domain in provider.domains)
    server = f"`{provider.incoming.hostname}`" if provider.incoming else "none"
    return f"| {provider.name} | {domains} | {server} | {provider.says}{where} |"


def _doc(struct: type[msgspec.Struct]) -> str:
    return " ".join((struct.__doc__ or "").split())


def _said(hint: Any) -> str:
    """Return the description in an annotation, also where it stands inside a union."""
    for meta in getattr(hint, "__metadata__", ()):
        if isinstance(meta, msgspec.Meta) and meta.description:
            return meta.description
    if get_origin(hint) in (Union, UnionType):
        return next((said for part in get_args(hint) if (said := _said(part))), "")
    return ""


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "needed"
    value = field.default if field.default is not msgspec.NODEFAULT else ""
    if value in ("", (), None):
        return ""
    return f"`{msgspec.json.encode(value).decode()}`"


_CONFIGURATION = """# Configuration

One TOML file: `~/.config/afterword/config.toml` (or `$XDG_CONFIG_HOME/afterword/config.toml`), the file named
by `AFTERWORD_CONFIG`, or the one given with `--config`. It is checked at the start; every mistake is named at
once with its line, and the exit status is 78. `kill -HUP` (`systemctl reload`) reads it again.

`afterword init` writes it, and changes it later without touching what you wrote yourself; `afterword doctor`
checks whether it works. The smallest one:

```toml
address = "ana@mail.example"
name = "Ana Ruiz"
timezone = "Europe/Madrid"

[imap]
host = "imap.mail.example"
password_file = "password"       # beside this file, chmod 600
```

Relative paths start at the directory of the file. Exactly one of the four password settings is used;
prefer `password_command` or `password_credential`, then `password_file`.

## Many accounts

One program watches up to a thousand mailboxes, with one state and one audit log. Either list them:

```toml
timezone = "Europe/Madrid"       # for every account that says nothing else

[imap]
host = "imap.mail.example"

[[account]]
id = "ana"                       # for `--account ana`, and in logs
address = "ana@mail.example"
name = "Ana Ruiz"

[account.imap]
password_file = "secrets/ana"

[[account]]
id = "ben"
address = "ben@mail.example"
timezone = "Europe/Lisbon"

[account.imap]
password_file = "secrets/ben"
```

or give each a file of its own, `accounts.d/ana.toml`, which has what an `[[account]]` has (`[account.imap]`
is `[imap]` there) and is called by the name of the file:

```toml
accounts = "accounts.d"
```

Both may be used at once. What an account does not say itself is taken from the top of the file, setting by
setting, also inside tables. `kill -HUP` takes in new, changed and removed accounts; the others are not
disturbed. A mistake in an account file costs that account alone; `afterword status` says so.
Relative paths start at the directory of the main file, in account files too. The state of an account is kept
under its first address, so ids and file names may change.
"""

_PROVIDERS = """# iCloud, Fastmail, GMX and others

`afterword init` knows these providers: type your address, and it says which password it needs and where to
get it. For an address at a domain of your own, name the provider (`--host fastmail`). For any other server
name its host (`--host imap.example.org`); your mail program has it in its settings.

An **app password** is one made for mail programs; most providers that ask for a second factor want it.

| provider | addresses | server | the password |
|---|---|---|---|
"""

_AUDIT_LOG = """# The audit log

Every decision, the ones to do nothing included, is one line of JSON in `audit/audit.jsonl` below the state
directory. `afterword audit show` prints it, `afterword audit verify` proves it whole, `afterword audit
replay` takes every decision again from what was known then and tells where the answer is another, and
`afterword explain CASE` tells the story behind it.

**The chain.** Each line has its number `seq`, the moment `at` (UTC), the `event`, the fields below, `prev`
(the hash of the line before) and last its own `hash`: SHA-256 of the line up to `,"hash":`. The state keeps
the number and the hash of the last line, so that also a line cut off the end is missed. Files of 8 MB are
closed and a new one begun; the chain goes on through all of them. With `[log] keep` the oldest are removed
and the state remembers where what is left begins.

**What it does not say.** No words of a mail, no name, no whole address, unless you ask for the words with
`[log] quotes = true`. People are a short hash at their domain (`3f2a91c07d@acme.example`); mails, Message-IDs
and decisions are short hashes. The hashes are keyed with a secret of this state and cannot be guessed back.
Fields that are empty are left out.
"""


def main() -> None:
    """Write the pages into the directory named on the command line."""
    for name, text in pages().items():
        Path(sys.argv[1], name).write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()

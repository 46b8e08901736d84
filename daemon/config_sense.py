"""Whether the values of an account's configuration make sense: that files are there, that zones exist.

Each mistake is its key and one sentence that says the way out.
"""

from __future__ import annotations

import difflib
import importlib.resources
import importlib.util
import ipaddress
import re
import stat
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from daemon.config import Account, Config, Gmail, Imap, OAuth
from daemon.drafting.templates import TemplateFault, Templates, builtin
from policies.policy_files import PolicyError, preset
from policies.policy_files import load as load_policy_text
from policies.settings import Policy

_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+")
_SUBSCRIPTION = r"projects/[^/]+/subscriptions/[^/]+"
_LIKE = {"topic": "projects/my-project/topics/mail", "subscription": "projects/my-project/subscriptions/mail"}
PASSWORD_SOURCES = ("password_file", "password_command", "password_credential", "password")


def sense(account: Account) -> Iterator[tuple[str, str]]:
    """Yield (key, sentence) for values that have the right type and make no sense."""
    values = account.values
    for address in account.addresses:
        if not _ADDRESS.fullmatch(address):
            yield "address", f"`address` holds {address!r}, which is not an e-mail address."
    yield from _zone(values.timezone)
    yield from _country(values.country)
    yield from (("policy", mistake) for mistake in _policy(account))
    yield from (("drafts.templates", mistake) for mistake in _templates(account))
    if values.notify.apprise:
        yield from _apprise(account)
    if isinstance(values.imap, Imap):
        yield from _imap(account, values.imap)
    if isinstance(values.gmail, Gmail):
        yield from _gmail(account, values.gmail)
        if isinstance(values.imap, Imap):
            yield "gmail", "There are both `[imap]` and `[gmail]`: an account lies in one place; keep one."


def shared_sense(values: Config) -> Iterator[tuple[str, str]]:
    """Yield (key, sentence) for what makes no sense in the tables that are about no account."""
    listen = values.metrics.listen
    if not listen:
        return
    try:
        host, _ = host_and_port(listen)
    except ValueError:
        yield "metrics.listen", f"`metrics.listen` is {listen!r}; it is written like `127.0.0.1:9464`."
        return
    if not _loopback(host):
        yield "metrics.listen", f"`metrics.listen` is {listen}, which others may reach: use 127.0.0.1."
    if not importlib.util.find_spec("prometheus_client"):
        yield "metrics.listen", "`[metrics]` needs a library: pip install 'afterword[metrics]'."


def host_and_port(text: str) -> tuple[str, int]:
    """Return the parts of `127.0.0.1:9464` or `[::1]:9464`.  Raises ValueError."""
    parts = urlsplit(f"//{text}")
    if not parts.hostname or not parts.port or parts.path:
        raise ValueError(text)
    return parts.hostname, parts.port


def load_policy(account: Account) -> Policy:
    """Return the chosen policy.  Raises PolicyError, or OSError for a file that cannot be read."""
    name = account.values.policy
    if not re.search(r"[./~]", name):
        return preset(name)
    path = account.resolve(name)
    return load_policy_text(path.read_text(encoding="utf-8"), file=str(path))


def _policy(account: Account) -> Iterator[str]:
    try:
        load_policy(account)
    except PolicyError as error:
        yield from error.mistakes
    except OSError as error:
        yield f"`policy` names {account.values.policy}, which cannot be read: {error.strerror}."


def load_templates(account: Account) -> Templates:
    """Return the user's templates in place of the packaged ones.  Raises TemplateFault."""
    directory = account.values.drafts.templates
    if not directory:
        return builtin()
    from daemon.drafting.filling import load  # jinja2, which only a draft needs

    return load(account.resolve(directory))


def _templates(account: Account) -> Iterator[str]:
    try:
        load_templates(account)
    except TemplateFault as fault:
        yield str(fault)


def _zone(name: str) -> Iterator[tuple[str, str]]:
    zones = _zones()
    if name not in zones:
        near = difflib.get_close_matches(name, zones, n=1)
        last = [z for z in sorted(zones) if z.rpartition("/")[2].lower() == name.lower().replace(" ", "_")]
        found = (last or near)[:1]
        hint = f" Did you mean `{found[0]}`?" if found else " It is written like `Europe/Berlin`."
        yield "timezone", f"`timezone` is {name!r}, which is no IANA time zone.{hint}"


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _country(code: str) -> Iterator[tuple[str, str]]:
    if not code:
        return
    country, _, subdivision = code.partition("-")
    if country not in countries() or (subdivision and not re.fullmatch(r"[A-Z0-9]{1,3}", subdivision)):
        yield (
            "country",
            f"`country` is {code!r}; it must be an ISO 3166 code in capitals such as `US` or `GB-ENG`.",
        )


@cache
def countries() -> frozenset[str]:
    """Return the ISO 3166 codes of all countries (from the time zone database's iso3166.tab)."""
    table = importlib.resources.files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text(encoding="utf-8")
    return frozenset(line[:2] for line in table.splitlines() if line and not line.startswith("#"))


_MAIL = frozenset(  # what Apprise would send mail by; domains such as gmail:// are short for mailto://
    "mailto mailtos mailgun groundmail sparkpost postmark sendgrid brevo azure o365 smtp2go mailersend ses"
    " resend gmail yahoo hotmail outlook live fastmail zoho yandex".split()
)


def _apprise(account: Account) -> Iterator[tuple[str, str]]:
    for url in account.values.notify.apprise:
        scheme = url.partition(":")[0].lower()
        if scheme in _MAIL:
            yield (
                "notify.apprise",
                f"`notify.apprise` holds an address {scheme}:…, which sends mail. afterword sends none, not"
                " even to you: choose another service.",
            )
    if importlib.util.find_spec("apprise") is None:
        yield "notify.apprise", "`notify.apprise` needs Apprise: pip install 'afterword[notify]'."
    if _open_to_others(account.file):
        yield (
            "notify.apprise",
            f"`notify.apprise` stands in a file others may read: `chmod 600 {account.file}`.",
        )


def _imap(account: Account, imap: Imap) -> Iterator[tuple[str, str]]:
    given = [name for name in PASSWORD_SOURCES if getattr(imap, name)]
    if imap.auth != "password":
        yield from _oauth("imap", account, imap)
        if given:
            yield (
                f"imap.{given[0]}",
                f'`imap.{given[0]}` has no use with `auth = "{imap.auth}"`: leave it out.',
            )
    elif not given:
        yield (
            "imap",
            "`[imap]` says no password: set `password_file`, `password_command` or `password_credential`.",
        )
    if len(given) > 1:
        yield f"imap.{given[1]}", f"`[imap]` has several passwords ({', '.join(given)}): keep one."
    if imap.password and _open_to_others(account.file):
        yield (
            "imap.password",
            f"`imap.password` stands in a file others may read: `chmod 600 {account.file}`, or use"
            " `password_file`.",
        )
    if imap.password_file:
        yield from _file("imap.password_file", account.resolve(imap.password_file), _private)
    if imap.ca_file:
        yield from _file("imap.ca_file", account.resolve(imap.ca_file))
    if imap.security == "none" and not _loopback(imap.host):
        yield (
            "imap.security",
            f"`imap.security` is `none`, but {imap.host} is not this machine: the password would travel in"
            " the clear. Use `tls` or `starttls`.",
        )


def _gmail(account: Account, gmail: Gmail) -> Iterator[tuple[str, str]]:
    yield from _oauth("gmail", account, gmail)
    for key, pattern in (("topic", r"projects/[^/]+/topics/[^/]+"), ("subscription", _SUBSCRIPTION)):
        if (value := getattr(gmail, key)) and not re.fullmatch(pattern, value):
            yield f"gmail.{key}", f"`gmail.{key}` is {value!r}; it must be like `{_LIKE[key]}`."
    if bool(gmail.topic) != bool(gmail.subscription):
        yield "gmail", "`gmail.topic` and `gmail.subscription` need each other: set both or neither."
    for key in ("api", "pubsub"):
        if not _protected(getattr(gmail, key)):
            yield f"gmail.{key}", f"`gmail.{key}` must begin with https:// (plain http only to this machine)."


def _oauth(table: str, account: Account, client: OAuth) -> Iterator[tuple[str, str]]:
    if client.client_file:
        yield from _file(f"{table}.client_file", account.resolve(client.client_file))
    if client.client_file and client.client_id:
        yield f"{table}.client_id", f"`{table}` has the client twice (client_file, client_id): keep one."
    if client.client_secret and _open_to_others(account.file):
        yield (
            f"{table}.client_secret",
            f"`{table}.client_secret` stands in a file others may read: `chmod 600 {account.file}`.",
        )


def _protected(url: str) -> bool:
    where = urlsplit(url)
    return bool(where.hostname) and (
        where.scheme == "https" or (where.scheme == "http" and _loopback(where.hostname or ""))
    )


def _file(key: str, path: Path, more: Callable[[Path], str] = lambda _: "") -> Iterator[tuple[str, str]]:
    if not path.is_file():
        yield key, f"`{key}` names {path}, which is not a file."
    elif fault := more(path):
        yield key, f"`{key}` names {path}, {fault}"


def _private(path: Path) -> str:
    return f"which others may read: `chmod 600 {path}`." if _open_to_others(path) else ""


def _open_to_others(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

"""What the user configures: one TOML file, its accounts, and where it is found.

These are the values after checking; `config_check` finds the mistakes.  The field documentation below is
what `docs/configuration.md` is printed from.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from daemon.errors import BadConfig, UsageError

Security = Literal["tls", "starttls", "none"]
Auth = Literal["password", "xoauth2", "oauthbearer"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", ""]
"""In the order Python counts them from 0; last, none."""


class OAuth(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The OAuth client you made at the provider, and where `afterword authorize` keeps the login."""

    client_file: Annotated[
        str, Meta(description="The OAuth client's JSON file as Google gives it (type Desktop app).")
    ] = ""
    client_id: Annotated[str, Meta(description="The OAuth client's id, where there is no such file.")] = ""
    client_secret: Annotated[
        str, Meta(description="The OAuth client's secret, where it has one and there is no such file.")
    ] = ""
    token_file: Annotated[
        str,
        Meta(
            description="Where the login is kept, readable by you alone; in the state directory by default."
        ),
    ] = ""


class Imap(OAuth, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The mail account's server, and where its password comes from."""

    host: Annotated[str, Meta(description="The IMAP server's name, e.g. `imap.example.org`.")]
    port: Annotated[int, Meta(description="The port; 993 with `tls`, else 143.", ge=1, le=65535)] | None = (
        None
    )
    security: Annotated[
        Security,
        Meta(description="`tls` (from the first octet), `starttls`, or `none` (only to this machine)."),
    ] = "tls"
    user: Annotated[str, Meta(description="The login name; your first address where it is left out.")] = ""
    auth: Annotated[
        Auth,
        Meta(
            description="How you prove who you are: `password`, or by OAuth (`afterword authorize`) `xoauth2`"
            " (Gmail, Outlook) or `oauthbearer`."
        ),
    ] = "password"
    authority: Annotated[
        str, Meta(description="Where Microsoft's login is, for an organisation of its own.")
    ] = "https://login.microsoftonline.com/common"
    password_file: Annotated[
        str, Meta(description="A file with the password on its first line, readable by you alone.")
    ] = ""
    password_command: Annotated[
        tuple[str, ...],
        Meta(description='A command that prints the password, as a list: `["pass", "show", "mail"]`.'),
    ] = ()
    password_credential: Annotated[
        str, Meta(description="The name of a systemd credential (LoadCredential=).")
    ] = ""
    password: Annotated[
        str, Meta(description="The password itself; only where this file is readable by you alone (0600).")
    ] = ""
    ca_file: Annotated[
        str, Meta(description="A file of certificates to trust instead of the system's own.")
    ] = ""
    mailboxes: Annotated[
        tuple[str, ...],
        Meta(description="Mailboxes to watch; INBOX and the sent mailbox where it is left out."),
    ] = ()
    drafts: Annotated[str, Meta(description="The drafts mailbox, where the server does not say.")] = ""
    sent: Annotated[str, Meta(description="The sent mailbox, where the server does not say.")] = ""
    trash: Annotated[str, Meta(description="The trash mailbox, where the server does not say.")] = ""


class Gmail(OAuth, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A Gmail account over Google's own API; the table may be empty (docs/how-to/gmail.md)."""

    labels: Annotated[
        tuple[str, ...],
        Meta(description="Labels to watch besides the inbox, for mail your filters keep out of it."),
    ] = ()
    stopped_label: Annotated[
        str,
        Meta(
            description="A label for conversations that are over, e.g. `Afterword/Stopped`; it needs a"
            " login with one more permission."
        ),
    ] = ""
    topic: Annotated[
        str, Meta(description="A Pub/Sub topic (`projects/P/topics/T`), to hear of new mail at once.")
    ] = ""
    subscription: Annotated[
        str, Meta(description="A pull subscription to it (`projects/P/subscriptions/S`).")
    ] = ""
    interval: Annotated[
        int,
        Meta(
            description="Seconds between two looks while mail comes; it grows to 300 while none does.",
            ge=1,
            le=300,
        ),
    ] = 15
    api: Annotated[str, Meta(description="Where Gmail's API is.")] = "https://gmail.googleapis.com"
    pubsub: Annotated[str, Meta(description="Where Pub/Sub's API is.")] = "https://pubsub.googleapis.com"


class Strength(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something you can do, and the requirements it answers."""

    claim: Annotated[str, Meta(description="One sentence in the first person.")]
    words: Annotated[
        tuple[str, ...], Meta(description="Words of requirements it answers; none answer every job.")
    ] = ()
    language: Annotated[str, Meta(description="The language it is written in, if not yours.")] = ""


class Profile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may stand in your notes besides your name."""

    name: Annotated[str, Meta(description="The name you sign with; `name` above where it is left out.")] = ""
    phone: Annotated[str, Meta(description="A telephone number for the signature.")] = ""
    signature: Annotated[str, Meta(description="What stands below your name, lines and all.")] = ""
    lines: Annotated[
        tuple[str, ...], Meta(description="Further lines below your name, e.g. a web site.")
    ] = ()
    strengths: Annotated[
        tuple[str | Strength, ...],
        Meta(
            description="What you bring, for thank-you notes: sentences, or tables `[[profile.strengths]]`."
        ),
    ] = ()


class Drafts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How your notes are written (docs/drafts.md)."""

    templates: Annotated[str, Meta(description="A directory with template files of your own.")] = ""
    reword: Annotated[
        tuple[str, ...],
        Meta(description="A command that may reword each note: JSON in, JSON out, no shell."),
    ] = ()
    debrief: Annotated[
        bool,
        Meta(description="Whether a draft with a few questions to yourself is laid after an interview."),
    ] = True
    quote: Annotated[
        Literal["none", "calm"],
        Meta(description="Whether a note repeats the mail it answers: `none`, or `calm` below it."),
    ] = "none"


class Notify(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What you are told at once, and how: when a draft waits, an interview was arranged, it is time to stop,
    or the login was refused.  Each thing is told once.
    """

    command: Annotated[
        tuple[str, ...],
        Meta(description="A command that gets a JSON object on standard input; no shell, ten seconds."),
    ] = ()
    apprise: Annotated[
        tuple[str, ...],
        Meta(
            description="Addresses of notification services as Apprise writes them (the extra `notify`); they"
            " hold secrets, so this file must be readable by you alone."
        ),
    ] = ()
    silence: Annotated[
        tuple[Literal["stop", "advice", "draft", "interview", "login", "trouble"], ...],
        Meta(description="What not to tell: `stop`, `advice`, `draft`, `interview`, `login`, `trouble`."),
    ] = ()
    details: Annotated[
        bool, Meta(description="Name employer, role and time as well; never the words of a mail.")
    ] = False


class Digest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A draft to yourself once a week: what is open, which drafts wait, what ended since the last one."""

    day: Annotated[
        Weekday, Meta(description="The day it is laid in Drafts, e.g. `monday`; never if left out.")
    ] = ""
    hour: Annotated[
        int, Meta(description="The hour from which it is, by the clocks of `timezone`.", ge=0, le=23)
    ] = 8


class State(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where afterword remembers things."""

    directory: Annotated[
        str, Meta(description="A directory only you can read; `$XDG_STATE_HOME/afterword` by default.")
    ] = ""


class Log(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is written down about the work."""

    level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="How much goes to standard error.")
    ] = "info"
    quotes: Annotated[
        bool,
        Meta(description="Write the sentences decisions stand on into the audit log; they are private."),
    ] = False
    keep: Annotated[
        int, Meta(description="How many full audit files (8 MB each) to keep; 0 keeps all.", ge=0)
    ] = 0


class Metrics(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Figures for Prometheus (`pip install 'afterword[metrics]'`)."""

    listen: Annotated[
        str,
        Meta(description="Where on this machine they are shown, e.g. `127.0.0.1:9464`; nowhere if left out."),
    ] = ""


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an account may have of its own."""

    address: Annotated[
        str | tuple[str, ...],
        Meta(description="Your address, or a list of all you use; the first is the account's."),
    ] = ()
    imap: Imap | UnsetType = UNSET
    gmail: Gmail | UnsetType = UNSET
    name: Annotated[str, Meta(description="Your name, as you sign.")] = ""
    timezone: Annotated[str, Meta(description="Your time zone's IANA name, e.g. `Europe/Berlin`.")] = "UTC"
    country: Annotated[
        str, Meta(description="Whose public holidays count: a code such as `US`, `DE`, `GB-ENG`.")
    ] = ""
    language: Annotated[
        Literal["en", "de", "fr", "es", "nl", "pt", "it"],
        Meta(description="The language assumed where a mail's own cannot be told."),
    ] = "en"
    policy: Annotated[
        str, Meta(description="A policy's name (`afterword policy list`) or the path of a policy file.")
    ] = "default"
    observe_days: Annotated[
        int, Meta(description="How far back the first look at the mailbox goes, in days.", ge=1, le=3650)
    ] = 30
    profile: Profile = Profile()
    drafts: Drafts = Drafts()
    notify: Notify = Notify()
    digest: Digest = Digest()


class Own(Settings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of several accounts: everything from the top of the file but `accounts`, and any of its tables
    that is about an account, e.g. `[account.imap]`.
    """

    id: Annotated[
        str,
        Meta(description="A short name for commands and logs; a file of its own is named by its file name."),
    ] = ""


class Config(Settings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The account, or where there are several, what holds for those that say nothing else."""

    accounts: Annotated[
        str,
        Meta(description="A directory of account files `ID.toml`, each with what an `[[account]]` has."),
    ] = ""
    account: tuple[Own, ...] = ()
    state: State = State()
    log: Log = Log()
    metrics: Metrics = Metrics()


ONLY = "main"
"""The id of the account of a file that has one account."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account, checked: what it says itself, over what the top of the configuration says.

    `file` is where it stands; relative paths start at `directory`, that of the configuration.  `state` is
    the directory the state is kept in.
    """

    id: str
    values: Settings
    addresses: tuple[str, ...]
    file: Path
    directory: Path
    state: Path

    @property
    def address(self) -> str:
        """Return the account's own address, which its state is kept under."""
        return self.addresses[0]

    def resolve(self, name: str) -> Path:
        """Return a path written in the configuration."""
        return self.directory / Path(name).expanduser()


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration that was found and checked: its values, its file, and its accounts.

    `several`: the file is written for any number of accounts, even if there is one just now.  `refused` has
    what is wrong with account files that are left out, by their ids.
    """

    values: Config
    path: Path
    accounts: tuple[Account, ...]
    several: bool = False
    refused: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def state_directory(self) -> Path:
        """Return where the state is kept."""
        return state_directory(self.values.state, self.path)

    def resolve(self, name: str) -> Path:
        """Return a path written in the file; a relative one starts at the file's own directory."""
        return self.path.parent / Path(name).expanduser()

    def account(self, wanted: str = "") -> Account:
        """Return the account with this id or address; the only one where none is named.

        Raises UsageError where it is not clear which, BadConfig where its file has mistakes.
        """
        if wanted in self.refused:
            raise BadConfig(self.refused[wanted])
        fitting = [a for a in self.accounts if wanted in ("", a.id, *a.addresses)]
        if len(fitting) == 1:
            return fitting[0]
        ids = ", ".join(sorted(a.id for a in self.accounts)[:20])
        if not ids:
            raise UsageError(f"There is no account in {self.path} yet.")
        if fitting:
            raise UsageError(f"There are several accounts: {ids}.", hint="Say which with --account ID.")
        raise UsageError(f"There is no account {wanted!r}.", hint=f"There are: {ids}.")


def state_directory(state: State, path: Path) -> Path:
    """Return where the state is kept by the configuration at `path`."""
    chosen = state.directory
    return path.parent / Path(chosen).expanduser() if chosen else default_state_directory()


def default_path() -> Path:
    """Return where the configuration is looked for: AFTERWORD_CONFIG, else the XDG directory."""
    chosen = os.environ.get("AFTERWORD_CONFIG", "")
    return Path(chosen).expanduser() if chosen else _xdg("XDG_CONFIG_HOME", ".config") / "config.toml"


def default_state_directory() -> Path:
    """Return where the state is kept by default: systemd's directory for the unit, else XDG's."""
    given = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
    return Path(given) if given else _xdg("XDG_STATE_HOME", ".local/state")


def _xdg(variable: str, fallback: str) -> Path:
    """Return our directory under an XDG base directory; relative values are ignored, as it demands."""
    base = os.environ.get(variable, "")
    return (Path(base) if base.startswith("/") else Path.home() / fallback) / "afterword"

"""A real `afterword run`: its configuration, its process, and what it leaves behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from servers.dovecot import PASSWORD, Dovecot

ADDRESS = "ana@mail.example"


def eventually(check: Callable[[], Any], seconds: float = 20.0) -> Any:
    """Return what `check` returns once it is true; fail where that takes too long."""
    end = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
    return found


@dataclass
class Home:
    """One user's configuration and state in a directory of its own."""

    path: Path

    @property
    def config(self) -> Path:
        return self.path / "config.toml"

    def configure(
        self,
        server: Dovecot,
        user: str,
        more: str = "",
        password: str = PASSWORD,
        debrief: bool = False,
        drafts: str = "",
    ) -> None:
        """Write a configuration for the user's account on the server."""
        (self.path / "password").write_text(f"{password}\n")
        (self.path / "password").chmod(0o600)
        self.config.write_text(
            f"""address = "{ADDRESS}"
name = "Ana Ruiz"
timezone = "Europe/Madrid"
country = "ES"

[imap]
host = "{server.host}"
port = {server.tls_port}
user = "{user}"
password_file = "password"
ca_file = "{server.certificate.ca}"

[drafts]
debrief = {str(debrief).lower()}
{drafts}

[state]
directory = "state"
{more}"""
        )

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "daemon", *arguments]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            self.command(*arguments, "--config", str(self.config)),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Let the daemon run; kill it in the end if it still does."""
        log = (self.path / "log").open("ab")
        process = subprocess.Popen(self.command("run", "--config", str(self.config)), stderr=log, stdout=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            log.close()

    def log(self) -> str:
        return (self.path / "log").read_text()

    def audit(self, event: str) -> list[dict[str, Any]]:
        path = self.path / "state" / "audit" / "audit.jsonl"
        found = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        return [line for line in found if line["event"] == event]


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process as a power cut would."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def invitation(ended: datetime) -> bytes:
    """Return a mail that invites to an interview with two people, which ended at that moment."""
    start = ended - timedelta(hours=1)
    stamp = "%Y%m%dT%H%M%SZ"
    return f"""From: Lou Park <lou.park@acme.example>
To: Ana Ruiz <{ADDRESS}>
Subject: Interview at Acme: Data Analyst
Date: {start - timedelta(hours=1):%a, %d %b %Y %H:%M:%S +0000}
Message-ID: <invitation@acme.example>
References: <application@mail.example>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

Hi Ana,

we would like to invite you to an interview for the position of Data Analyst at Acme.
You will be talking to Kim Lee and Sam Ode. We look forward to meeting you.

Best regards,
Lou Park
Recruiter, Acme

--b
Content-Type: text/calendar; method=REQUEST; charset=utf-8

BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Acme//Calendar//EN
METHOD:REQUEST
BEGIN:VEVENT
UID:interview-1@acme.example
SEQUENCE:0
DTSTAMP:{start:{stamp}}
DTSTART:{start:{stamp}}
DTEND:{ended:{stamp}}
SUMMARY:Interview Ana Ruiz - Data Analyst
ORGANIZER;CN=Lou Park:mailto:lou.park@acme.example
ATTENDEE;CN=Ana Ruiz:mailto:{ADDRESS}
ATTENDEE;CN=Kim Lee:mailto:kim.lee@acme.example
ATTENDEE;CN=Sam Ode:mailto:sam.ode@acme.example
END:VEVENT
END:VCALENDAR

--b--
""".replace("\n", "\r\n").encode()


def reply(subject: str, text: str, sent: datetime | None = None, number: int = 1) -> bytes:
    """Return a mail by the recruiter in the invitation's thread."""
    return f"""From: Lou Park <lou.park@acme.example>
To: Ana Ruiz <{ADDRESS}>
Subject: {subject}
Date: {sent or datetime.now(UTC):%a, %d %b %Y %H:%M:%S +0000}
Message-ID: <reply{number}@acme.example>
In-Reply-To: <invitation@acme.example>
References: <application@mail.example> <invitation@acme.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

{text}
""".replace("\n", "\r\n").encode()

"""What the user chose about drafts, end to end: a real `afterword run --once` and a real Dovecot over TLS."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from daemon_process import ADDRESS, Home, invitation
from servers.dovecot import Dovecot

from daemon.drafting.mail import body

HOUR = timedelta(hours=1)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def drafts(server: Dovecot, user: str) -> dict[str, bytes]:
    """Return the drafts by the field To, as another mail program of the user finds them."""
    with server.client(user) as client:
        client.select_folder("Drafts", readonly=True)
        found = [mail[b"BODY[]"] for mail in client.fetch(client.search(), ["BODY.PEEK[]"]).values()]
    to = (next(line for line in mail.split(b"\r\n") if line.startswith(b"To:")) for mail in found)
    return {field.decode().partition("<")[2].rstrip(">"): mail for field, mail in zip(to, found, strict=True)}


def once(home: Home) -> str:
    """Look once; return what was printed and logged."""
    done = home.run("run", "--once")
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_a_debrief_answered_in_drafts_fills_every_thank_you(dovecot: Dovecot, home: Home) -> None:
    """The questions lie there once, beside two thank-yous; answered and saved, both have what was said."""
    user = dovecot.new_user()
    home.configure(dovecot, user, debrief=True)
    dovecot.deliver(user, invitation(datetime.now(UTC) - HOUR))
    once(home)
    found = drafts(dovecot, user)
    assert set(found) == {ADDRESS, "kim.lee@acme.example", "sam.ode@acme.example"}
    assert all(b"[[" in found[to] for to in found if to != ADDRESS)
    text = body(found[ADDRESS])
    for mark, answer in (("A1:", "the harbour project"), ("A2:", "night trains"), ("A3:", "in ten days")):
        text = text.replace(f"\n{mark}", f"\n{mark} {answer}")
    head = found[ADDRESS].partition(b"\r\n\r\n")[0].replace(b"quoted-printable", b"8bit")
    with dovecot.client(user) as client:
        client.select_folder("Drafts")
        (old,) = [uid for uid, mail in client.fetch(client.search(), ["BODY.PEEK[]"]).items()
                  if mail[b"BODY[]"] == found[ADDRESS]]  # fmt: skip
        saved = head + b"\r\n\r\n" + text.replace("\n", "\r\n").encode()
        client.append("Drafts", saved, [r"\Draft"], msg_time=datetime.now(UTC) - timedelta(minutes=5))
        client.delete_messages([old])
        client.uid_expunge([old])
    once(home)
    after = drafts(dovecot, user)
    assert set(after) == set(found)
    assert "the harbour project" in body(after["kim.lee@acme.example"])
    assert "night trains" in body(after["sam.ode@acme.example"])
    assert after[ADDRESS] == saved
    assert "you wrote down: in ten days" in home.run("status", "--json").stdout
    assert once(home).startswith("Nothing to do")


def test_the_users_command_rewords_what_is_laid(dovecot: Dovecot, home: Home) -> None:
    """JSON in, JSON out: its words lie in Drafts, with the gaps the template left."""
    script = home.path / "reword.py"
    script.write_text(
        "import json, sys\n"
        "note = json.load(sys.stdin)\n"
        "print(json.dumps({'body': note['body'].replace('Thank you', 'Many thanks')}))\n"
    )
    user = dovecot.new_user()
    home.configure(dovecot, user, drafts=f"reword = {[sys.executable, str(script)]}")
    dovecot.deliver(user, invitation(datetime.now(UTC) - HOUR))
    once(home)
    texts = [body(mail) for mail in drafts(dovecot, user).values()]
    assert any("Many thanks" in text for text in texts)
    assert not any("Thank you" in text for text in texts)
    assert all("[[" in text for text in texts)


def test_words_that_will_not_do_leave_the_templates_and_are_said_once(dovecot: Dovecot, home: Home) -> None:
    """A command that pleads, for two notes: both have the template's words, and the log one line."""
    script = home.path / "plead.py"
    script.write_text(
        "import json, sys\n"
        "body = json.load(sys.stdin)['body']\n"
        "print(json.dumps({'body': body.replace(',', ', I really need this job,', 3)}))\n"
    )
    user = dovecot.new_user()
    home.configure(dovecot, user, drafts=f"reword = {[sys.executable, str(script)]}")
    dovecot.deliver(user, invitation(datetime.now(UTC) - HOUR))
    said = once(home)
    found = drafts(dovecot, user)
    assert len(found) == 2
    assert not any("really need" in body(mail) for mail in found.values())
    assert said.count("reword_refused") == 1


def test_own_templates_extra_lines_and_a_quotation(dovecot: Dovecot, home: Home) -> None:
    """Every switch of [drafts] and [profile] shows in what lies in Drafts."""
    own = home.path / "words" / "en"
    own.mkdir(parents=True)
    letter = (
        "Ta for the chat about {{ talk }} and the {{ job }}{{ at }}.\n\n{{ strength }}. Reach me {{ reach }}."
    )
    (own / "thank-you.txt").write_text(
        "Mine.\n\n== subject\nTa\n\n"
        + "".join(f"== {occasion}\n{letter}\n\n" for occasion in ("fresh", "late", "relay"))
    )
    user = dovecot.new_user()
    home.configure(
        dovecot,
        user,
        drafts='templates = "words"\nquote = "calm"',
        more='[profile]\nphone = "+34 600 000 000"\nlines = ["ana.example"]\n',
    )
    dovecot.deliver(user, invitation(datetime.now(UTC) - HOUR))
    once(home)
    text = body(drafts(dovecot, user)["kim.lee@acme.example"])
    assert "Ta for the chat about [[" in text
    assert "+34 600 000 000\nana.example" in text
    assert "> we would like to invite you" in text


def test_a_draft_the_user_edited_is_proofread_as_it_lies_in_the_account(dovecot: Dovecot, home: Home) -> None:
    """What they wrote is read, not what we laid; saved as a file, it is held against the case as well."""
    user = dovecot.new_user()
    home.configure(dovecot, user)
    dovecot.deliver(user, invitation(datetime.now(UTC) - HOUR))
    once(home)
    laid = drafts(dovecot, user)["kim.lee@acme.example"]
    head = laid.partition(b"\r\n\r\n")[0].replace(b"quoted-printable", b"8bit")
    mine = (
        head
        + b"\r\n\r\nDear Kym,\r\n\r\nI am just checking in. I really need this job!\r\n\r\nBest,\r\nAna\r\n"
    )
    with dovecot.client(user) as client:
        client.select_folder("Drafts")
        old = client.search(["TO", "kim.lee@acme.example"])
        client.append("Drafts", mine, [r"\Draft"])
        client.delete_messages(old)
        client.uid_expunge(old)
    once(home)
    (case,) = json.loads(home.run("status", "--json").stdout)["cases"]
    found = {
        one["where"]: one["faults"]
        for one in json.loads(home.run("proofread", case["case"], "--json").stdout)
    }
    codes = {fault["code"] for fault in found["thank-you to kim.lee@acme.example"]}
    assert {"stock", "plea", "no-thanks"} <= codes
    assert {fault["code"] for fault in found["thank-you to sam.ode@acme.example"]} == {"gap"}
    (home.path / "mine.eml").write_bytes(mine)
    alone = home.run("proofread", str(home.path / "mine.eml"), "--json", "--case", case["case"])
    assert alone.returncode == 1, alone.stderr
    (read,) = json.loads(alone.stdout)
    assert {fault["code"] for fault in read["faults"]} == codes
    assert any("Kim" in fault["says"] for fault in read["faults"])

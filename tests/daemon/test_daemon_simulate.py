"""`afterword simulate`: the daemon's own pipeline over an archive, under a simulated clock."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from servers.pymap_server import PASSWORD, PymapServer

from daemon.cli import afterword
from daemon.errors import UsageError
from daemon.policy_choice import chosen_policy
from daemon.reading.model import Me
from daemon.regret import Regret, look_back
from daemon.simulate import Assume, Simulation, gather

MAYA = "Maya Ruiz <maya.ruiz@acme.example>"
SAM = "Sam Rivera <sam.rivera@mail.example>"
ME = Me(frozenset({"sam.rivera@mail.example"}), "", "America/New_York", "US")
END = datetime(2026, 5, 15, tzinfo=UTC)
STORED = {
    "at", "action", "note", "to", "in_reply_to", "subject", "case", "employer", "role", "due", "rules",
    "because", "body",
}  # fmt: skip


def mail(day: int, hour: int, subject: str, text: str, *, author: str = MAYA, to: str = SAM) -> bytes:
    """A mail of March 2026, in the thread of the invitation."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = author, to, subject
    made["Date"] = format_datetime(datetime(2026, 3, day, hour, tzinfo=UTC))
    made["Message-ID"] = f"<{day}.{hour}@acme.example>"
    if day > 4:
        made["In-Reply-To"] = made["References"] = "<4.15@acme.example>"
    made.set_content(text)
    return made.as_bytes()


INVITATION = mail(
    4,
    15,
    "Interview for Data Engineer at Acme",
    "Hi Sam,\n\nWe would like to invite you to an interview for the Data Engineer position at Acme on"
    " Tuesday, March 10 at 2:00 pm Eastern. You will be talking to Priya Shah (priya.shah@acme.example)."
    " Please allow one hour.\n\nMaya Ruiz\nTalent Coordinator, Acme\n",
)
UPDATE = mail(
    26,
    19,
    "Re: Interview for Data Engineer at Acme",
    "Hi Sam,\n\nWe are still interviewing and will let you know by April 10.\n\nMaya\n",
)
QUESTION = mail(
    24,
    12,
    "Re: Interview for Data Engineer at Acme",
    "Hi Maya,\n\nDo you have any news about the Data Engineer role?\n\nSam\n",
    author=SAM,
    to=MAYA,
)


def archive(folder: Path, mails: Sequence[bytes]) -> Path:
    """A folder of .eml files."""
    for number, octets in enumerate(mails):
        (folder / f"{number:02}.eml").write_bytes(octets)
    return folder


def run(*arguments: object) -> list[dict[str, Any]]:
    """The lines `afterword simulate --json` prints."""
    given = ["simulate", "--json", "--address", "sam.rivera@mail.example", "--timezone", "America/New_York"]
    given += ["--country", "US", *map(str, arguments)]
    result = CliRunner().invoke(afterword, given)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def simulated(mails: Sequence[bytes], assume: Assume = Assume.SENT, policy: str = "default") -> Simulation:
    chosen = chosen_policy(policy, "America/New_York", "US", (2026, 2026))
    return Simulation(gather(mails, ME), ME, "sam.rivera@mail.example", chosen, assume)


def outline(lines: Sequence[dict[str, Any]]) -> list[tuple[str, str, str | None]]:
    return [(line["at"][:16], line["action"], line["note"]) for line in lines]


def test_each_line_has_every_field(tmp_path: Path) -> None:
    """A line says when, what, to whom, in answer to what, in which case, by which rules, in which words."""
    lines = run("--until", "2026-05-15", archive(tmp_path, [INVITATION]))
    assert outline(lines) == [
        ("2026-03-10T15:00", "draft", "thank-you"),
        ("2026-03-24T09:00", "draft", "status-check"),
        ("2026-04-07T09:00", "stop", None),
    ]
    assert all(set(line) == STORED for line in lines)
    check = lines[1]
    assert check["to"] == ["maya.ruiz@acme.example"]
    assert check["in_reply_to"].strip("<>") == "4.15@acme.example"
    assert check["employer"] == "Acme"
    assert check["role"] == "Data Engineer"
    assert check["due"] == "2026-03-24T09:00:00-04:00"
    assert "ask_after_a_long_silence" in check["rules"]
    assert [reason["rule"] for reason in check["because"]] == check["rules"]
    assert "Maya" in check["body"]


def test_a_user_who_sends_nothing(tmp_path: Path) -> None:
    """`--assume ignored` leaves the drafts lying: old thanks are taken back, and nobody was asked."""
    lines = run("--until", "2026-05-15", "--assume", "ignored", archive(tmp_path, [INVITATION]))
    assert outline(lines) == [
        ("2026-03-10T15:00", "draft", "thank-you"),
        ("2026-03-17T15:00", "withdraw", "thank-you"),
        ("2026-03-24T09:00", "draft", "status-check"),
        ("2026-04-07T09:00", "stop", None),
    ]
    assert lines[1]["to"] == ["priya.shah@acme.example"]
    assert "sent" in lines[-1]["body"]


def test_the_order_of_the_files_does_not_matter(tmp_path: Path) -> None:
    """Mails are replayed by their dates, whatever the files are called."""
    mails = [INVITATION, UPDATE, QUESTION]
    shuffled = random.Random(3).sample(mails, len(mails))
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    there = run("--until", "2026-05-15", archive(one, mails))
    assert there == run("--until", "2026-05-15", archive(other, shuffled))


def test_what_a_glance_rules_out_is_read_whole_if_it_belongs_to_a_case() -> None:
    """Mail to many without a word of jobs is kept if it comes from a case, wherever the archive has it."""
    many = ", ".join([SAM, *(f"guest{n}@mail.example" for n in range(5))])
    sent = mail(3, 9, "Parking", "Hello all,\n\nPlease use the north gate on Tuesday.\n\nMaya\n", to=many)
    assert gather([sent], ME).mails == ()
    assert gather([sent, INVITATION], ME) == gather([INVITATION, sent], ME)
    assert [one.octets for one in gather([sent, INVITATION], ME).mails] == [sent, INVITATION]


def test_mails_after_the_end_are_not_seen(tmp_path: Path) -> None:
    """What had not happened by `--until` changes nothing before it."""
    folder = archive(tmp_path, [INVITATION, UPDATE])
    assert run("--until", "2026-03-20", folder) == run("--until", "2026-05-15", folder)[:1]


def test_two_policies_side_by_side(tmp_path: Path) -> None:
    """`--compare` says of each decision which policies come to it."""
    lines = run("--until", "2026-05-15", "--compare", "prompt", archive(tmp_path, [INVITATION]))
    assert [(line["at"][:10], line["action"], line["policies"]) for line in lines] == [
        ("2026-03-10", "draft", ["default", "prompt"]),
        ("2026-03-17", "draft", ["prompt"]),
        ("2026-03-24", "draft", ["default"]),
        ("2026-03-31", "stop", ["prompt"]),
        ("2026-04-07", "stop", ["default"]),
    ]


def test_simulating_twice_gives_the_same() -> None:
    """Nothing of one simulation is left for the next."""
    first, second = (
        [(each.at, each.decision.key) for each in simulated([INVITATION, UPDATE]).done(END)] for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize(
    ("mails", "assume", "regret"),
    [
        ([INVITATION, UPDATE], Assume.SENT, Regret.NOT_MISSED),
        ([INVITATION, UPDATE], Assume.IGNORED, Regret.OVERTAKEN),
        ([INVITATION, QUESTION, UPDATE], Assume.SENT, Regret.ANSWERED),
    ],
)
def test_what_there_is_to_regret(mails: Sequence[bytes], assume: Assume, regret: Regret) -> None:
    """Looking back, one sees questions nobody would have missed, drafts overtaken, questions answered."""
    simulation = simulated(mails, assume)
    done = tuple(simulation.done(END))
    assert regret in {each.regret for each in look_back(done, simulation.cases)}


def test_an_own_question_is_no_answer_of_theirs() -> None:
    """A status check taken back because the user asked was not overtaken by the employer."""
    asked = mail(
        25, 12, "Re: Interview", "Hi Maya,\n\nDo you have any news about the role?\n", author=SAM, to=MAYA
    )
    simulation = simulated([INVITATION, asked], Assume.IGNORED)
    done = tuple(simulation.done(END))
    assert "status-check" in {
        each.entry.note for each in done if each.entry and each.decision.action == "withdraw"
    }
    assert Regret.OVERTAKEN not in {each.regret for each in look_back(done, simulation.cases)}


def test_a_stop_is_reported_once() -> None:
    """Time that passes after a stop adds nothing."""
    late = datetime(2027, 5, 15, tzinfo=UTC)
    assert [each.decision.action for each in simulated([INVITATION]).done(late)].count("stop") == 1  # type: ignore[arg-type]


def test_takeout_without_spam_and_drafts(tmp_path: Path) -> None:
    """In Google's own export, mail labelled as spam, draft or deleted takes no part."""
    labelled = {"Inbox,Important": INVITATION, "Spam": UPDATE, "Drafts": QUESTION, "Trash": UPDATE}
    folder = tmp_path / "All mail.mbox"
    folder.write_bytes(
        b"".join(
            b"From 1@xxx Mon Mar 02 09:00:00 +0000 2026\nX-Gmail-Labels: %s\n%s\n" % (labels.encode(), octets)
            for labels, octets in labelled.items()
        )
    )
    assert outline(run("--until", "2026-05-15", folder)) == outline(
        run("--until", "2026-05-15", archive(tmp_path, [INVITATION]))
    )


def test_a_live_account_is_only_read(pymap_server: PymapServer, tmp_path: Path) -> None:
    """With --account the configured mailbox is looked at: no draft is laid there, and no state is written."""
    user = pymap_server.new_user()
    pymap_server.deliver(user, INVITATION, internal_date=datetime(2026, 3, 4, 15, tzinfo=UTC))
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "password").chmod(0o600)
    config = tmp_path / "config.toml"
    config.write_text(
        'address = "sam.rivera@mail.example"\ntimezone = "America/New_York"\ncountry = "US"\n'
        f'policy = "prompt"\n[state]\ndirectory = "{tmp_path / "state"}"\n'
        f'[imap]\nhost = "127.0.0.1"\nport = {pymap_server.port}\nsecurity = "none"\nuser = "{user}"\n'
        'password_file = "password"\n'
    )
    given = ["simulate", "--json", "--account", "--config", str(config), "--until", "2026-05-15"]
    result = CliRunner().invoke(afterword, given)
    assert result.exit_code == 0, result.output
    assert outline([json.loads(line) for line in result.stdout.splitlines()]) == [
        ("2026-03-10T15:00", "draft", "thank-you"),
        ("2026-03-17T09:00", "draft", "status-check"),
        ("2026-03-31T09:00", "stop", None),
    ]
    assert not (tmp_path / "state").exists()
    with pymap_server.client(user) as client:
        client.select_folder("INBOX", readonly=True)
        assert client.search("SEEN") == []
        client.select_folder("Drafts", readonly=True)
        assert client.search() == []


def test_what_to_look_at_must_be_said() -> None:
    """Neither files nor an account, or both, is a usage error that says what to do."""
    for given in (["simulate"], ["simulate", "--account", "main", "mail.mbox"]):
        result = CliRunner().invoke(afterword, given)
        assert result.exit_code == 2 or isinstance(result.exception, UsageError)

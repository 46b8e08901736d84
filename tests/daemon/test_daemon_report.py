"""The report: a picture of every case, in one page that is safe to open and readable anywhere."""

from __future__ import annotations

import html.parser
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.overview import Chapter, Sign, View
from daemon.report.page import case_page, render
from daemon.report.picture import LANES, NEAR, picture
from policies.case import Timeline, TimelineKind
from policies.decision import Action, Decision, Finding

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2027, 3, 10, 9, tzinfo=UTC)
HOSTILE = """</title><script>alert(1)</script><img src="https://tracker.example/x.png" onerror=alert(1)>'\""""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def _view(next_at: datetime | None = None, employer: str | None = "Acme") -> View:
    drafts = ("thank-you to lou@acme.example (placed)",)
    return View(
        "acme-x", employer, "Chemist", "interviewed", NOW, "employer_update", "by Friday", "2027-03-12",
        next_at, ("wait",), drafts,
    )  # fmt: skip


def _decision(says: str = "Wait for them.") -> Decision:
    finding = Finding("wait", says, ("W7 HB",))
    return Decision(Action.WAIT, (finding,), due=NOW + timedelta(days=5))


def _week(quote: str = "by Friday") -> Timeline:
    first = NOW.date()
    return Timeline(quote, first, first + timedelta(days=4), TimelineKind.DEADLINE)


CHAPTERS = tuple(
    Chapter(NOW - timedelta(days=20 - number), f"thing {number}", sign, timelines=(_week(),) * (number == 0))
    for number, sign in enumerate(Sign)
)

moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
stories = st.lists(st.builds(Chapter, moments, st.just("x"), st.sampled_from(Sign)), max_size=30)


@given(stories, moments, st.none() | moments)
def test_every_mark_lies_on_the_line_and_none_hides_another(
    chapters: list[Chapter], now: datetime, next_at: datetime | None
) -> None:
    """Whatever happened when, all of it is within the picture, and neighbours are pushed apart."""
    drawn = picture(chapters, now, next_at, ZONE)
    places = [(mark.lane, mark.level, mark.x) for mark in drawn.marks]
    assert all(0 <= x <= 100 for _, _, x in places)
    for number, (lane, level, x) in enumerate(places):
        assert not any(
            (lane, level) == (other_lane, other_level) and abs(x - other) < NEAR
            for other_lane, other_level, other in places[:number]
        )
    assert 1 <= len(drawn.ticks) <= 8
    assert all(0 <= tick.x <= 100 for tick in drawn.ticks)
    assert drawn.now is None or 0 <= drawn.now <= 100
    assert next_at is None or drawn.next is not None


def test_time_runs_from_left_to_right() -> None:
    """What came later stands further to the right, and the stated time spans its days."""
    drawn = picture(CHAPTERS, NOW, NOW + timedelta(days=9), ZONE)
    places = [mark.x for mark in drawn.marks]
    assert places == sorted(places)
    assert {mark.sign for mark in drawn.marks} == set(LANES)
    (window,) = drawn.windows
    assert drawn.now is not None
    assert window.x < drawn.now < window.x + window.width


def test_a_story_long_over_is_not_squeezed_by_today() -> None:
    """A case that ended a year ago keeps its own scale."""
    drawn = picture(CHAPTERS, NOW + timedelta(days=365), None, ZONE)
    assert drawn.now is None


class _Page(html.parser.HTMLParser):
    """Which elements and attributes a page has, and whether every element is closed."""

    VOID = frozenset({"meta", "br", "circle", "path", "rect", "line"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


def _render(text: str = "", cases: int = 1) -> str:
    chapters = (*CHAPTERS, Chapter(NOW, text, Sign.EMPLOYER, (text,), text, timelines=(_week(text),)))
    view = _view(NOW + timedelta(days=5), text or "Acme")
    return render([case_page(view, chapters, _decision(text), NOW, ZONE)] * cases, "a@b.example", NOW, ZONE)


def test_words_of_a_mail_stay_words() -> None:
    """Nothing a mail says becomes an element, an attribute or an address of the page."""
    plain, hostile = _Page(_render("words")), _Page(_render(HOSTILE))
    assert hostile.tags == plain.tags
    assert "script" not in hostile.tags
    assert not hostile.open
    names = {name for name, _ in hostile.attributes}
    assert not {name for name in names if name.startswith("on")}
    assert all((value or "").startswith("#") for name, value in hostile.attributes if name in ("href", "src"))


def test_the_page_fetches_nothing() -> None:
    """No address of another place, no script; and the page itself forbids both."""
    text = _render("words")
    assert not re.search(r"https?://|url\(|@import|<script", text)
    assert "default-src 'none'" in text


def test_no_case_is_a_sentence() -> None:
    """An empty state gives a page that says so."""
    assert "No cases yet" in render([], "a@b.example", NOW, ZONE)


HARNESS = """<!doctype html><body><iframe src="report.html" width="{width}" height="900"></iframe><script>
window.onload = () => {{
  const page = document.querySelector("iframe").contentDocument, root = page.documentElement;
  const marks = [...page.querySelectorAll("svg.line a")].map(a => a.getBoundingClientRect());
  const inside = marks.filter(r => r.left >= 0 && r.right <= root.clientWidth && r.width > 3).length;
  const ink = getComputedStyle(page.body).color, paper = getComputedStyle(page.body).backgroundColor;
  document.title = `over=${{root.scrollWidth - root.clientWidth}} marks=${{marks.length}} inside=${{inside}}`
    + ` ink=${{ink}} paper=${{paper}}`;
}};
</script>"""


def _measured(folder: Path, width: int, *more: str) -> dict[str, str]:
    """Return what a browser says of the page at a width in pixels."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    (folder / "report.html").write_text(_render("a long sentence of theirs, " * 9, 3), encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--dump-dom"]
    harness, profile = folder / "harness.html", folder / "profile"
    harness.write_text(HARNESS.format(width=width), encoding="utf-8")
    done = subprocess.run(
        [
            CHROMIUM,
            *flags,
            f"--user-data-dir={profile}",
            *more,
            harness.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    title = re.search(r"<title>(.*?)</title>", done.stdout)
    assert title, done.stderr
    return dict(re.findall(r"(\w+)=(rgb\(.*?\)|\S+)", title[1]))


@pytest.mark.parametrize("width", [340, 768, 1400])
def test_a_browser_shows_it_whole_on_any_screen(tmp_path: Path, width: int) -> None:
    """From a phone to a desk: nothing is cut off or scrolls sideways, every mark can be seen."""
    found = _measured(tmp_path, width)
    assert found["over"] == "0"
    assert int(found["marks"]) > 20
    assert found["inside"] == found["marks"]


def test_light_and_dark(tmp_path: Path) -> None:
    """The page follows the reader's choice."""
    light = _measured(tmp_path, 700, "--blink-settings=preferredColorScheme=1")
    dark = _measured(tmp_path, 700, "--blink-settings=preferredColorScheme=0")
    assert light["paper"] == dark["ink"].replace("232, 230, 225", "250, 249, 247")
    assert light["paper"] != dark["paper"]


def test_the_demonstration_ends_in_a_report(tmp_path: Path) -> None:
    """`afterword demo --report` writes the page about what was just seen, for its owner's eyes only."""
    target = tmp_path / "demo.html"
    command = [sys.executable, "-m", "daemon", "demo", "--fast", "--report", str(target)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    text = target.read_text(encoding="utf-8")
    assert target.stat().st_mode & 0o077 == 0
    assert all(word in text for word in ("Northwind Analytics", "Halden Robotics", "stop: "))
    assert not _Page(text).open

"""HTML as its reader sees it."""

from __future__ import annotations

import pytest

from daemon.reading import html, quotes


def text(source: str) -> str:
    return html.read(source).text.strip()


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One</div><div>Two</div>", "One\nTwo"),
        ("One<br>Two<br><br>Three", "One\nTwo\n\nThree"),
        ("<p>One\n  <b>bold</b> word</p>", "One bold word"),
        (
            (
                "<p class=MsoNormal>Best,</p><p class=MsoNormal>Priya</p><p "
                "class=MsoNormal>&nbsp;</p><p class=MsoNormal>x</p>"
            ),
            "Best,\nPriya\n\nx",
        ),
        ("<ul><li>One<li>Two</ul>", "- One\n- Two"),
        ("<h1>Title</h1>Text", "Title\n\nText"),
        ("<pre>a\nb</pre>", "a\nb"),
        ("<div style='white-space: pre-wrap'>a\nb</div>", "a\nb"),
        ("<p>a<p>b", "a\n\nb"),
        ("a &lt;b&gt; &amp; &eacute; &#8211; &nope;", "a <b> & é – &nope;"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<a href='x'>un</a><b>broken</b>", "unbroken"),
        ("<p>x</div></b></p>y", "x\n\ny"),
    ],
)
def test_blocks_become_lines(source: str, shown: str) -> None:
    """Blocks, breaks, lists and entities come out as a reader sees them, also from broken markup."""
    assert text(source) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (
            "<table><tr><td>When:</td><td>Tuesday</td></tr><tr><td>Where</td><td>Leeds</td></tr></table>",
            "When: Tuesday\nWhere: Leeds",
        ),
        (
            "<table><tr><td>10:00</td><td>Priya Shah</td><td>VP Data</td></tr></table>",
            "10:00, Priya Shah, VP Data",
        ),
        ("<table><tr><td><p>When</p></td><td><p>Tuesday</p></td></tr></table>", "When: Tuesday"),
        (
            "<table><tr><td><table><tr><td>One.</td></tr><tr><td>Two.</td></tr></table></td></tr></table>",
            "One.\nTwo.",
        ),
        (
            "<table><tr><td><p>Left</p><p>a</p></td><td><p>Right</p><p>b</p></td></tr></table>",
            "Left\n\na\n\nRight\n\nb",
        ),
    ],
)
def test_a_table_row_is_a_line(source: str, shown: str) -> None:
    """Cells that belong together stand on one line; layout tables do not glue paragraphs."""
    assert text(source) == shown


@pytest.mark.parametrize(
    "hidden",
    [
        "<div style='display:none'>{}</div>",
        "<div style='DISPLAY : NONE !important'>{}</div>",
        "<span style='visibility:hidden'>{}</span>",
        "<span style='font-size:0'>{}</span>",
        "<span style='font-size:0px;line-height:0'>{}</span>",
        "<span style='font-size:1px'>{}</span>",
        "<span style='opacity:0'>{}</span>",
        "<div style='max-height:0;overflow:hidden'>{}</div>",
        "<div style='height:0;overflow:hidden'>{}</div>",
        "<div style='color:#ffffff;background-color:white'>{}</div>",
        "<div style='background:#fff'><p><span style='color:rgb(255,255,255)'>{}</span></p></div>",
        "<table bgcolor=#FFFFFF><tr><td><font color=white>{}</font></td></tr></table>",
        "<div style='position:absolute;left:-9999px'>{}</div>",
        "<div style='text-indent:-999px'>{}</div>",
        "<p hidden>{}</p>",
        "<div aria-hidden=true>{}</div>",
        "<div style='mso-hide:all'>{}</div>",
        "<!-- {} -->",
        "<!--[if mso]><p>{}</p><![endif]-->",
        "<script>{}</script>",
        "<style>{}</style>",
        "<title>{}</title>",
        "<template>{}</template>",
        "<head><p>{}</p></head>",
        "<textarea>{}</textarea>",
        "<style>.pre{{display:none}}</style><div class='x pre'>{}</div>",
        "<style>@media screen{{.a{{color:red}}}} #pre, .q {{ font-size : 0 }}</style><div id=pre>{}</div>",
        "<div style='display:none'><div>x</div></div></div><div style='display:none'><b>{}</b></div>",
        "<p style='display:none'>{}<p>",
    ],
)
def test_hidden_text_is_not_read(hidden: str) -> None:
    """What no reader sees is not text, however it is hidden; what follows it is."""
    found = text("<p>Seen.</p>" + hidden.format("we decide by 1 May") + "<p>Also seen.</p>")
    assert "1 May" not in found
    assert found.startswith("Seen.")
    assert found.endswith("Also seen.")


@pytest.mark.parametrize(
    "shown",
    [
        "<div style='font-size:10px'>{}</div>",
        "<div style='opacity:0.9'>{}</div>",
        "<div style='max-height:100px'>{}</div>",
        "<td style='background:#0b7285;color:#ffffff'>{}</td>",
        "<div style='color:#fff'>{}</div>",
        "<style>@media (max-width:600px){{.m{{display:none}}}}</style><div class=m>{}</div>",
        "<style>.a .b{{display:none}}</style><div class=b>{}</div>",
        "<div style='line-height:1px;font-size:1em'>{}</div>",
        "<![if !mso]><p>{}</p><![endif]>",
        "<center>{}</center>",
    ],
)
def test_visible_text_is_read(shown: str) -> None:
    """Styles that only resemble hiding do not hide."""
    assert "we decide by 1 May" in text(shown.format("we decide by 1 May"))


@pytest.mark.parametrize(
    "quotation",
    [
        '<blockquote type="cite">{}</blockquote>',
        (
            '<div class="gmail_quote"><div class="gmail_attr">On Tue, 3 '
            'Mar 2026 Ann wrote:<br></div><blockquote class="gmail_quote">'
            "{}</blockquote></div>"
        ),
        (
            '<div class="moz-cite-prefix">On 03/03/2026 10:04, Ann wrote:<br>'
            '</div><blockquote type="cite">{}</blockquote>'
        ),
        '<div class="yahoo_quoted"><div>On Tuesday, Ann wrote:</div><div>{}</div></div>',
        (
            '<div class="protonmail_quote">On Tuesday, Ann wrote:<blockquote '
            'class="protonmail_quote">{}</blockquote></div>'
        ),
        '<blockquote style="margin:0 0 0 .8ex;border-left:1px solid #ccc">{}</blockquote>',
        (
            '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>'
            "From:</b> Ann<br><b>Sent:</b> Tuesday<br><b>To:</b> Bo<br><b>"
            "Subject:</b> x</div><div>{}</div>"
        ),
        '<div id="x_divRplyFwdMsg">Fra: Ann</div><div>{}</div>',
        (
            '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt '
            '0in 0in 0in"><p class="MsoNormal"><b>Lähettäjä:</b> Ann</p>'
            "</div><p>{}</p>"
        ),
        '<div id="mail-editor-reference-message-container"><div>{}</div></div>',
    ],
)
def test_what_clients_mark_as_quoted_is_quoted(quotation: str) -> None:
    """The quotation containers of all common clients are cut on the markup."""
    page = html.read("<div>New words here.</div>" + quotation.format("<p>Could I come on 31 March?</p>"))
    found = quotes.cut(page.text)
    assert found.text == "New words here."
    assert "31 March" in found.quoted


def test_answers_inside_a_quotation_container_are_new() -> None:
    """Gmail's container holds inline answers too; only its blockquotes are quoted."""
    page = html.read(
        '<div class="gmail_quote"><div class="gmail_attr">On Tue, 3 Mar 2026 Ann wrote:<br></div>'
        '<blockquote class="gmail_quote">Is Wednesday fine?</blockquote><div>Yes, at ten.</div></div>'
    )
    assert quotes.cut(page.text).text == "Yes, at ten."


def test_links_come_with_their_words() -> None:
    """A link is what it shows and where it leads; quoted and hidden links are left out."""
    page = html.read(
        '<a href="https://cal.example/1?a=1&amp;b=2"><b>Book</b> a time</a><a name=x>no</a>'
        '<div style="display:none"><a href="https://hidden.example">x</a></div>'
        '<blockquote type=cite><a href="https://old.example">old</a></blockquote>'
    )
    assert [(one.text, one.href) for one in page.links] == [("Book a time", "https://cal.example/1?a=1&b=2")]


def test_json_ld_is_collected() -> None:
    """Scripts of schema.org data are handed on unread."""
    page = html.read('<script type="application/ld+json">{"@type": "Event"}</script><script>x()</script>Hi')
    assert page.jsonld == ('{"@type": "Event"}',)
    assert page.text == "Hi"

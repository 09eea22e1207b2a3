import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.feeds.titles import MAX_TITLE_CHARS, plain_title


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ("Ministers meet in Ankara", "Ministers meet in Ankara"),
        ("  Ministers \n\t meet  ", "Ministers meet"),
        ("Profits &amp; losses", "Profits & losses"),
        ("Profits &amp;amp; losses", "Profits & losses"),
        ("Profits &amp;amp;amp; losses", "Profits & losses"),
        ("It&#8217;s &quot;done&quot;", 'It\u2019s "done"'),
        ("<b>I</b>ran votes", "Iran votes"),
        ("&lt;em&gt;Iran&lt;/em&gt; votes", "Iran votes"),
        ("First line<br/>second", "First line second"),
        ("<p>One</p><p>Two</p>", "One Two"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("<![CDATA[Talks resume]]>", "Talks resume"),
        ("<!-- hidden -->Shown", "Shown"),
        ("Talks\x00 re\u200bsume\ufeff", "Talks re sume"),
        ("\u0645\u06cc\u200c\u0631\u0648\u062f", "\u0645\u06cc\u200c\u0631\u0648\u062f"),
        ("<img src='x'>", ""),
        (None, ""),
        ("", ""),
    ],
)
def test_given_a_title_as_feeds_write_it_when_it_is_cleaned_then_it_reads_well(
    markup: str | None, title: str
) -> None:
    assert plain_title(markup) == title


@given(st.text(alphabet="ab<>&;#x/!-[] \n\u00e9\x01\u200c", max_size=80))
def test_given_any_text_when_it_is_cleaned_then_it_is_one_line_without_controls(text: str) -> None:
    title = plain_title(text)

    assert title == " ".join(title.split())
    assert len(title) <= MAX_TITLE_CHARS
    assert not any(ord(character) < 32 for character in title)


def test_given_an_endless_title_when_it_is_cleaned_then_it_is_cut() -> None:
    assert len(plain_title("word " * 1_000_000)) <= MAX_TITLE_CHARS
    assert len(plain_title("<" * 1_000_000)) <= MAX_TITLE_CHARS

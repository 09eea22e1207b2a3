from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from ingest.identity import identity_key


def key(
    rule: Literal["url", "guid"] = "url",
    *,
    source: str = "desk",
    guid: str | None = None,
    url: str | None = None,
    title: str = "Pier to be rebuilt",
    text: str = "The council voted.",
    publisher: str | None = None,
) -> str:
    return identity_key(rule, source=source, guid=guid, url=url, title=title, text=text, publisher=publisher)


def test_given_a_url_when_two_sources_bring_it_then_it_is_one_article() -> None:
    first = key(source="a", guid="1", url="https://example.org/a")
    second = key(source="b", guid="2", url="http://www.example.org/a/", title="Another title")

    assert first == second


def test_given_identity_by_guid_when_the_url_changes_then_it_is_one_article() -> None:
    first = key("guid", guid="77", url="https://example.org/a")
    second = key("guid", guid="77", url="https://example.org/a-corrected")

    assert first == second
    assert first != key("guid", source="other", guid="77")


def test_given_no_url_when_there_is_a_guid_then_an_edit_keeps_the_identity() -> None:
    assert key(guid="77", text="Old text") == key(guid="77", text="New text")


def test_given_neither_url_nor_guid_when_only_the_setting_differs_then_it_is_one_article() -> None:
    first = key(title="Pier to be rebuilt", text="The  council voted.\nIt was close.")
    second = key(title="PIER TO BE REBUILT!", text="The council voted. It was close.")

    assert first == second
    assert first != key(title="Pier to be rebuilt", text="The council voted. It was close.", publisher="Post")


@given(st.text(max_size=3000), st.text(max_size=30))
def test_given_any_text_when_only_its_end_changes_then_the_identity_stays(start: str, end: str) -> None:
    long = start + "w" * 5000

    assert key(text=long) == key(text=long + end)

"""One page under more than one address, from the item as found to the log."""

from collections.abc import Sequence
from pathlib import Path

from ingest.item import RawItem, Rejected
from ingest.normalise import normalise
from ingest.outcome import Accepted, Duplicate
from stream.event import ArticleEvent
from tests.ingest.accepting import A, B, accept
from tests.ingest.pages import no_countries
from tests.ingest.world import item, world

PAGE = '<html><head><link rel="canonical" href="{}"></head><body><p>{}</p></body></html>'


class ReadingNormaliser:
    """Reads pages as the workers do, in this process."""

    async def normalise(self, items: Sequence[RawItem]) -> list[ArticleEvent | Rejected]:
        return [normalise(one, no_countries) for one in items]


def test_given_a_page_that_names_another_address_when_a_teaser_has_the_first_then_it_is_the_same_article(
    tmp_path: Path,
) -> None:
    page = PAGE.format(B, "Talks opened in the capital today.")
    with world(tmp_path, ReadingNormaliser()) as here:
        (first,) = accept(here, item("Talks open", url=A, text="", html=page))

        (teaser,) = accept(here, item("Talks open", url=A, text="Talks.", source="other"), source="other")

        assert isinstance(first, Accepted)
        assert teaser in {Duplicate(first.event_id), Accepted(first.event_id, 2, is_new=False)}


def test_given_an_address_whose_page_changes_its_name_when_accepted_then_these_are_two_articles(
    tmp_path: Path,
) -> None:
    with world(tmp_path, ReadingNormaliser()) as here:
        accept(here, item("Talks open", url=A, text="", html=PAGE.format(f"{A}-1", "Talks opened today.")))

        (second,) = accept(here, item("War ends", url=A, text="", html=PAGE.format(f"{A}-2", "War ended.")))

        assert isinstance(second, Accepted)
        assert second.is_new


def test_given_the_mobile_and_the_amp_form_of_a_page_when_accepted_then_it_is_one_article(
    tmp_path: Path,
) -> None:
    with world(tmp_path, ReadingNormaliser()) as here:
        (first,) = accept(here, item("Talks open", url="https://www.example.org/world/talks"))

        (mobile,) = accept(here, item("Talks open", url="https://m.example.org/world/talks"))
        (amp,) = accept(here, item("Talks open", url="https://example.org/amp/world/talks?outputType=amp"))

        assert isinstance(first, Accepted)
        assert (mobile, amp) == (Duplicate(first.event_id), Duplicate(first.event_id))

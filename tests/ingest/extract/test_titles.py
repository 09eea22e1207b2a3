import pytest

from ingest.extract.titles import TitlePlaces, choose_title, cut_site

TITLE = "Council votes to rebuild the northern pier"


def places(
    headline: str | None = None,
    *,
    shared: tuple[str, ...] = (),
    headings: tuple[str, ...] = (),
    document: str | None = None,
) -> TitlePlaces:
    return TitlePlaces(headline, shared, headings, document, ["Harbour Post", "harbourpost.example"])


@pytest.mark.parametrize(
    "found",
    [
        places(TITLE, shared=("Pier to rise again",), headings=(TITLE,)),
        places(shared=(f"{TITLE} | Harbour Post",)),
        places(shared=(f"{TITLE} - News - Harbour",), headings=("Log in", TITLE)),
        places(headings=("Subscribe", TITLE), document=f"{TITLE} – harbourpost.example"),
        places(document=f"{TITLE} | Harbour Post"),
        places("Ferry late again", shared=(TITLE,), headings=(TITLE,)),
    ],
)
def test_given_titles_that_differ_when_chosen_then_the_headline_without_the_site(found: TitlePlaces) -> None:
    assert choose_title(found) == TITLE


def test_given_no_title_anywhere_when_chosen_then_none() -> None:
    assert choose_title(places()) is None


def test_given_a_separator_inside_the_headline_when_cut_then_it_stays() -> None:
    assert cut_site("Harbour Post - a history", [], ["Harbour Post"]) == "Harbour Post - a history"
    assert cut_site("Pier 3 - open again", [], ["Harbour Post"]) == "Pier 3 - open again"
    assert cut_site(f"{TITLE} | Harbour Post", [f"{TITLE} | Harbour Post"], ["Harbour Post"]).endswith("Post")

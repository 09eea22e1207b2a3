import json

from ingest.extract.metadata import PageMetadata, read_metadata
from ingest.extract.page import parse_page
from tests.ingest.pages import news_page

URL = "https://www.harbourpost.example/news/pier?utm_source=feed"


def read(head: str, url: str | None = URL) -> PageMetadata:
    page = parse_page(news_page(head=head))
    assert page is not None
    return read_metadata(page.tree, url)


def test_given_json_ld_when_read_then_every_field_is_filled() -> None:
    described = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "Council votes to rebuild the northern pier",
        "datePublished": "2026-11-20T08:30:00+01:00",
        "dateModified": "2026-11-20T09:00:00+01:00",
        "author": [{"@type": "Person", "name": "Ada Moor"}, {"@type": "Person", "name": "Ben Quay"}],
        "publisher": {"@type": "Organization", "name": "Harbour Post"},
        "articleSection": ["Region"],
        "keywords": "pier, harbour , pier",
        "articleBody": "The council voted.",
        "isAccessibleForFree": False,
    }

    said = read(f"<script type='application/ld+json'>{json.dumps(described)}</script>")

    assert said.title == "Council votes to rebuild the northern pier"
    assert said.authors == ("Ada Moor", "Ben Quay")
    assert (said.publisher, said.section, said.tags) == ("Harbour Post", "Region", ("pier", "harbour"))
    assert said.published == (("2026-11-20T08:30:00+01:00", "jsonld"),)
    assert said.modified == "2026-11-20T09:00:00+01:00"
    assert (said.article_body, said.is_free, said.language) == ("The council voted.", False, "en")


def test_given_only_meta_elements_when_read_then_they_fill_the_fields() -> None:
    said = read(
        "<meta property='og:site_name' content='Harbour Post'>"
        "<meta name='author' content='By Ada Moor and Ben Quay'>"
        "<meta property='article:published_time' content='2026-11-20T08:30:00Z'>"
        "<meta name='description' content='Fourteen months of work.'>"
    )

    assert (said.publisher, said.authors) == ("Harbour Post", ("Ada Moor", "Ben Quay"))
    assert said.published == (("2026-11-20T08:30:00Z", "meta"),)
    assert said.description == "Fourteen months of work."


def test_given_an_author_that_is_an_address_when_read_then_it_names_nobody() -> None:
    said = read("<meta property='article:author' content='https://social.example/harbourpost'>")

    assert said.authors == ()


def test_given_a_canonical_link_of_the_site_when_read_then_it_is_resolved_and_clean() -> None:
    assert read("<link rel='canonical' href='/news/pier?utm_id=1'>").canonical == (
        "https://www.harbourpost.example/news/pier"
    )


def test_given_a_canonical_link_that_cannot_be_meant_when_read_then_none() -> None:
    assert read("<link rel='canonical' href='javascript:alert(1)'>").canonical is None
    assert read("<link rel='canonical' href='https://elsewhere.example/news/pier'>").canonical is None
    assert read("<link rel='canonical' href='https://www.harbourpost.example/'>").canonical is None
    assert read("<link rel='canonical' href='http://['>").canonical is None


def test_given_broken_json_ld_when_read_then_the_other_places_still_tell() -> None:
    said = read('<script type=\'application/ld+json\'>{"@type": "NewsArticle", </script>')

    assert said.title == "Council votes to rebuild the northern pier"


def test_given_fields_without_end_when_read_then_they_are_bounded() -> None:
    names = [{"name": f"Author Number{i}" + "x" * 5000} for i in range(1000)]
    described = {
        "@type": "NewsArticle",
        "headline": "P" * 100_000,
        "author": names,
        "keywords": ["k" * 9000] * 900,
    }

    said = read(f"<script type='application/ld+json'>{json.dumps(described)}</script>")

    assert len(said.title or "") <= 1000
    assert len(said.authors) <= 20
    assert all(len(name) <= 200 for name in said.authors)
    assert len(said.tags) <= 50

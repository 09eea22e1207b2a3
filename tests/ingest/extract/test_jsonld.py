import json

from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.jsonld import article_node, first_text, texts

ARTICLE = {"@type": "NewsArticle", "headline": "Pier to be rebuilt", "datePublished": "2026-11-20"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["@type", "@graph", "headline", "author", "name", "mainEntity"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def test_given_an_article_in_a_graph_of_other_things_when_sought_then_it_is_found() -> None:
    graph = {"@graph": [{"@type": "WebSite", "name": "Post"}, {"@type": ["Thing", "NewsArticle"], **ARTICLE}]}

    assert article_node([json.dumps(graph)])["headline"] == "Pier to be rebuilt"


def test_given_teasers_of_other_articles_when_sought_then_they_are_not_taken() -> None:
    teasers = {"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "headline": "Ferry late"}]}

    assert article_node([json.dumps(teasers)]) == {}


def test_given_two_articles_when_sought_then_the_fuller_one_is_taken() -> None:
    assert (
        article_node([json.dumps({"@type": "Article", "headline": "Short"}), json.dumps(ARTICLE)]) == ARTICLE
    )


def test_given_the_usual_damage_when_read_then_the_article_is_still_found() -> None:
    damaged = '<!-- {"@type": "NewsArticle", "headline": "Pier\nto be rebuilt",} -->;'

    assert article_node([damaged])["headline"] == "Pier\nto be rebuilt"
    assert article_node(["{broken", "", json.dumps(ARTICLE)]) == ARTICLE


def test_given_arrays_without_end_when_sought_then_the_work_is_bounded() -> None:
    assert article_node([json.dumps([{}] * 100_000 + [ARTICLE])]) == {}
    assert article_node(["[" * 100_000]) == {}
    assert article_node(["[" * 900 + json.dumps(ARTICLE) + "]" * 900]) == ARTICLE


@given(JSON)
def test_given_any_document_when_sought_then_nothing_raises(document: object) -> None:
    node = article_node([json.dumps(document)])

    assert all(isinstance(each, str) for each in texts(node.get("author")))
    first_text(node, "headline", "name")


def test_given_authors_in_every_shape_when_read_then_names() -> None:
    assert texts([{"name": "Ada Moor"}, "Ben Quay", {"@value": "Cy Pier"}, None, 3]) == [
        "Ada Moor",
        "Ben Quay",
        "Cy Pier",
    ]

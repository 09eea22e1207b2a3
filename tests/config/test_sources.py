from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

from stream.config.node import plain
from stream.config.read import read
from stream.geo.countries import is_country

ROOT = Path(__file__).parents[2]


def sources() -> list[dict[str, object]]:
    document, problems = read(ROOT / "config" / "sources.yaml")
    assert problems == ()
    assert document is not None
    value = plain(document.root)
    assert isinstance(value, dict)
    return list(value["sources"])


def feeds() -> list[dict[str, object]]:
    return [source for source in sources() if source["kind"] == "feed"]


def test_given_the_shipped_sources_when_read_then_the_samples_come_first_and_their_folder_is_there() -> None:
    first = sources()[0]

    assert first == {"id": "seeds", "kind": "files", "path": "seeds/articles", "max_age": "none"}
    assert any((ROOT / str(first["path"])).iterdir())


def test_given_the_shipped_feeds_when_counted_then_the_world_is_covered() -> None:
    assert len(feeds()) >= 40
    assert len({feed["language"] for feed in feeds()}) >= 15
    assert len({feed["publisher_country"] for feed in feeds()}) >= 25


def test_given_the_shipped_feeds_when_read_then_each_says_whose_it_is_and_is_asked_politely() -> None:
    for feed in feeds():
        assert set(feed) == {"id", "kind", "url", "interval_s", "publisher", "publisher_country", "language"}
        assert is_country(str(feed["publisher_country"])), feed
        assert urlsplit(str(feed["url"])).scheme == "https", feed
        interval_s = feed["interval_s"]
        assert isinstance(interval_s, int)
        assert 900 <= interval_s <= 3600, feed


def test_given_the_shipped_sources_when_read_then_no_id_and_no_address_stands_twice() -> None:
    ids = Counter(source["id"] for source in sources())
    addresses = Counter(feed["url"] for feed in feeds())

    assert [name for name, count in (ids + addresses).items() if count > 1] == []

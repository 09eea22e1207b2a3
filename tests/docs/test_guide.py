"""What the guide shows is true: every example loads, and matches what it says it matches."""

import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook, WebhookVerificationError

from alerts.match.compile import compile_rules
from alerts.match.matcher import Matcher
from alerts.sinks.webhook import WebhookConfig
from alerts.watchlist.clauses import Label, Status, Theme
from alerts.watchlist.load import Loaded, RuleTest, load_watchlists
from alerts.watchlist.themes import load_themes
from alerts.watchlist.vocabulary import world
from ingest.annotating import load_annotate
from ingest.health import STATUSES
from ingest.item import RawItem, Rejected, RejectReason
from ingest.normalise import normalise_safely
from stream.event import ArticleEvent
from stream.timing import utc_now
from tests.docs.blocks import GUIDE, OPERATIONS, README, Block, blocks, table
from tests.docs.config_of_blocks import new_config, watchlist_of
from wirewatch.configuration import load_rulebook, load_sources

DOCUMENTS = (README, GUIDE, OPERATIONS)
CHECKED = frozenset(
    {
        "yaml watchlist",
        "yaml when",
        "yaml theme",
        "yaml sources",
        "yaml routes",
        "yaml settings",
        "yaml prometheus",
        "sh",
        "python",
    }
)
SHOWN = frozenset({"", "text", "json"})  # what commands print, and pictures

Read = Callable[[RuleTest], ArticleEvent]


@pytest.fixture(scope="module")
def read() -> Read:
    """Make the event of a test's article, as the service does."""
    annotate = load_annotate()

    def read(test: RuleTest) -> ArticleEvent:
        article = test.article
        item = RawItem(
            source="test",
            found_at=utc_now(),
            title=article.get("title"),
            text=article.get("text"),
            language=article.get("language"),
            publisher=article.get("publisher"),
        )
        event = normalise_safely(item, annotate)
        assert not isinstance(event, Rejected)
        return event

    return read


def examples(*kinds: str) -> list[Block]:
    return [block for path in DOCUMENTS for kind in kinds for block in blocks(path, kind)]


def load_example(block: Block, folder: Path) -> tuple[Loaded, Matcher]:
    themes = load_themes(new_config(folder) / "themes")
    file = folder / "example.yaml"
    file.write_text(watchlist_of(block), encoding="utf-8")
    loaded = load_watchlists(file, world(themes.themes))
    return loaded, compile_rules((*loaded.rules, *loaded.resting), themes.themes, themes.labels)


def test_given_the_documents_when_read_then_every_block_is_of_a_kind_that_is_checked_or_only_shown() -> None:
    kinds = {block.kind: block.where for path in DOCUMENTS for block in blocks(path)}

    assert {kind: where for kind, where in kinds.items() if kind not in CHECKED | SHOWN} == {}
    assert len(blocks(GUIDE, "yaml when")) >= 15


@pytest.mark.parametrize("block", examples("yaml watchlist", "yaml when"), ids=lambda block: block.where)
def test_given_a_rule_of_the_guide_when_loaded_then_it_matches_what_it_says(
    block: Block, tmp_path: Path, read: Read
) -> None:
    loaded, matcher = load_example(block, tmp_path)

    assert [problem.render() for problem in loaded.problems] == []
    assert loaded.tests
    found = {
        test.location: "match" if matcher.explain(test.rule_id, read(test)).holds else "no_match"
        for test in loaded.tests
    }
    assert found == {test.location: test.expect for test in loaded.tests}, watchlist_of(block)


@pytest.mark.parametrize("block", examples("yaml sources"), ids=lambda block: block.where)
def test_given_sources_of_the_guide_when_loaded_then_nothing_is_wrong_with_them(
    block: Block, tmp_path: Path
) -> None:
    config = new_config(tmp_path, sources=block.text)

    assert [problem.render() for problem in load_sources(config).problems] == []


@pytest.mark.parametrize("block", examples("yaml routes"), ids=lambda block: block.where)
def test_given_routes_of_the_guide_when_loaded_then_nothing_is_wrong_with_them(
    block: Block, tmp_path: Path
) -> None:
    config = new_config(tmp_path, routes=block.text)

    assert [problem.render() for problem in load_rulebook(config).routes.problems] == []


@pytest.mark.parametrize("block", examples("yaml theme"), ids=lambda block: block.where)
def test_given_a_theme_of_the_guide_when_loaded_beside_ours_then_it_finds_what_its_tests_say(
    block: Block, tmp_path: Path, read: Read
) -> None:
    themes = tmp_path / "themes"
    themes.mkdir()
    (themes / "example.yaml").write_text(block.text, encoding="utf-8")

    loaded = load_themes(themes)

    assert [problem.render() for problem in loaded.problems] == []
    matcher = compile_rules((), loaded.themes, loaded.labels)
    cases = [case for theme in loaded.themes.values() for case in theme.tests]
    assert {case.expect for case in cases} == {"match", "no_match"}
    for case in cases:
        article = {"title": case.article, "language": case.language}
        event = read(RuleTest(case.theme, article, case.expect, block.where))
        assert bool(matcher.find_themes(event)) == (case.expect == "match"), case


def test_given_the_words_of_the_code_when_looked_up_then_the_guide_explains_each() -> None:
    guide = GUIDE.read_text(encoding="utf-8")

    for word in (*STATUSES, *get_args(RejectReason), *get_args(Status), *get_args(Label)):
        assert f"`{word}`" in guide, word


def test_given_the_table_of_labels_when_compared_then_it_excludes_by_default_what_a_rule_does() -> None:
    excluded = {label for label, *_, default in table(GUIDE, "label") if default == "excluded"}

    assert excluded == set(Theme("when.theme", "any").exclude)


def test_given_the_receiver_of_the_guide_when_an_alert_is_signed_then_it_reads_it_and_no_other() -> None:
    (receiver,) = blocks(GUIDE, "python")
    scope: dict[str, Any] = {}
    exec(compile(receiver.text, receiver.where, "exec"), scope)  # noqa: S102 - the guide's own code
    secret, body = _new_secret(), b'{"type": "alert.raised"}'
    now = utc_now()
    headers = {
        "webhook-id": "one",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign("one", now, body.decode()),
    }

    alert = scope["read_alert"](body, headers, secret)

    assert alert == {"type": "alert.raised"}
    with pytest.raises(WebhookVerificationError):
        scope["read_alert"](body, headers, _new_secret())


def test_given_the_way_to_make_a_secret_when_followed_then_a_webhook_takes_it() -> None:
    config = WebhookConfig(
        kind="webhook", url=SecretStr("https://hooks.example.org/"), secrets=(SecretStr(_new_secret()),)
    )

    assert len(config.keys()) == 1


def _new_secret() -> str:
    """Make a secret as the guide says."""
    (line,) = [block.text for block in blocks(GUIDE, "sh") if block.text.startswith("python3 ")]
    program = shlex.split(line)[2]
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30
    ).stdout.strip()

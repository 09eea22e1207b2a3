"""`check`, `rules` and `schema`: what authors of configuration are told."""

import json
from pathlib import Path

import pytest

from tests.support.command import spawn
from tests.wirewatch.cli.conftest import WATCHLIST, Call

CANARY = "canary-5ecret-value"


def test_given_a_sound_configuration_when_checked_then_one_line_sums_it_up(call: Call, config: Path) -> None:
    del config

    ran = call("check")

    assert (ran.code, ran.text, ran.err) == (0, "2 rules, 1 source, 2 sinks: all fine\n", "")


def test_given_only_warnings_when_checked_then_it_exits_0(call: Call, config: Path) -> None:
    (config / "watchlists" / "more.yaml").write_text("rules: [{id: untested, when: {theme: arms}}]\n")

    ran = call("check")

    assert (ran.code, ran.text) == (0, "3 rules, 1 source, 2 sinks: 1 warning\n")
    assert "more.yaml:1:14: warning: the rule has no tests" in ran.err


def test_given_errors_in_every_file_when_checked_then_each_is_shown_with_its_place(
    config: Path, tmp_path: Path
) -> None:
    (config / "watchlists" / "desk.yaml").write_text("rules:\n  - id: one\n    when: {countires: [NO]}\n")
    (config / "themes" / "arms.yaml").write_text("theme: arms\nlanguages: {en: {triggers: ['*']}}\n")
    (config / "sources.yaml").write_text("sources:\n  - {id: a, kind: feed, url: 'gopher://a'}\n")
    (config / "routes.yaml").write_text("sinks: {c: {kind: console}}\ndefault: [console]\n")
    (config / "settings.yaml").write_text("web: {port: eighty}\n")

    ran = spawn("check", cwd=tmp_path, env={"WIREWATCH_LOG__LEVEL": "loud"})

    assert ran.code == 78
    heads = [block.split("\n")[0] for block in ran.err.strip().split("\n\n")]
    assert [head.split(": ")[0] for head in heads] == [
        "WIREWATCH_LOG__LEVEL",
        "config/settings.yaml:1:13",
        "config/sources.yaml:2:30",
        "config/themes/arms.yaml:2:29",
        "config/watchlists/desk.yaml:3:12",
        "config/routes.yaml:2:11",
    ]
    assert 'did you mean "countries"?' in ran.err
    assert "6 errors" in ran.text


def test_given_problems_when_checked_for_a_program_then_they_are_one_document(
    call: Call, config: Path
) -> None:
    (config / "settings.yaml").write_text("web: {port: eighty}\n")

    ran = call("check", "-o", "json", "--show-origin")

    (document,) = ran.rows
    assert (ran.code, ran.err) == (78, "")
    assert (document["ok"], document["rules"], document["sources"], document["sinks"]) == (False, 2, 1, 2)
    assert (document["problems"][0]["file"], document["problems"][0]["line"]) == ("config/settings.yaml", 1)


def test_given_layers_when_origins_are_shown_then_each_setting_says_where_it_comes_from(
    call: Call, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (config / "settings.yaml").write_text("log: {level: debug}\n")
    monkeypatch.setenv("WIREWATCH_WEB__TOKEN", CANARY)
    monkeypatch.setenv("WIREWATCH_STATE_DIR", "elsewhere")

    document = call("check", "--state-dir", str(tmp_path), "--show-origin", "-o", "json").rows[0]
    table = call("check", "--show-origin").text

    shown = {row["setting"]: (row["value"], row["origin"]) for row in document["settings"]}
    assert shown["state_dir"] == (str(tmp_path), "flag")
    assert shown["web.token"] == ("**********", "environment")
    assert shown["log.level"] == ("debug", "file")
    assert shown["web.port"] == (8080, "default")
    assert CANARY not in table + json.dumps(document)


def test_given_global_flags_when_they_stand_before_or_behind_the_command_then_both_hold(
    call: Call, config: Path
) -> None:
    moved = config.rename(config.with_name("moved"))

    before = call("--config", str(moved), "check")
    behind = call("check", "--config", str(moved))
    nowhere = call("check", "--config", "nowhere")

    assert (before.code, behind.code, nowhere.code) == (0, 0, 78)
    assert nowhere.err.startswith("--config: there is no folder nowhere")


def test_given_watchlists_elsewhere_when_checked_then_only_they_are(
    call: Call, config: Path, tmp_path: Path
) -> None:
    del config
    (tmp_path / "w.yaml").write_text(WATCHLIST.replace("theme: arms", "theme: harms"))

    ran = call("rules", "check", "w.yaml")
    fine = call("rules", "check")

    assert (ran.code, fine.code, fine.text) == (78, 0, "2 rules, 1 theme: all fine\n")
    assert 'w.yaml:8:14: there is no theme "harms"' in ran.err
    assert 'did you mean "arms"?' in ran.err


def test_given_tests_in_rules_and_themes_when_run_then_they_pass(call: Call, config: Path) -> None:
    del config

    ran = call("rules", "test")

    assert (ran.code, ran.text) == (0, "4 tests, 0 failed\n")


def test_given_a_failing_test_when_run_then_place_article_and_explanation_are_shown(
    call: Call, config: Path
) -> None:
    text = WATCHLIST.replace('fishing pact", expect: no_match', 'fishing pact", expect: match')
    (config / "watchlists" / "desk.yaml").write_text(text)

    ran = call("rules", "test")
    chosen = call("rules", "test", "tr-us", "arms")
    rows = call("rules", "test", "-o", "json").rows

    assert (ran.code, chosen.code) == (1, 0)
    assert "config/watchlists/desk.yaml:11: ir-tr: wanted match, got no_match" in ran.text
    assert "article: Iran and Turkey sign a fishing pact" in ran.text
    assert "✓ when.countries" in ran.text
    assert "✗ when.theme" in ran.text
    assert chosen.text == "2 tests, 0 failed\n"
    assert [row["passed"] for row in rows] == [True, False, True, True]


def test_given_a_draft_rule_when_its_tests_run_then_it_is_judged_like_any(call: Call, config: Path) -> None:
    text = WATCHLIST.replace("    severity: high\n", "    severity: high\n    status: draft\n")
    (config / "watchlists" / "desk.yaml").write_text(text)

    assert call("rules", "test", "ir-tr").text == "2 tests, 0 failed\n"


def test_given_an_article_when_a_rule_is_explained_then_the_tree_shows_what_decided(
    call: Call, config: Path
) -> None:
    del config

    holds = call("rules", "explain", "ir-tr", "--title", "Iran and Turkey sign an arms pact")
    fails = call("rules", "explain", "ir-tr", "--text", "Iran and Turkey sign a fishing pact.", "-o", "json")

    assert holds.code == fails.code == 0
    assert "“Iran and Turkey sign an arms pact”" in holds.text
    assert "✗" not in holds.text
    (node,) = fails.rows
    assert (node["rule"], node["holds"], [part["holds"] for part in node["parts"]]) == (
        "ir-tr",
        False,
        [True, False],
    )


def test_given_a_name_that_is_no_rule_when_asked_for_then_the_nearest_is_suggested(
    call: Call, config: Path
) -> None:
    del config

    explained, tested = call("rules", "explain", "ir-tt", "--title", "x"), call("rules", "test", "arm")

    assert (explained.code, tested.code) == (2, 2)
    assert 'there is no rule "ir-tt"; did you mean "ir-tr"?' in explained.err
    assert 'did you mean "arms"?' in tested.err


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (("schema", "event"), "event_id"),
        (("schema", "alert"), "data"),
        (("schema", "watchlist"), "rules"),
        (("rules", "schema"), "rules"),
        (("schema", "settings"), "web"),
    ],
)
def test_given_a_schema_when_printed_then_it_is_json_schema(
    call: Call, arguments: tuple[str, ...], key: str
) -> None:
    document = json.loads(call(*arguments).out)

    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert key in document["properties"]


def test_given_names_of_the_operator_when_checked_then_they_are_counted_or_refused(
    call: Call, config: Path
) -> None:
    (config / "gazetteer").mkdir()
    names = config / "gazetteer" / "own.yaml"
    names.write_text("names: [{name: Vostara, kind: place, country: RU}]\n")
    sound = call("check")
    names.write_text("names: [{name: Vostara, kind: place, country: RX}]\n")

    unsound = call("check")

    assert (sound.code, sound.text) == (0, "2 rules, 1 source, 2 sinks, 1 name: all fine\n")
    assert unsound.code == 78
    assert "own.yaml:1:47: no country has this code" in unsound.err


def test_given_addresses_that_may_not_be_dialled_when_checked_then_each_is_shown_with_its_place(
    call: Call, config: Path
) -> None:
    sources = "sources:\n  - {id: a, kind: feed, url: 'http://127.0.0.1:8000/rss'}\n"
    (config / "sources.yaml").write_text(sources + "  - {id: b, kind: feed, url: 'http://localhost/rss'}\n")
    routes = "sinks:\n  hook: {kind: webhook, url: 'http://10.0.0.7/canary-5ecret-value'}\ndefault: [hook]\n"
    (config / "routes.yaml").write_text(routes)

    ran = call("check")
    (config / "settings.yaml").write_text("net: {allow: [127.0.0.1, localhost, 10.0.0.0/8]}\n")
    allowed = call("check")

    assert ran.code == 78
    assert "sources.yaml:2:30: it will never be asked: 127.0.0.1 is not a public address" in ran.err
    assert "sources.yaml:3:30: it will never be asked: the host is this machine" in ran.err
    assert "routes.yaml:2:30: it will never be asked: 10.0.0.7 is not a public address" in ran.err
    assert "net.allow" in ran.err
    assert CANARY not in ran.err
    assert (allowed.code, allowed.err) == (0, "")


@pytest.mark.parametrize(
    "url", ["http://[x]@/", "http://[::ffff:127.0.0.1]@[:::80/x", "http://a:b/", "http://xn--/"]
)
def test_given_a_url_that_breaks_its_parser_when_checked_then_it_is_shown_with_its_place(
    call: Call, config: Path, url: str
) -> None:
    (config / "sources.yaml").write_text(f"sources:\n  - {{id: a, kind: feed, url: '{url}'}}\n")
    (config / "routes.yaml").write_text(f"sinks:\n  hook: {{kind: webhook, url: '{url}'}}\ndefault: [hook]\n")

    ran = call("check")

    assert ran.code == 78
    assert "sources.yaml:2:30: " in ran.err
    assert "routes.yaml:2:30: " in ran.err


def test_given_a_nul_in_a_path_when_checked_then_it_is_shown_with_its_place(call: Call, config: Path) -> None:
    (config / "routes.yaml").write_text('sinks:\n  f: {kind: file, path: "a\\0b"}\ndefault: [f]\n')

    ran = call("check")

    assert ran.code == 78
    assert "routes.yaml:2:25: " in ran.err
    assert "a path holds no NUL" in ran.err

"""Settings: which layer wins, and what is said of what cannot be."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from stream.config.problem import ConfigError
from stream.config.read import parse
from tests.support.command import ROOT
from wirewatch.environment import variable_of
from wirewatch.layers import load_layers, load_settings
from wirewatch.settings import Settings, fields_of, secrets_of, settings_schema, value_at

CANARY = "canary-5ecret-value"
PORT = ("web", "port")


def write(text: str) -> None:
    Path("config").mkdir(exist_ok=True)
    Path("config/settings.yaml").write_text(text)


def problems(environ: Mapping[str, str], flags: Mapping[tuple[str, ...], object] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        load_settings(flags or {}, environ)
    return [problem.render() for problem in raised.value.problems]


def test_given_nothing_when_loaded_then_the_defaults_are_those_scripts_rely_on() -> None:
    loaded = load_settings({}, {})

    assert loaded == Settings()
    assert (loaded.web.host, loaded.web.port, str(loaded.state_dir)) == ("127.0.0.1", 8080, "var")
    assert (loaded.stream.kafka.bootstrap_servers, loaded.database.server) == ("", None)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    layers=st.fixed_dictionaries(
        {}, optional={name: st.integers(1, 65_535) for name in ("flag", "environment", "file")}
    )
)
def test_given_any_layers_when_loaded_then_the_strongest_decides_and_is_named(layers: dict[str, int]) -> None:
    write(f"web:\n  port: {layers['file']}\n" if "file" in layers else "# nothing\n")
    flags: dict[tuple[str, ...], object] = {PORT: layers["flag"]} if "flag" in layers else {}
    environ = {"WIREWATCH_WEB__PORT": str(layers["environment"])} if "environment" in layers else {}

    loaded, origins = load_layers(flags, environ)

    strongest = next((name for name in ("flag", "environment", "file") if name in layers), "default")
    assert loaded.web.port == layers.get(strongest, 8080)
    assert origins.origin(PORT) == strongest
    assert origins.origin(("web", "host")) == "default"


def test_given_layers_that_set_neighbours_when_loaded_then_each_keeps_its_own() -> None:
    write("log: {level: debug, format: json}\nweb: {port: 1}\n")

    loaded = load_settings(
        {PORT: 3}, {"WIREWATCH_LOG__LEVEL": "error", "WIREWATCH_STREAM__KAFKA__TOPIC": "t"}
    )

    assert (loaded.log.level, loaded.log.format, loaded.web.port) == ("error", "json", 3)
    assert loaded.stream.kafka.topic == "t"


@pytest.mark.parametrize(
    ("name", "text", "place", "value"),
    [
        ("WIREWATCH_NET__ALLOW", "10.0.0.0/8, nas.lan", ("net", "allow"), ("10.0.0.0/8", "nas.lan")),
        ("WIREWATCH_NET__ALLOW", '["10.0.0.0/8"]', ("net", "allow"), ("10.0.0.0/8",)),
        ("WIREWATCH_NET__PORTS", "80,443", ("net", "ports"), frozenset({80, 443})),
        ("WIREWATCH_NET__ALLOW_PRIVATE", "true", ("net", "allow_private"), True),
        ("WIREWATCH_INGEST__WORKERS__MEMORY_MB", "null", ("ingest", "workers", "memory_mb"), None),
        ("WIREWATCH_INGEST__FETCH__TIMEOUT_S", "2.5", ("ingest", "fetch", "timeout_s"), 2.5),
        ("WIREWATCH_STATE_DIR", "/data", ("state_dir",), Path("/data")),
        ("WIREWATCH_WEB__PORT", "", PORT, 8080),
        ("WIREWATCH_STREAM__KAFKA__BOOTSTRAP_SERVERS", "", ("stream", "kafka", "bootstrap_servers"), ""),
    ],
)
def test_given_a_variable_of_any_kind_when_loaded_then_it_is_read(
    name: str, text: str, place: tuple[str, ...], value: object
) -> None:
    loaded = load_settings({}, {name: text})

    assert value_at(loaded, place) == value


def test_given_every_setting_when_named_as_a_variable_then_it_is_known() -> None:
    shown = {
        place: value_at(Settings(), place) for place, _ in fields_of(Settings) if place != ("config_dir",)
    }
    environ = {
        variable_of(place): json.dumps(sorted(value)) if isinstance(value, tuple | frozenset) else str(value)
        for place, value in shown.items()
        if value is not None
    }

    assert load_settings({}, environ) == Settings()


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"WIREWATCH_WEB__PORT": "abc"}, "WIREWATCH_WEB__PORT: found 'abc', wanted a whole number"),
        ({"WIREWATCH_WEB__PORT": "70000"}, "WIREWATCH_WEB__PORT: found '70000', wanted at most 65535"),
        (
            {"WIREWATCH_WEB__PROT": "1"},
            'WIREWATCH_WEB__PROT: there is no such setting; did you mean "WIREWATCH_WEB__PORT"?',
        ),
        (
            {"WIREWATCH_LOG__LEVEL": "inf"},
            "WIREWATCH_LOG__LEVEL: found 'inf', wanted debug, info, warning, error; did you mean \"info\"?",
        ),
        ({"WIREWATCH_CONFIG_DIR": "/nowhere"}, "WIREWATCH_CONFIG_DIR: there is no folder /nowhere"),
        (
            {"WIREWATCH_WEB__TOKEN_FILE": "/nowhere"},
            "WIREWATCH_WEB__TOKEN_FILE: /nowhere cannot be read: No such file or directory",
        ),
        (
            {"WIREWATCH_DATABASE__URL": f"postgresql://me:{CANARY}@x@db/x"},
            "WIREWATCH_DATABASE__URL: write @ in a user or password as %40, / as %2F, # as %23, ? as %3F",
        ),
        (
            {"WIREWATCH_DATABASE__URL": f"postgresql:me:{CANARY}@db/x"},
            "WIREWATCH_DATABASE__URL: it begins with postgresql:// (empty: SQLite in the state folder)",
        ),
        (
            {"WIREWATCH_DATABASE__URL": "mysql://db/x"},
            "WIREWATCH_DATABASE__URL: it begins with postgresql:// (empty: SQLite in the state folder)",
        ),
    ],
)
def test_given_a_variable_that_cannot_be_when_loaded_then_it_is_named(
    environ: dict[str, str], said: str
) -> None:
    assert problems(environ) == [said]


@pytest.mark.parametrize("name", ["partitions", "lease_s"])
def test_given_a_setting_that_is_gone_when_loaded_then_it_is_said_what_to_do(name: str) -> None:
    write(f"stream:\n  {name}: 4\n")
    (of_file,) = problems({})
    write("# nothing\n")
    (of_variable,) = problems({f"WIREWATCH_STREAM__{name.upper()}": "4"})

    for said in (of_file, of_variable):
        assert f"stream.{name} is gone, take it away" in said
    assert "settings.yaml:2:3" in of_file
    assert f"WIREWATCH_STREAM__{name.upper()}" in of_variable


def test_given_the_switches_of_tests_when_loaded_then_they_are_no_settings() -> None:
    assert (
        load_settings({}, {"WIREWATCH_FAILPOINT": "x", "WIREWATCH_SHARED": "/y", "OTHER": "z"}) == Settings()
    )


def test_given_a_broken_file_and_broken_variables_when_loaded_then_all_is_said_at_once() -> None:
    write("web:\n  port: abc\n  hots: x\nlog:\n  level: loud\nconfig_dir: elsewhere\n")

    said = problems({"WIREWATCH_LOG__FORMAT": "xml", "WIREWATCH_OOPS": "1"})

    assert [text.split("\n")[0].split(": ")[0] for text in said] == [
        "WIREWATCH_OOPS",
        "config/settings.yaml:6:1",
        "WIREWATCH_LOG__FORMAT",
        "config/settings.yaml:2:9",
        "config/settings.yaml:3:3",
        "config/settings.yaml:5:10",
    ]


@pytest.mark.parametrize("text", ["", "# nothing\n\n   # at all\n"])
def test_given_a_file_of_comments_when_loaded_then_it_sets_nothing(text: str) -> None:
    write(text)

    assert load_settings({}, {}) == Settings()


@pytest.mark.parametrize("text", ["- a\n", "web: 3\n", "\x00", "web: {port: 1, port: 2}\n", "a: &x [*x]\n"])
def test_given_a_file_of_another_shape_when_loaded_then_its_place_is_named(text: str) -> None:
    write(text)

    assert all(said.startswith("config/settings.yaml:1:") for said in problems({}))


def test_given_an_address_beyond_this_machine_when_there_is_no_token_then_what_asked_for_it_is_named() -> (
    None
):
    assert problems({"WIREWATCH_WEB__HOST": "0.0.0.0"})[0].startswith(
        "WIREWATCH_WEB__HOST: web.host is 0.0.0.0"
    )
    assert problems({}, {("web", "host"): "::"})[0].startswith("--host: web.host is ::")
    write("web:\n  host: 0.0.0.0\n")
    assert problems({})[0].startswith("config/settings.yaml:")
    for known in ("TOKEN", "READ_TOKEN", "USERS_FILE"):
        assert load_settings({}, {f"WIREWATCH_WEB__{known}": CANARY}).web.host == "0.0.0.0"


def test_given_a_proxy_that_is_no_network_when_loaded_then_it_is_refused_under_its_name() -> None:
    assert problems({"WIREWATCH_WEB__PROXIES": "my-proxy"})[0].startswith("WIREWATCH_WEB__PROXIES: ")
    assert load_settings({}, {"WIREWATCH_WEB__PROXIES": "10.0.0.0/8,::1"}).web.proxies == (
        "10.0.0.0/8",
        "::1",
    )


def test_given_a_secret_in_a_file_when_loaded_then_it_is_the_value() -> None:
    Path("token").write_text(f"{CANARY}\n")

    loaded, layers = load_layers({}, {"WIREWATCH_WEB__TOKEN_FILE": "token"})

    assert loaded.web.token == SecretStr(CANARY)
    assert layers.origin(("web", "token")) == "environment"
    assert list(secrets_of(loaded)) == [CANARY]
    assert CANARY not in repr(loaded)


def test_given_a_secret_twice_or_empty_when_loaded_then_that_is_refused() -> None:
    Path("empty").write_text("\n")

    both = {"WIREWATCH_WEB__TOKEN": CANARY, "WIREWATCH_WEB__TOKEN_FILE": "empty"}

    assert problems(both) == ["WIREWATCH_WEB__TOKEN_FILE: WIREWATCH_WEB__TOKEN is set too: keep one of them"]
    assert problems({"WIREWATCH_WEB__TOKEN_FILE": "empty"}) == ["WIREWATCH_WEB__TOKEN_FILE: empty is empty"]


def test_given_secrets_in_a_broken_layer_when_refused_then_none_is_shown() -> None:
    write(f"web:\n  token: [{CANARY}]\n  tokens: {CANARY}\ndatabase:\n  url: postgresql://me:{CANARY}@db/x\n")

    said = "\n".join(problems({"WIREWATCH_WEB__PORT": "x", "WIREWATCH_WEB__SECRET": CANARY}))

    assert said
    assert CANARY not in said


def test_given_the_shipped_file_when_uncommented_then_it_states_every_default() -> None:
    text = (ROOT / "config" / "settings.yaml").read_text()
    written = "\n".join(line[2:] for line in text.splitlines() if line.startswith("# "))

    document, found = parse(written.encode(), "settings.yaml")
    write(written)
    loaded, layers = load_layers({}, {})

    assert document is not None
    assert found == ()
    assert loaded == Settings()
    unstated = [place for place, _ in fields_of(Settings) if layers.origin(place) != "file"]
    assert unstated == [("config_dir",)]


def test_given_the_schema_when_read_then_it_knows_every_setting_of_the_file() -> None:
    schema: dict[str, Any] = settings_schema()

    assert set(schema["properties"]) == set(Settings.model_fields) - {"config_dir"}


@pytest.mark.parametrize(
    "url", ["wirewatch.example.org", "ftp://a.example", "https://u:p@a.example", "https://a/?b"]
)
def test_given_a_public_url_that_readers_could_not_follow_when_loaded_then_it_is_refused(url: str) -> None:
    (problem,) = problems({"WIREWATCH_WEB__PUBLIC_URL": url})

    assert "wanted an http or https URL like https://wirewatch.example.org" in problem

"""docker-compose.yml as far as it can be read without an engine."""

import re
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from alerts.routes import load_routes
from tests.deploy.known import is_command, unknown_variables
from tests.deploy.yaml_files import documents
from tests.support.command import ROOT
from wirewatch.configuration import AnySink
from wirewatch.web.access.users import read_users, verifies

PINNED = re.compile(r"^[a-z0-9./-]+:v?\d+\.\d+(\.\d+)?(-[a-z0-9.]+)?$")
OURS = "wirewatch:local"
SINK: TypeAdapter[AnySink] = TypeAdapter(AnySink)

(COMPOSE,) = documents(ROOT / "docker-compose.yml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def mounts() -> Iterator[tuple[str, str, str]]:
    """Service, what is mounted, and where."""
    for name, service in SERVICES.items():
        for mount in service.get("volumes", ()):
            source, target, *_ = mount.split(":")
            yield name, source, target


def test_given_the_images_when_read_then_each_is_pinned_to_a_version() -> None:
    images = {service["image"] for service in SERVICES.values()} - {OURS}

    assert len(images) == 6
    assert [image for image in images if not PINNED.match(image)] == []
    assert all(service["build"] == "." for service in SERVICES.values() if service["image"] == OURS)


def test_given_the_mounts_when_followed_then_files_and_volumes_are_there() -> None:
    named = {source for _, source, _ in mounts() if not source.startswith(".")}

    assert named == set(COMPOSE["volumes"])
    assert [
        source for _, source, _ in mounts() if source.startswith(".") and not (ROOT / source).exists()
    ] == []


def test_given_what_a_service_waits_for_when_read_then_it_can_come_true() -> None:
    for name, service in SERVICES.items():
        for other, wait in service.get("depends_on", {}).items():
            needed = SERVICES[other]
            match wait["condition"]:
                case "service_healthy":
                    assert needed["healthcheck"]["test"], f"{name} waits for {other}"
                case "service_completed_successfully":
                    assert needed["restart"] == "no", f"{name} waits for {other}"
                case condition:
                    assert condition == "service_started"


def test_given_the_ports_when_read_then_none_is_open_beyond_this_machine_and_none_is_taken_twice() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]

    assert all(port.startswith("127.0.0.1:") for port in ports)
    assert len({port.split(":")[1] for port in ports}) == len(ports) >= 6


def test_given_the_environments_when_read_then_no_secret_stands_in_them() -> None:
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|TOKEN|SECRET|USERS", variable):
                assert variable.endswith("_FILE"), f"{name}: {variable}"
                assert value.startswith("/run/wirewatch/")
                assert "secrets:/run/wirewatch:ro" in service["volumes"]


def test_given_our_services_when_read_then_settings_and_commands_are_ones_there_are() -> None:
    ours = {name: one for name, one in SERVICES.items() if one["image"] == OURS and name != "secrets"}

    assert set(ours) == {"kafka-init", "ingest", "alerts", "deliver", "web"}
    assert ours["alerts"]["deploy"]["replicas"] == 3
    for name, service in ours.items():
        assert is_command(service["command"]), name
        assert unknown_variables(service["environment"]) == set(), name
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])


def test_given_the_scrape_configuration_when_read_then_it_finds_every_role_by_its_service() -> None:
    (config,) = documents(ROOT / "config/prometheus/prometheus.yml")
    (discovery,) = config["scrape_configs"][0]["dns_sd_configs"]
    (manager,) = config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"]

    assert set(discovery["names"]) == {"ingest", "alerts", "deliver", "web"}
    assert manager.partition(":")[0] in SERVICES


def test_given_the_routes_when_loaded_then_every_alert_becomes_a_mail_but_the_canary() -> None:
    loaded = load_routes(ROOT / "deploy/compose/routes.yaml", SINK)

    assert loaded.problems == ()
    assert loaded.router is not None
    assert loaded.router.default == ("console", "file", "desk-mail")
    assert loaded.sinks["desk-mail"].kind == "email"
    assert loaded.sinks["desk-mail"].host in SERVICES


def test_given_an_empty_folder_when_secrets_are_made_twice_then_they_are_made_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = ROOT / "deploy/compose/make_secrets.py"
    monkeypatch.setattr(sys, "argv", [str(script), str(tmp_path)])

    runpy.run_path(str(script), run_name="__main__")
    first = {path.name: path.read_text() for path in tmp_path.iterdir()}
    runpy.run_path(str(script), run_name="__main__")

    assert first == {path.name: path.read_text() for path in tmp_path.iterdir()}
    named = {
        value.rpartition("/")[2]
        for service in SERVICES.values()
        for value in service.get("environment", {}).values()
        if str(value).startswith("/run/wirewatch/")
    }
    assert named | {"web-password"} == set(first)
    assert "admin:editor:$argon2id$" in first["web-users"]
    assert first["web-password"] not in first["web-users"]
    assert verifies(read_users(tmp_path / "web-users").by_name["admin"].password_hash, first["web-password"])
    assert all(len(value) >= 40 for value in first.values())

"""The Kubernetes example: valid by the API's own schemas, and true to what the program has."""

import shutil
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from tests.deploy.known import is_command, unknown_variables
from tests.deploy.yaml_files import documents
from tests.support.command import ROOT
from wirewatch.configuration import load_rulebook, load_sources

FOLDER = ROOT / "deploy" / "kubernetes"
VERSION = "1.34"  # of the API; older than the newest, so that clusters of today know it

OBJECTS: list[dict[str, Any]] = [
    one
    for file in sorted(FOLDER.glob("*.yaml"))
    if file.name != "kustomization.yaml"
    for one in documents(file)
]
CONFIG_MAPS: dict[str, dict[str, str]] = {
    one["metadata"]["name"]: one["data"] for one in OBJECTS if one["kind"] == "ConfigMap"
}
POD_SPECS = {
    one["metadata"]["name"]: one["spec"]["template"]["spec"]
    for one in OBJECTS
    if one["kind"] in {"Deployment", "StatefulSet", "Job"}
}


@pytest.mark.parametrize("one", OBJECTS, ids=lambda one: f"{one['kind']}-{one['metadata']['name']}")
def test_given_an_object_when_validated_then_the_api_would_take_it(one: dict[str, Any]) -> None:
    kubernetes_validate.validate(one, VERSION, strict=True)


def test_given_a_misspelt_field_when_validated_then_it_would_not() -> None:
    (budget, *_) = (one for one in OBJECTS if one["kind"] == "PodDisruptionBudget")
    broken = {**budget, "spec": {**budget["spec"], "maxUnavailabel": 1}}

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, VERSION, strict=True)


def test_given_the_files_when_compared_then_the_kustomization_names_each() -> None:
    (kustomization,) = documents(FOLDER / "kustomization.yaml")

    assert sorted(kustomization["resources"]) == sorted(
        file.name for file in FOLDER.glob("*.yaml") if file.name != "kustomization.yaml"
    )


def test_given_the_pods_when_read_then_they_run_what_there_is_and_are_nobody_special() -> None:
    assert len(POD_SPECS) == 5
    for name, spec in POD_SPECS.items():
        (container,) = spec["containers"]
        assert is_command(container["args"]), name
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert container["securityContext"]["readOnlyRootFilesystem"] is True, name
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}, name
        assert container["resources"]["limits"]["memory"], name
        mounted = {mount["name"] for mount in container["volumeMounts"]}
        declared = {volume["name"] for volume in spec["volumes"]}
        assert mounted - declared <= {"state"}, name  # a StatefulSet claims its own


def test_given_the_roles_when_read_then_health_decides_restarts_and_readiness_decides_traffic() -> None:
    for name in ("ingest", "alerts", "deliver", "web"):
        (container,) = POD_SPECS[name]["containers"]
        assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
        assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"


def test_given_the_settings_when_read_then_they_are_ones_there_are() -> None:
    assert unknown_variables(CONFIG_MAPS["wirewatch-settings"]) == set()
    assert len(CONFIG_MAPS["wirewatch-settings"]) == 10


def test_given_the_files_of_the_configuration_when_loaded_then_they_are_sound(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "config" / "themes", tmp_path / "themes")
    (tmp_path / "watchlists").mkdir()
    for name, text in CONFIG_MAPS["wirewatch-files"].items():
        (tmp_path / name).write_text(text)
    for name, text in CONFIG_MAPS["wirewatch-watchlists"].items():
        (tmp_path / "watchlists" / name).write_text(text)

    rulebook, sources = load_rulebook(tmp_path), load_sources(tmp_path)

    assert [problem.render() for problem in (*rulebook.problems, *sources.problems)] == []
    assert {rule.id for rule in rulebook.watchlists.rules} == {"canary", "ir-tr-military-cooperation"}
    assert sources.value is not None
    assert {source.kind for source in sources.value.sources} == {"canary", "feed"}


def test_given_budgets_services_and_policies_when_read_then_they_select_pods_that_are_there() -> None:
    labels = [
        one["spec"]["template"]["metadata"]["labels"]
        for one in OBJECTS
        if one["kind"] in {"Deployment", "StatefulSet"}
    ]
    for one in OBJECTS:
        spec = one.get("spec", {})
        selector = spec.get("podSelector") or spec.get("selector") or {}
        wanted = selector.get("matchLabels", selector)
        if one["kind"] in {"PodDisruptionBudget", "Service", "NetworkPolicy"}:
            assert any(wanted.items() <= found.items() for found in labels), one["metadata"]["name"]

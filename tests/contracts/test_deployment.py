"""What production needs is right before anybody deploys it."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
KEY = "only-for-this-test-and-long-enough-for-the-check-1234567890"


def manage(var: Path, *arguments: str, key: str = KEY) -> subprocess.CompletedProcess[str]:
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings.production", "ACTS_VAR": str(var)}
    environment = os.environ | settings | ({"SECRET_KEY": key} if key else {})
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )


def test_static_files_are_hashed_down_to_the_imports_of_modules(tmp_path: Path):
    done = manage(tmp_path, "collectstatic", "--no-input")
    assert done.returncode == 0, done.stderr
    (room,) = (tmp_path / "static" / "js" / "simulator").glob("room.????????????.js")
    imported = re.findall(r'from "([^"]+)"', room.read_text())
    assert imported
    assert all(re.search(r"\.[0-9a-f]{12}\.js$", name) for name in imported)


def test_the_settings_pass_djangos_deployment_check(tmp_path: Path):
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


def test_a_missing_secret_stops_the_start(tmp_path: Path):
    done = manage(tmp_path, "check", key="")
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr


def test_the_lock_files_fit_the_project():
    """Every package that pyproject.toml names is locked to one version, and no lock names an address."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    named = [
        Requirement(line).name for line in [*project["dependencies"], *extras["encoder"], *extras["dev"]]
    ]
    text = (ROOT / "requirements.txt").read_text() + (ROOT / "requirements-dev.txt").read_text()
    locked = dict(re.findall(r"^([a-z0-9._-]+)==(\S+)$", text, re.M))
    assert len(named) > 30
    assert [name for name in named if canonicalize_name(name) not in locked] == []
    assert "://" not in text


def test_the_image_is_built_as_the_linter_wants_it():
    linter = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([linter, ROOT / "Dockerfile"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def checked_as_compose_file(path: Path) -> subprocess.CompletedProcess[str]:
    checker = Path(sys.executable).with_name("check-jsonschema")
    command = [checker, "--builtin-schema", "vendor.compose-spec", path]
    return subprocess.run(command, capture_output=True, text=True)


def test_compose_is_what_the_compose_specification_allows():
    done = checked_as_compose_file(ROOT / "docker-compose.yml")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("right", "wrong"), [("restart: unless", "restarts: unless"), ("cap_drop: [ALL]", "cap_drop: ALL")]
)
def test_a_mistake_in_compose_is_found(right: str, wrong: str, tmp_path: Path):
    text = (ROOT / "docker-compose.yml").read_text()
    assert right in text
    (tmp_path / "docker-compose.yml").write_text(text.replace(right, wrong))
    assert checked_as_compose_file(tmp_path / "docker-compose.yml").returncode == 1


def test_compose_names_only_what_is_there():
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    services = compose["services"]
    ours = {"proxy", "migrate", "web", "engine", "models", "worker", "database", "redis"}
    assert set(services) == ours | {"label-studio"}
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
        assert set(service.get("secrets", [])) <= set(compose["secrets"])
    made = (ROOT / "scripts" / "make_secrets.sh").read_text()
    assert all(secret["file"] in made for secret in compose["secrets"].values())
    commands = [" ".join(service["command"]) for service in services.values() if "command" in service]
    managed = {match for command in commands for match in re.findall(r"manage\.py (\w+)", command)}
    assert managed == {"migrate", "engine", "db_worker"}


def test_the_proxy_lets_through_what_the_product_takes():
    proxy = (ROOT / "scripts" / "nginx.conf").read_text()
    largest = max(int(size) for size in re.findall(r"client_max_body_size (\d+)m", proxy))
    assert largest > 200  # the default of ACTS_IMPORT_MOST_MB
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    mounted = dict(line.split(":")[:2] for line in compose["services"]["proxy"]["volumes"])
    assert all((ROOT / source).is_file() for source in mounted)
    included = set(re.findall(r"include (\S+);", proxy))
    assert included <= set(mounted.values())


def test_nobody_chooses_the_address_that_limits_count():
    """The server takes no address from a header that anybody may send; Django does, behind known proxies."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    assert "ACTS_PROXIES" in compose["services"]["web"]["environment"]
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert "--no-proxy-headers" in dockerfile
    assert "forwarded-allow-ips" not in dockerfile


def test_no_service_of_ours_has_more_rights_than_it_needs():
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    for name in ("migrate", "web", "engine", "models", "worker"):
        assert compose["services"][name]["cap_drop"] == ["ALL"], name
        assert compose["services"][name]["security_opt"] == ["no-new-privileges:true"], name
    assert re.findall(r"^USER (\S+)$", (ROOT / "Dockerfile").read_text(), re.M) == ["1000"]

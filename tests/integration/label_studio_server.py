"""A real Label Studio on loopback, silent to the outside, on a copy of a migrated data folder."""

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.live import eventually, free_port

VERSION = "1.23.2"
EMAIL, PASSWORD = "it@example.org", "it-password-1"
LEGACY_TOKEN = "0123456789abcdef0123456789abcdef01234567"
LONGEST_START_S = 240


def place() -> Path:
    """Where scripts/label_studio.sh installs it."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    named = os.environ.get("ACTS_LABEL_STUDIO")
    return Path(named) if named else cache / "acts" / f"label-studio-{VERSION}"


@dataclass
class LabelStudioProcess:
    """One running server. Use as a context manager."""

    data: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "LabelStudioProcess":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        command = [
            place() / "venv" / "bin" / "label-studio", "start", "--no-browser", "--data-dir", self.data,
            "--internal-host", "127.0.0.1", "--port", str(self.port), "--username", EMAIL,
            "--password", PASSWORD, "--user-token", LEGACY_TOKEN, "--enable-legacy-api-token",
            "--log-level", "ERROR",
        ]  # fmt: skip
        self.data.mkdir(parents=True, exist_ok=True)
        with (self.data / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self._environment(), stdout=log, stderr=log, start_new_session=True
            )
        eventually(self._healthy, within_s=LONGEST_START_S)

    def _environment(self) -> dict[str, str]:
        """Nothing of ours, and nothing that calls anybody."""
        own = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO_", "ACTS_"))}
        silent = {"LATEST_VERSION_CHECK": "false", "COLLECT_ANALYTICS": "false", "SENTRY_DSN": ""}
        return own | silent | {
            "FRONTEND_SENTRY_DSN": "",
            "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
            "DJANGO_DB": "sqlite",
            "HOME": str(self.data),
        }  # fmt: skip

    def _healthy(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError(f"ended: {(self.data / 'server.log').read_text()[-3000:]}")
        try:
            return httpx.get(f"{self.url}/health").status_code == 200
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)  # a group of its own, with nothing worth saving
        self.process.wait()
        self.process = None

    def api(self, method: str, path: str, **options: Any) -> Any:
        """Ask as the owner, past the product."""
        headers = {"Authorization": f"Token {LEGACY_TOKEN}"}
        answer = httpx.request(method, f"{self.url}{path}", headers=headers, timeout=60, **options)
        assert answer.status_code < 400, answer.text
        return answer.json() if answer.content else None

    def personal_token(self) -> str:
        """A refresh token, as the account page there makes one."""
        with httpx.Client(base_url=self.url, follow_redirects=True, timeout=60) as browser:
            browser.get("/user/login/")
            token = browser.cookies["csrftoken"]
            form = {"email": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": token}
            browser.post("/user/login/", data=form, headers={"Referer": self.url})
            sent = {"X-CSRFToken": browser.cookies["csrftoken"], "Referer": self.url}
            answer = browser.post("/api/token/", headers=sent)
            assert answer.status_code < 400, answer.text
            refresh: str = answer.json()["token"]
            return refresh


def migrated_template() -> Path:
    """A data folder with all tables, made at the first use and kept beside the installation."""
    template = place() / "template"
    if not template.exists():
        fresh = place() / "template.new"
        shutil.rmtree(fresh, ignore_errors=True)
        with LabelStudioProcess(fresh):
            pass
        fresh.rename(template)
    return template

"""The one door to Label Studio's own client library. It is heavy, so only the worker opens it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from .errors import Answered, LabelStudioError, NotConnected, ProjectGone, TokenRefused, Unreachable
from .secret import unseal

if TYPE_CHECKING:
    from annotation.models import LabelStudioServer

TIMEOUT_S = 60.0
MOST_DETAIL = 300
# A repeated request could double what it sends; when an answer is lost, the next run looks what arrived.
ONCE: Any = {"max_retries": 0}


class Client:
    """A connected Label Studio. Every method raises LabelStudioError with a sentence for people."""

    def __init__(self, server: LabelStudioServer | None) -> None:
        if server is None:
            raise NotConnected
        import httpx

        self.url = server.url
        # The library refreshes tokens at the wrong address when a path has no slash at its end.
        base = self.url if self.url.endswith("/") else f"{self.url}/"
        self._http = httpx.Client(timeout=TIMEOUT_S, follow_redirects=True)
        try:
            with self._said_plainly():
                from label_studio_sdk import LabelStudio

                # Any, since the library's types ask for models of its own where it sends plain objects.
                # The token gets no name here: a traceback that prints variables would print it.
                self._api: Any = LabelStudio(  # type: ignore[no-untyped-call]
                    base_url=base, api_key=unseal(bytes(server.secret)), httpx_client=self._http
                )
        except LabelStudioError:
            self.close()
            raise

    def close(self) -> None:
        self._http.close()

    @contextmanager
    def _said_plainly(self, title: str = "") -> Iterator[None]:
        """Turn every error into one of ours. The library's hold headers, and their frames hold the token; so
        none is passed on, where something might log it.
        """
        import httpx
        from label_studio_sdk.core.api_error import ApiError

        try:
            yield
        except LabelStudioError:
            raise
        except ApiError as error:
            raise self._plain(error.status_code, error.body, title) from None
        except (httpx.HTTPError, OSError):
            raise Unreachable(self.url) from None
        except Exception as error:  # another program answers at this address, or another version
            raise Answered(None, type(error).__name__) from None

    def _plain(self, status: int | None, body: Any, title: str) -> LabelStudioError:
        if status in (401, 403):
            return TokenRefused()
        if status == 404 and title:
            return ProjectGone(title)
        detail = body.get("detail", body) if isinstance(body, dict) else body
        return Answered(status, " ".join(str(detail).split())[:MOST_DETAIL])

    def whoami(self) -> str:
        """Who the token belongs to."""
        with self._said_plainly():
            return str(self._api.users.whoami().email)

    def people(self) -> dict[int, str]:
        """Account there -> e-mail address."""
        with self._said_plainly():
            return {int(user.id): str(user.email or "").lower() for user in self._api.users.list()}

    def find_project(self, mark: str) -> int | None:
        """The project whose description holds ``mark``."""
        with self._said_plainly():
            found = (one for one in self._api.projects.list() if mark in (one.description or ""))
            project = next(found, None)
            return int(project.id) if project else None

    def create_project(self, **values: Any) -> int:
        with self._said_plainly():
            return int(self._api.projects.create(**values, request_options=ONCE).id)

    def label_config(self, project: int, title: str) -> str:
        """The labelling page as it is now. Raises ProjectGone."""
        with self._said_plainly(title):
            return str(self._api.projects.get(id=project).label_config or "")

    def update_project(self, project: int, title: str, **values: Any) -> None:
        with self._said_plainly(title):
            self._api.projects.update(id=project, **values)

    def import_tasks(self, project: int, title: str, tasks: Sequence[Mapping[str, Any]]) -> list[int]:
        """Add tasks; their ids in the same order."""
        with self._said_plainly(title):
            answer = self._api.projects.import_tasks(
                id=project,
                request=[dict(task) for task in tasks],
                return_task_ids=True,
                request_options=ONCE,
            )
            return [int(one) for one in answer.task_ids or []]

    def task_keys(self, project: int, title: str) -> Iterator[tuple[str, int]]:
        """Key of the question and id of every task. Slow (5 ms each): only for finding out what arrived."""
        with self._said_plainly(title):
            for task in self._api.tasks.list(project=project, fields="task_only"):
                yield str((task.data or {}).get("key", "")), int(task.id)

    def delete_task(self, task: int) -> None:
        """Delete a task with its annotations; one that is gone already is fine."""
        try:
            with self._said_plainly("task"):
                self._api.tasks.delete(id=str(task))
        except ProjectGone:
            return

    def download(self, project: int, title: str, into: IO[bytes]) -> None:
        """Write all tasks that have annotations, as JSON, without holding them in memory."""
        with self._said_plainly(title):
            for piece in self._api.projects.exports.download_sync(id=project, export_type="JSON"):
                into.write(piece)

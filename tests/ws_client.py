"""People as programs: sign in over HTTP, open a websocket, say frames, wait for frames."""

import json
import time
import uuid
from types import TracebackType
from typing import Any, Protocol, Self

import httpx
from django.urls import reverse
from websockets.sync.client import ClientConnection, connect

Frame = dict[str, Any]


def txn() -> str:
    return uuid.uuid4().hex


class Server(Protocol):
    """A running product that people can reach."""

    port: int

    @property
    def url(self) -> str: ...

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]: ...


class Visitor:
    """A signed-in person with cookies, as a browser has them."""

    def __init__(self, live: Server, username: str, *, http: httpx.Client | None = None) -> None:
        self.live, self.username = live, username
        self.http = http or httpx.Client(base_url=live.url, follow_redirects=True, timeout=30)
        self.http.get(reverse("sign-in"))
        page = self.post(reverse("sign-in"), username=username, password=f"{username}-demo")
        assert "sessionid" in self.http.cookies, page.text

    def get(self, path: str) -> httpx.Response:
        return self.http.get(path)

    def post(self, path: str, **fields: str) -> httpx.Response:
        token = self.http.cookies.get("csrftoken", "")
        return self.http.post(path, data=fields, headers={"X-CSRFToken": token, "Referer": self.live.url})

    def upload(self, path: str, name: str, content: bytes, **fields: str) -> httpx.Response:
        """Send a form with one file."""
        token = self.http.cookies.get("csrftoken", "")
        headers = {"X-CSRFToken": token, "Referer": self.live.url}
        return self.http.post(path, data=fields, files={"file": (name, content)}, headers=headers)

    def begin(self, scenario: str, *, study: str = "demo") -> str:
        """Start a rehearsal with this scenario; returns the session's id."""
        ((key,),) = self.live.rows(
            "select id from simulator_scenarioversion where slug = ? and is_active", scenario
        )
        page = self.post(reverse("brief", args=[study, key]))
        assert page.status_code == 200, page.text
        return page.url.path.strip("/").split("/")[-1]

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def socket(self, path: str) -> connect:
        """A websocket to open with ``with``, as this person's browser would open it."""
        cookie = "; ".join(f"{key}={value}" for key, value in self.http.cookies.items())
        return connect(
            f"ws://127.0.0.1:{self.live.port}{path}",
            additional_headers={"Cookie": cookie, "Origin": self.live.url},
            max_size=None,
        )


class Tab:
    """One browser tab of a person. Keeps every frame that came, so that a test can look back."""

    def __init__(self, person: Visitor, path: str, *, client: str | None = None) -> None:
        self.person, self.path = person, path
        self.client = client or txn()
        self.frames: list[Frame] = []
        self._connection = person.socket(path)

    def __enter__(self) -> Self:
        self.socket: ClientConnection = self._connection.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.__exit__(kind, value, trace)

    def say(self, **frame: Any) -> None:
        self.socket.send(json.dumps(frame))

    def until(self, kind: str, *, within_s: float = 60.0, **fields: Any) -> Frame:
        """The next frame of this type with these fields; those before it are kept in ``frames``."""
        end = time.monotonic() + within_s
        while True:
            frame: Frame = json.loads(self.socket.recv(timeout=max(0.01, end - time.monotonic())))
            self.frames.append(frame)
            if frame["type"] == kind and all(frame.get(key) == value for key, value in fields.items()):
                return frame


class TeacherTab(Tab):
    def __init__(self, person: Visitor, session: str, *, client: str | None = None) -> None:
        super().__init__(person, f"/ws/session/{session}/", client=client)
        self.session = session

    def hello(self, cursor: str | None = None) -> Frame:
        """Introduce the tab; the batch that brings it up to date."""
        self.say(type="hello", client=self.client, cursor=cursor)
        self.until("welcome")
        return self.until("batch")

    def send(self, text: str, *, key: str | None = None) -> Frame:
        """Say something as the teacher; the server's acknowledgement."""
        key = key or txn()
        self.say(type="send", txn=key, text=text)
        return self.until("ack", txn=key)

    @property
    def cursor(self) -> str | None:
        batches = [frame for frame in self.frames if frame["type"] == "batch"]
        return batches[-1]["cursor"] if batches else None

    def until_reply(self, *, within_s: float = 60.0) -> str:
        """Wait until the student has answered and the teacher may go on; what was said last."""
        while True:
            batch = self.until("batch", within_s=within_s)
            said = [event for event in batch["events"] if event["persona"] == "student"]
            if said and batch["may_send"]:
                text: str = said[-1]["payload"]["text"]
                return text


class ConsoleTab(Tab):
    def __init__(self, person: Visitor) -> None:
        super().__init__(person, "/ws/console/")

    def hello(self) -> Frame:
        self.say(type="hello", client=self.client)
        return self.until("welcome")

    def until_waiting(self, session: str, *, within_s: float = 60.0) -> Frame:
        """Watch the room until its turn waits for a person; the turn with all that the machine found."""
        self.say(type="watch", session=session)
        while True:
            turn = self.until("batch", session=session, within_s=within_s)["turn"]
            if turn and turn["status"] in ("backup_wait", "verify_wait"):
                found: Frame = turn
                return found

    def claim(self, session: str, turn: int) -> Frame:
        """Claim a turn: the acknowledgement, or the error that says why not."""
        self.say(type="claim", session=session, turn=turn)
        return self.answer("claim")

    def answer(self, kind: str) -> Frame:
        """The ack or err that answers a frame of this kind."""
        while True:
            frame: Frame = json.loads(self.socket.recv(timeout=60))
            self.frames.append(frame)
            if frame["type"] in ("ack", "err") and frame.get("for") == kind:
                return frame

    def decide(self, session: str, turn: int, epoch: int, text: str, *, key: str | None = None) -> Frame:
        """Answer a turn in own words."""
        self.say(
            type="decide", txn=key or txn(), session=session, turn=turn, epoch=epoch, action="type", text=text
        )
        return self.answer("decide")

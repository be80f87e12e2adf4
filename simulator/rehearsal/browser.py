"""A signed-in browser without a window: the sign-in form, the session cookie, a socket with both."""

import secrets
from types import TracebackType
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import connect

HTTP_TIMEOUT_S = 60.0
MAX_FRAME_BYTES = 16 * 1024 * 1024


class SignInFailed(Exception):
    code = "sign_in_failed"


class Browser:
    """Cookies of one person at one server.

    Args:
        session_key: of somebody who is signed in already.
    """

    def __init__(self, url: str, *, session_key: str = "") -> None:
        self.url = url.rstrip("/")
        self._http = httpx.AsyncClient(
            base_url=self.url, timeout=HTTP_TIMEOUT_S, headers={"Referer": self.url}
        )
        if session_key:
            host = urlsplit(self.url).hostname or ""
            self._http.cookies.set("sessionid", session_key, domain=host)
            self._http.cookies.set("csrftoken", secrets.token_hex(16), domain=host)

    async def __aenter__(self) -> "Browser":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def sign_in(self, path: str, *, username: str, password: str) -> None:
        """Fill in the sign-in form.

        Raises:
            SignInFailed: the server has no such form, or does not take name and password.
        """
        page = await self._http.get(path)
        if page.status_code != httpx.codes.OK:
            raise SignInFailed(f"{self.url}{path} answers {page.status_code}. Is this an ACTS server?")
        answer = await self.post(path, {"username": username, "password": password})
        if "sessionid" not in self._http.cookies:
            raise SignInFailed(
                f"{self.url} does not let {username} in (status {answer.status_code}). Rehearsals prepare "
                "their accounts in this program's database: start the server on the same one (ACTS_VAR, "
                "DATABASE_URL)."
            )

    async def post(self, path: str, fields: dict[str, str], *, as_json: bool = False) -> httpx.Response:
        """Send a form, with the token that Django asks for; ``as_json`` as a page's script does."""
        token = self._http.cookies.get("csrftoken", "")
        headers = {"Accept": "application/json"} if as_json else None
        return await self._http.post(path, data=fields | {"csrfmiddlewaretoken": token}, headers=headers)

    async def get(self, path: str) -> httpx.Response:
        """A page. Raises httpx.HTTPError."""
        return await self._http.get(path)

    async def lines(self, path: str) -> list[str]:
        """The lines of a text file. Raises httpx.HTTPError."""
        answer = await self._http.get(path)
        answer.raise_for_status()
        return answer.text.splitlines(keepends=True)

    def socket(self, path: str) -> connect:
        """A websocket of this person, as the page opens it."""
        address = urlsplit(self.url)
        scheme = "wss" if address.scheme == "https" else "ws"
        cookies = "; ".join(f"{name}={value}" for name, value in self._http.cookies.items())
        return connect(
            f"{scheme}://{address.netloc}{path}",
            origin=self.url,  # type: ignore[arg-type] # a NewType of str
            additional_headers={"Cookie": cookies},
            max_size=MAX_FRAME_BYTES,
            open_timeout=HTTP_TIMEOUT_S,
        )

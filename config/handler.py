"""HTTP requests in threads that stay, each with a database connection that stays.

Django gives every request a thread of its own, opens a connection in it, and goes to and fro between event
loop and thread on the way through the middleware. Here a request goes to a thread once, through middleware
and view without a further change, and finds a connection there.
"""

from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponseBase


class PooledHandler(ASGIHandler):
    """At most ``ACTS_WEB_THREADS`` requests are answered at the same time; others wait their turn."""

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware(is_async=False)
        pool = ThreadPoolExecutor(settings.ACTS_WEB_THREADS, thread_name_prefix="web")
        self._answer = sync_to_async(self._answer_here, thread_sensitive=False, executor=pool)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await self._answer(request)

    def _answer_here(self, request: HttpRequest) -> HttpResponseBase:
        close_old_connections()  # one that broke or grew old since this thread's last request
        return self.get_response(request)

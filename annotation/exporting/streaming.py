"""Long downloads: bytes leave the server as they are made, so that a big dataset needs no big memory."""

from collections.abc import AsyncIterator, Iterator
from itertools import islice

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse

PIECES_PER_CHUNK = 500


async def _chunks(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    def next_chunk() -> bytes:
        return b"".join(islice(pieces, PIECES_PER_CHUNK))

    while chunk := await sync_to_async(next_chunk)():
        yield chunk


def download(pieces: Iterator[bytes], *, filename: str, content_type: str) -> StreamingHttpResponse:
    """A download. A fault half-way breaks the connection; it never ends the file in silence."""
    return StreamingHttpResponse(
        _chunks(pieces),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "no-store"},
    )

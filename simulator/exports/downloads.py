"""Who may download what: the whole log for researchers, their own transcript for teachers."""

from uuid import UUID

from django.http import StreamingHttpResponse

from simulator.errors import NotFound
from simulator.models import Role, User
from simulator.selectors import exportable_sessions, said_in

from .streaming import jsonl_response
from .writer import export_lines, transcript_lines


def session_download(viewer: User, public_id: UUID) -> StreamingHttpResponse:
    """One session: a researcher gets the log, its teacher the transcript.

    Raises:
        NotFound: it does not exist, or not for this person, or its teacher withdrew.
        Erased: its words are gone.
        NotAllowed: the person sees the session but exports nothing.
    """
    session = said_in(viewer, public_id)
    if viewer.role == Role.TEACHER:
        return jsonl_response(transcript_lines(session), filename=f"transcript-{public_id}.jsonl")
    chosen = exportable_sessions(viewer).filter(pk=session.pk)
    if not chosen:
        raise NotFound
    return jsonl_response(export_lines(chosen), filename=f"session-{public_id}.jsonl")


def all_sessions_download(viewer: User) -> StreamingHttpResponse:
    """Every session of the researcher's studies. Raises NotAllowed for others."""
    return jsonl_response(export_lines(exportable_sessions(viewer)), filename="sessions.jsonl")

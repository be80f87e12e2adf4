"""What the log says of a session, read from outside."""

from tests.live import Live

EVENTS = """
    select e.type, e.persona, json_extract(e.payload, '$.text') from simulator_event e
    join simulator_session s on s.id = e.session_id where s.public_id = ? order by e.seq
"""
NEWEST_STATUS = """
    select t.status from simulator_turn t
    join simulator_session s on s.id = t.session_id where s.public_id = ? order by t.number desc limit 1
"""


def _key(session: str) -> str:
    return session.replace("-", "")  # as the database stores it


def lines(live: Live, session: str) -> list[tuple[str, str]]:
    """Who is displayed and what was said, in order."""
    events = live.rows(EVENTS, _key(session))
    return [(persona, text) for kind, persona, text in events if kind == "message.posted"]


def personas(live: Live, session: str) -> list[str]:
    return [persona for persona, _text in lines(live, session)]


def kinds(live: Live, session: str) -> list[str]:
    """The types of all events, in order."""
    return [kind for kind, _persona, _text in live.rows(EVENTS, _key(session))]


def turn_status(live: Live, session: str) -> str:
    """The status of the newest turn."""
    ((status,),) = live.rows(NEWEST_STATUS, _key(session))
    return str(status)

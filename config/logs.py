"""One line a happening, with the names of request, session and turn; JSON for machines, text for people.

Nothing secret reaches a line: values under the keys below are struck out, whoever logs them, and so are
invitations in the addresses that the framework names.
"""

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET_KEYS = {"password", "token", "secret", "authorization", "cookie", "sessionid", "csrftoken", "api_key"}
STRUCK_OUT = "***"
INVITATION = re.compile(r"(/join/)[^/\s?\"']+")  # whoever has the address has what it opens
Line = MutableMapping[str, Any]


def strike_out_secrets(_logger: Any, _method: str, line: Line) -> Line:
    """Replace the values of keys that name secrets, at any depth of dictionaries, and invitations."""
    for key, value in line.items():
        if any(secret in key.lower() for secret in SECRET_KEYS):
            line[key] = STRUCK_OUT
        elif isinstance(value, dict):
            line[key] = strike_out_secrets(_logger, _method, dict(value))
        elif isinstance(value, str) and "/join/" in value:
            line[key] = INVITATION.sub(rf"\1{STRUCK_OUT}", value)
    return line


COMMON: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    strike_out_secrets,
]

# Without the values of local variables: passwords and tokens are among them.
TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)


def logging_settings(*, level: str, as_json: bool) -> dict[str, Any]:
    """Django's LOGGING: structlog's lines and those of libraries leave through one formatter."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *COMMON,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    last: list[structlog.typing.Processor] = (
        [TRACEBACKS, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if as_json
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": COMMON,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
    }

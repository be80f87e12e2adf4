"""The embedded default: one machine, SQLite, no other server. What `make run` uses."""

from django.core.management.utils import get_random_secret_key

from .base import *  # noqa: F403
from .base import DATA_DIR, env


def _secret_key() -> str:
    """The key made at the first start, so that sign-ins survive a restart."""
    if key := env.str("SECRET_KEY", default=""):
        return str(key)
    path = DATA_DIR / "secret-key"
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


SECRET_KEY = _secret_key()
# Static files are served from where they lie; there is nothing to collect.
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
ACTS_PYTHON_RULES: bool = env.bool("ACTS_PYTHON_RULES", default=True)
ACTS_DEMO: bool = env.bool("ACTS_DEMO", default=True)

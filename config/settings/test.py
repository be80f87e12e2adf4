"""For the tests: a throw-away data folder and quick password hashes."""

import os
import tempfile

os.environ.setdefault("ACTS_VAR", tempfile.mkdtemp(prefix="acts-test-"))

from .base import *  # noqa: F403
from .base import DATA_DIR

SECRET_KEY = "only-for-tests"  # noqa: S105
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if "DATABASE_URL" not in os.environ:
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}  # noqa: F405
ACTS_PYTHON_RULES = True
ACTS_AUDIT_SHARE = 0.0  # a test that wants audits sets a share

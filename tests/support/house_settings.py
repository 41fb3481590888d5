"""The house's settings as its tests run it: a database of their own, and quick passwords."""

import os

os.environ["REGULARS_SECRET_KEY"] = "for tests alone; nothing real is signed with this key"
# The fixture `django_db_modify_db_settings` names the real one before the first connection.
os.environ["DATABASE_URL"] = "postgresql://regulars_owner:unknown@/regulars"

from regulars.settings import *  # noqa: F403

DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "regulars"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

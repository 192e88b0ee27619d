"""Agora: the portal where a company democratises AI without losing control of it."""

from portal.sqlite_driver import use_current_sqlite

use_current_sqlite()  # before anything imports sqlite3

from portal.celery import app as celery_app  # noqa: E402

__all__ = ["celery_app"]

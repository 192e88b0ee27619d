"""The Celery application and the timetable of periodic work."""

import os

from celery import Celery
from django.conf import settings

import portal.broker  # noqa: F401  registers the durable directory transport

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["portal.core", "projects", "training", "governance"])
app.conf.task_routes = {"portal.core.tasks.work_ml": {"queue": "ml"}}


@app.on_after_finalize.connect
def set_timetable(sender: Celery, **_kwargs: object) -> None:
    """Periodic work; turns that no worker takes do not pile up."""
    sender.conf.beat_schedule = {
        name: {"task": f"portal.core.tasks.{task}", "schedule": seconds, "options": {"expires": 3 * seconds}}
        for name, task, seconds in (
            ("queue again what a dead worker held", "reap", settings.JOB_REAP_SECONDS),
            ("send waiting mail", "send_mail", 60.0),
            ("send the digests of the day", "send_digests", 600.0),
            ("export the head of the audit trail", "export_audit_head", 300.0),
        )
    }
    sender.conf.beat_schedule["keep the deadlines of governance"] = {
        "task": "governance.tasks.keep_deadlines",
        "schedule": 900.0,
        "options": {"expires": 2700.0},
    }
    sender.conf.beat_schedule["propose to stop what has passed its limits"] = {
        "task": "projects.tasks.propose_stops",
        "schedule": 3600.0,
        "options": {"expires": 10800.0},
    }
    sender.conf.beat_schedule["remind of kill criteria that must be measured soon"] = {
        "task": "projects.tasks.remind_of_criteria",
        "schedule": 3600.0,
        "options": {"expires": 10800.0},
    }
    sender.conf.beat_schedule["grade exams whose time ran out"] = {
        "task": "training.tasks.close_overdue_attempts",
        "schedule": 300.0,
        "options": {"expires": 900.0},
    }
    sender.conf.beat_schedule["renew certificates and warn before they end"] = {
        "task": "training.tasks.keep_certificates",
        "schedule": 3600.0,
        "options": {"expires": 10800.0},
    }
    keep_the_backlog(sender)


def keep_the_backlog(sender: Celery) -> None:
    """What followers of views are told, and what is tidied once a day."""
    sender.conf.beat_schedule["keep the places of the backlog short"] = {
        "task": "projects.tasks.keep_ranks_short",
        "schedule": 86400.0,
        "options": {"expires": 3600.0},
    }
    sender.conf.beat_schedule["tell what entered and left the views people follow"] = {
        "task": "projects.tasks.tell_followers",
        "schedule": 1800.0,
        "options": {"expires": 5400.0},
    }

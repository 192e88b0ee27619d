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


# What the apps do in turns: a name, the task, seconds between two turns.
TURNS = (
    ("keep the deadlines of governance", "governance.tasks.keep_deadlines", 900.0),
    ("propose to stop what has passed its limits", "projects.tasks.propose_stops", 3600.0),
    ("remind of kill criteria that must be measured soon", "projects.tasks.remind_of_criteria", 3600.0),
    ("tell what entered and left the views people follow", "projects.tasks.tell_followers", 1800.0),
    ("end shares whose day is over and warn before it", "projects.tasks.keep_shares", 900.0),
    ("keep the places of the backlog short", "projects.tasks.keep_ranks_short", 86400.0),
    ("forget files whose sender never came back", "projects.tasks.forget_uploads", 3600.0),
    ("remove bundles whose days are over", "projects.tasks.forget_bundles", 3600.0),
    ("keep artifacts as strict as what they were made from", "projects.tasks.keep_classes", 300.0),
    ("grade exams whose time ran out", "training.tasks.close_overdue_attempts", 300.0),
    ("renew certificates and warn before they end", "training.tasks.keep_certificates", 3600.0),
    ("clear sandboxes left alone and keep reviews moving", "training.tasks.keep_exercises", 3600.0),
)


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
            ("sweep the folders of this machine", "sweep_folders", 900.0),
            ("remove stored files that no row names", "sweep_orphans", 86400.0),
        )
    }
    sender.conf.beat_schedule |= {
        name: {"task": task, "schedule": seconds, "options": {"expires": 3 * seconds}}
        for name, task, seconds in TURNS
    }

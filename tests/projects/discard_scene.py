# ruff: noqa: F811  the fixture of a neighbour
"""A brought project at each step, and what is left of it."""

from django.core.files.uploadedfile import SimpleUploadedFile

from portal.core import filestore
from portal.core.models import AuditEvent, Job
from projects.models import ImportedProject
from projects.services import imported_projects
from tests.projects.imported_scene import play  # noqa: F401  a fixture


def held(digests):
    """Those of them that are in the store."""
    return {each for each in digests if filestore.holds(each)}


def discarded():
    """How often the trail says so."""
    return AuditEvent.objects.filter(verb="imported_project.discarded").count()


def again(brought):
    """As a request finds it."""
    return ImportedProject.objects.for_list().get(pk=brought.pk)


def queued(play):
    """Sent; its check waits for a worker."""
    file = SimpleUploadedFile("uc.agora.zip", play.zip)
    return imported_projects.send(file=file, by=play.manager)[0]


def ended(brought, state):
    """Its job is over without having finished."""
    Job.objects.filter(pk=brought.job_id).update(state=state, error="No.")
    return again(brought)

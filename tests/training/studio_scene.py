"""A community lead, a learner who is ready for an exam, and their browsers."""

from django.test import Client
from django.urls import reverse

from tests.people import person
from tests.training.learners import CITIZEN, finish_lessons


def lead(**more):
    return person(duties=("community_lead",), **more)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def ready(path=CITIZEN):
    user = person()
    finish_lessons(user, path)
    return user


def address(name, *args):
    return reverse(f"training:{name}", args=args)

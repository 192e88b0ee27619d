"""Browsers and programs that look at artifacts."""

from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def program(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def page(artifact, user=None):
    url = reverse("projects:artifact_detail", args=[artifact.pk])
    answer = browser(user or artifact.owner).get(url)
    assert answer.status_code == 200
    return answer.content.decode()

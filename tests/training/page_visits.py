"""A learner's browser, and what it reads."""

import re

from django.test import Client
from django.urls import reverse


def signed_in(user, **more):
    client = Client(**more)
    client.force_login(user)
    return client


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def address(name, *args):
    return reverse(f"training:{name}", args=args)


def count_queries(client, url):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(url).status_code == 200
    return len(asked)

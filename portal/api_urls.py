"""All addresses of the API, under one name space: `api:use_case-list`."""

from django.urls import path

from portal.core.routing import tree
from portal.search_views import SearchView

app_name = "api"
urlpatterns = [
    path("search/", SearchView.as_view(), name="search"),
    *tree("portal.core.api.urls", "projects.api.urls", "training.api.urls", "governance.api.urls"),
]

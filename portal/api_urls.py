"""All addresses of the API, under one name space: `api:use_case-list`."""

from django.urls import include, path

from portal.search_views import SearchView

app_name = "api"
urlpatterns = [
    path("search/", SearchView.as_view(), name="search"),
    path("", include("portal.core.api.urls")),
    path("", include("projects.api.urls")),
    path("", include("training.api.urls")),
    path("", include("governance.api.urls")),
]

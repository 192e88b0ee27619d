"""All addresses: the roof joins the apps."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from portal import search_views, views
from portal.core.api.schema import KeptSchema

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", search_views.find, name="search"),
    path("", include("portal.core.urls")),
    path("", include("projects.urls")),
    path("", include("governance.urls")),
    path("learning/", include("training.urls")),
    path("verify/", include("training.public_urls")),
    path("api/", include("portal.api_urls")),
    path("api/schema/", SpectacularAPIView.as_view(generator_class=KeptSchema), name="api_schema"),
]
handler400 = "portal.core.views.errors.bad_request"
handler403 = "portal.core.views.errors.forbidden"
handler404 = "portal.core.views.errors.not_found"
handler500 = "portal.core.views.errors.server_error"

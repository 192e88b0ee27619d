"""Addresses of the API of projects."""

from rest_framework.routers import SimpleRouter

from projects.api import backlog_urls, data_urls, use_case_urls

router = SimpleRouter()
for prefix, viewset, basename in [*use_case_urls.routes, *backlog_urls.routes, *data_urls.routes]:
    router.register(prefix, viewset, basename=basename)
urlpatterns = router.urls

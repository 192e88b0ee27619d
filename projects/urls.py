"""Addresses of projects."""

from projects import backlog_urls, data_urls, framing_urls, library_urls, squad_urls, use_case_urls

app_name = "projects"
urlpatterns = [
    *backlog_urls.urlpatterns,
    *framing_urls.urlpatterns,
    *use_case_urls.urlpatterns,
    *squad_urls.urlpatterns,
    *data_urls.urlpatterns,
    *library_urls.urlpatterns,
]

"""Addresses of the API of the floor."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from portal.core.api import views

router = SimpleRouter()
router.register("people", views.PersonViewSet, basename="person")
router.register("jobs", views.JobViewSet, basename="job")
router.register("notices", views.NoticeViewSet, basename="notice")
router.register("tokens", views.TokenViewSet, basename="token")
urlpatterns = [
    path("me/", views.MeView.as_view(), name="me"),
    path("me/notices/", views.NoticePreferenceView.as_view(), name="notice-preference"),
    *router.urls,
]

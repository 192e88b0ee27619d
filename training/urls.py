"""Addresses of training."""

from django.urls import path

from training import community_urls, exercise_urls, studio_urls
from training.views import (
    attempts,
    certificates,
    community,
    exams,
    learning,
    lessons,
    overview,
    paths,
    placements,
    recall,
    rights,
)

app_name = "training"
urlpatterns = [
    path("", learning.home, name="home"),
    path("rights/<str:code>/", rights.right, name="right"),
    path("paths/<slug:code>/", paths.path_detail, name="path_detail"),
    path("paths/<slug:code>/map/", paths.path_map, name="path_map"),
    path("placement/<str:code>/", placements.placement_start, name="placement_start"),
    path("placements/<uuid:pk>/", placements.placement, name="placement"),
    path("paths/<slug:code>/enrol/", paths.path_enrol, name="path_enrol"),
    path("lessons/<str:code>/", lessons.lesson_detail, name="lesson_detail"),
    path("lessons/<str:code>/complete/", lessons.lesson_complete, name="lesson_complete"),
    path("exams/<slug:code>/", exams.exam_detail, name="exam_detail"),
    path("exams/<slug:code>/start/", exams.exam_start, name="exam_start"),
    path("attempts/<uuid:pk>/", attempts.attempt, name="attempt"),
    path("attempts/<uuid:pk>/answer/<int:position>/", attempts.attempt_answer, name="attempt_answer"),
    path("attempts/<uuid:pk>/submit/", attempts.attempt_submit, name="attempt_submit"),
    path("attempts/<uuid:pk>/result/", attempts.attempt_result, name="attempt_result"),
    path("certificates/", certificates.certificate_list, name="certificate_list"),
    path("certificates/<uuid:pk>/", certificates.certificate_detail, name="certificate_detail"),
    path("certificates/<uuid:pk>/share/", certificates.certificate_share, name="certificate_share"),
    path("certificates/<uuid:pk>/revoke/", certificates.certificate_revoke, name="certificate_revoke"),
    path("certificates/<uuid:pk>/renew/", certificates.certificate_renew, name="certificate_renew"),
    path("certificates/<uuid:pk>/paper/", certificates.certificate_paper, name="certificate_paper"),
    path("questions/", community.help_list, name="help_list"),
    path("questions/ask/", community.help_ask, name="help_ask"),
    path("questions/<uuid:pk>/", community.help_detail, name="help_detail"),
    path("questions/<uuid:pk>/accept/<uuid:answer_pk>/", community.help_accept, name="help_accept"),
    path("recall/", recall.recall, name="recall"),
    path("recall/<uuid:pk>/answer/", recall.recall_answer, name="recall_answer"),
    path("rights/<str:code>/keep/", rights.act_keep, name="act_keep"),
    path("acts/<uuid:pk>/close/", rights.act_close, name="act_close"),
    path("overview/", overview.overview, name="overview"),
    *exercise_urls.urlpatterns,
    *community_urls.urlpatterns,
    *studio_urls.urlpatterns,
]

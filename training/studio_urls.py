"""Addresses of practice, of the author studio and of the community lead's tables."""

from django.urls import path

from training.views import cohort, drafts, lessons, practices, prerequisites, studio

urlpatterns = [
    path("lessons/<str:code>/note/", lessons.lesson_note, name="lesson_note"),
    path("lessons/<str:code>/problem/", lessons.lesson_problem, name="lesson_problem"),
    path("lessons/<str:code>/practice/", practices.lesson_practice, name="lesson_practice"),
    path("paths/<slug:code>/practice/", practices.path_practice, name="path_practice"),
    path("practices/<uuid:pk>/", practices.practice, name="practice"),
    path("practices/<uuid:pk>/answer/<int:position>/", practices.practice_answer, name="practice_answer"),
    path("practices/<uuid:pk>/hint/<int:position>/", practices.practice_hint, name="practice_hint"),
    path("practices/<uuid:pk>/result/", practices.practice_result, name="practice_result"),
    path("studio/", studio.studio, name="studio"),
    path("studio/exams/<slug:code>/", studio.exam_measure, name="exam_measure"),
    path("studio/questions/", studio.question_list, name="question_list"),
    path("studio/import/", drafts.question_import, name="question_import"),
    path("studio/export/", drafts.question_export, name="question_export"),
    path("studio/questions/<slug:uid>/", studio.question_detail, name="question_detail"),
    path("studio/questions/<slug:uid>/key/", studio.question_key, name="question_key"),
    path("studio/questions/<slug:uid>/edit/", studio.question_edit, name="question_edit"),
    path("studio/questions/<slug:uid>/void/", studio.question_void, name="question_void"),
    path("studio/drafts/new/", drafts.draft_new, name="draft_new"),
    path("studio/drafts/<uuid:pk>/", drafts.draft_detail, name="draft_detail"),
    path("studio/drafts/<uuid:pk>/<slug:act>/", drafts.draft_act, name="draft_act"),
    path("studio/publications/", studio.publication_list, name="publication_list"),
    path("studio/publications/<uuid:pk>/revert/", studio.publication_revert, name="publication_revert"),
    path("studio/prerequisites/", prerequisites.prerequisite_list, name="prerequisite_list"),
    path("studio/lessons/<str:code>/", studio.lesson_versions, name="lesson_versions"),
    path("problems/", cohort.problem_list, name="problem_list"),
    path("problems/<uuid:pk>/settle/", cohort.problem_settle, name="problem_settle"),
    path("cohort/", cohort.cohort, name="cohort"),
    path("cohort/assign/", cohort.assignment_new, name="assignment_new"),
    path("cohort/<uuid:pk>/withdraw/", cohort.assignment_withdraw, name="assignment_withdraw"),
    path("cohort/time/", cohort.exam_time, name="exam_time"),
    path("register/", cohort.register, name="register"),
]

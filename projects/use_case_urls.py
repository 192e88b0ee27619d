"""Addresses of use cases and squads."""

from django.urls import path

from projects.views import (
    bundles,
    imported_projects,
    kill_criteria,
    papers,
    phase_times,
    scores,
    triage,
    use_case_acts,
    use_cases,
)

urlpatterns = [
    path("use-cases/new/", use_cases.use_case_new, name="use_case_new"),
    path("use-cases/times/", phase_times.use_case_times, name="use_case_times"),
    path("use-cases/similar/", use_cases.use_case_similar, name="use_case_similar"),
    path("use-cases/<uuid:pk>/", use_cases.use_case_detail, name="use_case_detail"),
    path("use-cases/<uuid:pk>/edit/", use_cases.use_case_edit, name="use_case_edit"),
    path("use-cases/<uuid:pk>/activity/", use_cases.use_case_activity, name="use_case_activity"),
    path("use-cases/<uuid:pk>/phases/", use_cases.use_case_phases, name="use_case_phases"),
    path("use-cases/<uuid:pk>/paper/", papers.use_case_paper, name="use_case_paper"),
    path("use-cases/<uuid:pk>/do/<slug:act>/", use_case_acts.use_case_act, name="use_case_act"),
    path("use-cases/<uuid:pk>/score/", scores.use_case_score, name="use_case_score"),
    path(
        "use-cases/<uuid:pk>/kill-criteria/",
        kill_criteria.use_case_kill_criteria,
        name="use_case_kill_criteria",
    ),
    path(
        "use-cases/<uuid:pk>/kill-criteria/<uuid:criterion>/",
        kill_criteria.kill_criterion,
        name="kill_criterion",
    ),
    path(
        "use-cases/<uuid:pk>/kill-criteria/<uuid:criterion>/remove/",
        kill_criteria.kill_criterion_remove,
        name="kill_criterion_remove",
    ),
    path("use-cases/<uuid:pk>/bundle/", bundles.bundle_list, name="bundle_list"),
    path("use-cases/<uuid:pk>/bundle/rows/", bundles.bundle_rows, name="bundle_rows"),
    path("use-cases/<uuid:pk>/bundle/panel/", bundles.bundle_panel, name="bundle_panel"),
    path("use-cases/<uuid:pk>/bundle/make/", bundles.bundle_make, name="bundle_make"),
    path("use-cases/bundles/<uuid:pk>/download/", bundles.bundle_download, name="bundle_download"),
    path("use-cases/brought/", imported_projects.imported_project_list, name="imported_project_list"),
    path(
        "use-cases/brought/<uuid:pk>/",
        imported_projects.imported_project_detail,
        name="imported_project_detail",
    ),
    path(
        "use-cases/brought/<uuid:pk>/discard/",
        imported_projects.imported_project_discard,
        name="imported_project_discard",
    ),
    path(
        "use-cases/brought/<uuid:pk>/progress/",
        imported_projects.imported_project_progress,
        name="imported_project_progress",
    ),
    path(
        "use-cases/brought/<uuid:pk>/take-over/",
        imported_projects.imported_project_take_over,
        name="imported_project_take_over",
    ),
    path(
        "use-cases/brought/<uuid:pk>/files/<str:sha256>/",
        imported_projects.imported_project_file,
        name="imported_project_file",
    ),
    path("triage/", triage.triage, name="triage"),
    path("triage/<uuid:pk>/", triage.triage_decide, name="triage_decide"),
]

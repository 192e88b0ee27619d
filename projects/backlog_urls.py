"""Addresses of the backlog: its layouts, kept views, acts on several, import, export and calendar."""

from django.urls import path

from projects.views import (
    backlog,
    boards,
    bulk,
    custom_fields,
    dependencies,
    imports,
    ranks,
    rubrics,
    saved_views,
    undos,
)

urlpatterns = [
    path("use-cases/", backlog.use_case_list, name="use_case_list"),
    path("use-cases/board/", boards.use_case_board, name="use_case_board"),
    path("use-cases/board/limits/", boards.board_limit, name="board_limit"),
    path("use-cases/matrix/", backlog.use_case_matrix, name="use_case_matrix"),
    path("use-cases/roadmap/", backlog.use_case_roadmap, name="use_case_roadmap"),
    path("use-cases/compare/", backlog.use_case_compare, name="use_case_compare"),
    path("use-cases/bulk/", bulk.use_case_bulk, name="use_case_bulk"),
    path("use-cases/export/", bulk.use_case_export, name="use_case_export"),
    path("use-cases/views/", saved_views.saved_view_list, name="saved_view_list"),
    path("use-cases/views/<uuid:pk>/", saved_views.saved_view_edit, name="saved_view_edit"),
    path("use-cases/views/<uuid:pk>/remove/", saved_views.saved_view_remove, name="saved_view_remove"),
    path("use-cases/views/<uuid:pk>/follow/", saved_views.saved_view_follow, name="saved_view_follow"),
    path("use-cases/import/", imports.import_list, name="import_list"),
    path("use-cases/import/<uuid:pk>/", imports.import_detail, name="import_detail"),
    path("use-cases/import/<uuid:pk>/run/", imports.import_run, name="import_run"),
    path("use-cases/import/<uuid:pk>/progress/", imports.import_progress, name="import_progress"),
    path("use-cases/import/<uuid:pk>/report/", imports.import_report, name="import_report"),
    path("use-cases/<uuid:pk>/peek/", backlog.use_case_peek, name="use_case_peek"),
    path("use-cases/<uuid:pk>/rank/", ranks.use_case_rank, name="use_case_rank"),
    path("undo/<uuid:pk>/", undos.undo, name="undo"),
    path("use-cases/<uuid:pk>/plan/", saved_views.use_case_plan, name="use_case_plan"),
    path(
        "use-cases/<uuid:pk>/dependencies/",
        dependencies.use_case_dependencies,
        name="use_case_dependencies",
    ),
    path(
        "use-cases/<uuid:pk>/dependencies/<uuid:link>/remove/",
        dependencies.dependency_remove,
        name="dependency_remove",
    ),
    path("fields/", custom_fields.custom_field_list, name="custom_field_list"),
    path("fields/<uuid:pk>/", custom_fields.custom_field_edit, name="custom_field_edit"),
    path(
        "fields/<uuid:pk>/retire/",
        custom_fields.custom_field_act,
        {"act": "retire"},
        name="custom_field_retire",
    ),
    path(
        "fields/<uuid:pk>/restore/",
        custom_fields.custom_field_act,
        {"act": "restore"},
        name="custom_field_restore",
    ),
    path("rubrics/", rubrics.rubric_list, name="rubric_list"),
    path("rubrics/<int:number>/", rubrics.rubric_detail, name="rubric_detail"),
    path(
        "rubrics/<int:number>/criteria/<slug:code>/",
        rubrics.rubric_criterion,
        name="rubric_criterion",
    ),
    path("calendar/", saved_views.calendar, name="calendar"),
    path("calendar/<str:secret>.ics", saved_views.calendar_feed, name="calendar_feed"),
]

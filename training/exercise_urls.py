"""Addresses of exercises and of mentors."""

from django.urls import path

from training.views import exercises, reviews

urlpatterns = [
    path("exercises/", exercises.exercise_list, name="exercise_list"),
    path("exercises/<slug:code>/", exercises.exercise_detail, name="exercise_detail"),
    path("exercises/<slug:code>/start/", exercises.exercise_start, name="exercise_start"),
    path("exercises/<slug:code>/check/", exercises.exercise_check, name="exercise_check"),
    path("exercises/<slug:code>/clear/", exercises.exercise_clear, name="exercise_clear"),
    path("exercises/<slug:code>/table/", exercises.exercise_table, name="exercise_table"),
    path("exercises/<slug:code>/ask/", reviews.review_ask, name="review_ask"),
    path("exercises/<slug:code>/calibrate/", reviews.calibrate, name="calibrate"),
    path("sandboxes/<uuid:pk>/", exercises.sandbox, name="sandbox"),
    path("reviews/", reviews.review_list, name="review_list"),
    path("reviews/<uuid:pk>/", reviews.review_detail, name="review_detail"),
    path("reviews/<uuid:pk>/claim/", reviews.review_claim, name="review_claim"),
    path("reviews/<uuid:pk>/release/", reviews.review_release, name="review_release"),
    path("reviews/<uuid:pk>/close/", reviews.review_close, name="review_close"),
    path("reviews/<uuid:pk>/withdraw/", reviews.review_withdraw, name="review_withdraw"),
    path("reviews/<uuid:pk>/contest/", reviews.review_contest, name="review_contest"),
    path("reviews/<uuid:pk>/mark/", reviews.review_mark, name="review_mark"),
]

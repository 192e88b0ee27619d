"""Addresses of the API of training."""

from rest_framework.routers import SimpleRouter

from training.api import community, exercises, mentoring, placements, practice, recall, studio, views

router = SimpleRouter()
router.register("paths", views.PathViewSet, basename="path")
router.register("lessons", views.LessonViewSet, basename="lesson")
router.register("exams", views.ExamViewSet, basename="exam")
router.register("attempts", views.AttemptViewSet, basename="attempt")
router.register("certificates", views.CertificateViewSet, basename="certificate")
router.register("recall-cards", recall.RecallCardViewSet, basename="recall-card")
router.register("postponed-acts", recall.PostponedActViewSet, basename="postponed-act")
for prefix, viewset, basename in [*practice.routes, *studio.routes, *exercises.routes, *mentoring.routes]:
    router.register(prefix, viewset, basename=basename)
router.register("placements", placements.PlacementViewSet, basename="placement")
router.register("help-questions", community.HelpQuestionViewSet, basename="help-question")
urlpatterns = router.urls

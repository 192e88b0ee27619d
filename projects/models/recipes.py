"""Recipes: steps that make one table into another, kept to be played again."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.models import Job, Record
from projects.models.datasets import Dataset, DatasetVersion

if TYPE_CHECKING:
    from portal.core.models import User


class RecipeQuerySet(models.QuerySet["Recipe"]):
    """Speaking filters over recipes."""

    def visible_to(self, user: "User") -> "RecipeQuerySet":
        """Where one may use every table it reads; what a recipe makes has a visibility of its own."""
        if not user.is_authenticated:
            return self.none()
        hidden = Dataset.objects.exclude(pk__in=Dataset.objects.usable_by(user).values("pk"))
        reading_hidden = Recipe.sources.through.objects.filter(dataset__in=hidden.values("pk"))
        return self.exclude(pk__in=reading_hidden.values("recipe"))

    def for_list(self) -> "RecipeQuerySet":
        """With what a list shows."""
        return self.select_related("dataset__owner", "output", "made_by", "version__dataset")


class Recipe(Record):
    """A list of steps over a dataset. Each run makes one frozen version of the dataset it fills."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="recipes")
    version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="+")  # it is tried on
    sources = models.ManyToManyField(
        Dataset, related_name="+"
    )  # all it reads: the dataset and what is joined
    output = models.ForeignKey(Dataset, null=True, on_delete=models.PROTECT, related_name="recipes_into")
    name = models.CharField(_("name"), max_length=120)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    steps = models.JSONField(default=list)  # {"kind", its settings, "by": key of who wrote it}
    past = models.JSONField(default=list)  # the steps before each change, the newest last
    revision = models.PositiveIntegerField(
        default=0
    )  # counts changes: two editors do not overwrite each other
    preview = models.JSONField(default=dict)  # of `preview["revision"]`, on the first rows
    preview_job = models.ForeignKey(Job, null=True, on_delete=models.PROTECT, related_name="+")

    objects = RecipeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_previewed(self) -> bool:
        """Whether the preview shows the steps as they are now."""
        return self.preview.get("revision") == self.revision

"""What is compared of use cases when somebody looks for similar ones."""

from django.db import models

from projects.models.use_cases import UseCase


class ComparedText(models.Model):
    """
    Title and problem of a use case in plain letters; see `projects.similarity`.

    Kept by `projects.services.compared_texts` together with its trigrams.
    """

    use_case = models.OneToOneField(UseCase, on_delete=models.CASCADE, related_name="compared_text")
    title = models.TextField()
    whole = models.TextField()

    def __str__(self) -> str:
        return self.title


class ComparedTrigram(models.Model):
    """One trigram of one text. The key is the index: all texts with a trigram, the newest last."""

    pk = models.CompositePrimaryKey("gram", "text")
    gram = models.CharField(max_length=3)
    text = models.ForeignKey(ComparedText, on_delete=models.CASCADE, related_name="trigrams")

    def __str__(self) -> str:
        return self.gram

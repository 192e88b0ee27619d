"""Numbers that are given out once."""

from django.db import models


class Sequence(models.Model):
    """The last number given out under one name; a number is never given twice."""

    name = models.CharField(max_length=40, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.last}"

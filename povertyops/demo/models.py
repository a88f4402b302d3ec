"""How far the story has been told, so that whoever opens the demo sees what is still coming."""

from __future__ import annotations

from django.db import models


class Chapter(models.Model):
    """One province of the story."""

    key = models.SlugField(primary_key=True)
    name = models.CharField(max_length=120)
    position = models.SmallIntegerField()
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=1)
    step = models.CharField(max_length=200, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]

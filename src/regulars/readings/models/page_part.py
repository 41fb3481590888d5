"""Parts of pages, drawn when the figures were stored and never in a request."""

from django.db import models

from regulars.readings.models.taking import Taking


class PagePart(models.Model):
    """One section in one language, its pictures for wide and narrow screens inside."""

    taking = models.ForeignKey(Taking, models.CASCADE, related_name="parts", db_index=False)
    lang = models.CharField(max_length=10)
    name = models.CharField(max_length=40)
    place = models.PositiveSmallIntegerField()  # in reading order
    title = models.CharField(max_length=200)
    short = models.CharField(max_length=80)  # for a list of contents
    html = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["taking", "lang", "name"], name="page_part_once_in_a_language"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.lang})"

"""By what a customer's record is found: made in Python, looked up in the database."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from regulars.book.models.customer import Customer


class SearchEntry(models.Model):
    """Keys of one record: to search it by, and to find records of the same person by.

    They are bits of names and contact data, and go with them on an erasure.
    """

    customer = models.OneToOneField(
        Customer, models.CASCADE, primary_key=True, related_name="search_entry"
    )
    search_keys = ArrayField(models.TextField())
    blocks = ArrayField(models.TextField())

    class Meta:
        indexes = (
            # Without a list of what is pending, which each search would have to read.
            GinIndex(fields=["search_keys"], name="search_by_key", fastupdate=False),
            GinIndex(fields=["blocks"], name="search_by_block", fastupdate=False),
        )

    def __str__(self) -> str:
        return f"keys of {self.customer_id}"

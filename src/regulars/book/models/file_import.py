"""Files that came in, and what became of their rows."""

from enum import StrEnum

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from regulars.book.models.laws import is_one_of, is_told
from regulars.company.models import Staff
from regulars.kit.ids import new_id


class RecordKind(StrEnum):
    """What a file tells of."""

    ORDERS = "orders"
    CUSTOMERS = "customers"
    PROMISES = "promises"
    CONTACTS = "contacts"
    INVOICES = "invoices"
    RETURNS = "returns"
    EVENTS = "events"


class ImportState(StrEnum):
    """How far an import came."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"  # what it had stored stays; running it again goes on


class FileImport(models.Model):
    """One run of an import over one or more files that belong together. Counts are of rows."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=9)
    source = models.CharField(max_length=40)
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="imports")
    files = models.JSONField()  # of each file its name, and the SHA-256 of its bytes
    state = models.CharField(max_length=7, default=ImportState.RUNNING.value)
    n_read = models.PositiveBigIntegerField(default=0)
    n_new = models.PositiveBigIntegerField(default=0)
    n_same = models.PositiveBigIntegerField(default=0)  # in the book already
    n_changed = models.PositiveBigIntegerField(default=0)
    n_put_aside = models.PositiveBigIntegerField(default=0)
    reasons = models.JSONField(default=dict)  # why rows were put aside: code and rows
    started_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-started_at",)
        constraints = (
            models.CheckConstraint(
                name="import_kind_is_known", condition=is_one_of("kind", RecordKind)
            ),
            models.CheckConstraint(
                name="import_state_is_known", condition=is_one_of("state", ImportState)
            ),
            models.CheckConstraint(name="import_source_is_told", condition=is_told("source")),
            models.CheckConstraint(
                name="import_runs_or_has_ended",
                condition=Q(state="running", ended_at=None)
                | ~Q(state="running") & Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="import_accounts_for_every_row",
                condition=~Q(state="done")
                | Q(n_read=F("n_new") + F("n_same") + F("n_changed") + F("n_put_aside")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.started_at:%Y-%m-%d %H:%M}"

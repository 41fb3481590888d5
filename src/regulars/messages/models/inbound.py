"""Mail that came in: what became of it, and apart from it what it says."""

from enum import StrEnum

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from regulars.book.models import Contact, Customer
from regulars.book.models.laws import is_code_or_empty, is_one_of
from regulars.kit.ids import new_id


class InboundState(StrEnum):
    """Where a mail stands."""

    RECEIVED = "received"  # kept, and not looked at yet
    DONE = "done"
    ASIDE = "aside"  # for a person to look at; nothing is lost


class InboundKind(StrEnum):
    """What a mail is."""

    PERSON = "person"
    AUTO_REPLY = "auto_reply"
    BULK = "bulk"  # newsletters, and what other programs send
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"


class Mailbox(models.Model):
    """How far one folder of a mail server was read."""

    name = models.CharField(max_length=300, primary_key=True)  # user@host/folder
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class InboundMail(models.Model):
    """One mail. It holds ids, codes and times; the rest lies in its content."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Of Message-ID, sender, date and body: the same mail in two boxes is one.
    fingerprint = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=8, default=InboundState.RECEIVED.value)
    kind = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=40, blank=True)  # why it lies aside, or closed nothing
    n_tries = models.PositiveSmallIntegerField(default=0)
    size_bytes = models.BigIntegerField()
    received_at = models.DateTimeField(db_default=Now())
    mailbox = models.ForeignKey(Mailbox, models.PROTECT, null=True, db_index=False)
    uid_validity = models.BigIntegerField(null=True)
    uid = models.BigIntegerField(null=True)
    marked_at = models.DateTimeField(null=True)  # as seen, in the box
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="inbound_mail")
    contact = models.OneToOneField(Contact, models.PROTECT, null=True, related_name="inbound_mail")
    thread_id = models.UUIDField(null=True, db_index=True)
    outgoing_id = models.UUIDField(null=True, db_index=True)  # the message of ours it speaks of
    # By a machine: nothing in it tells of another machine.
    is_answerable = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True)  # by us, without a person

    class Meta:
        indexes = (
            models.Index(
                fields=["received_at"],
                name="inbound_to_be_read",
                condition=Q(state=InboundState.RECEIVED.value),
            ),
            models.Index(
                fields=["mailbox", "uid_validity", "uid"],
                name="inbound_to_be_marked",
                condition=Q(marked_at=None, mailbox__isnull=False),
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="inbound_state_is_known", condition=is_one_of("state", InboundState)
            ),
            models.CheckConstraint(
                name="inbound_kind_is_known",
                condition=is_one_of("kind", InboundKind, or_empty=True),
            ),
            models.CheckConstraint(
                name="inbound_reason_is_a_code", condition=is_code_or_empty("reason")
            ),
            models.CheckConstraint(
                name="inbound_aside_has_a_reason",
                condition=~Q(state=InboundState.ASIDE.value) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="inbound_done_has_a_kind",
                condition=~Q(state=InboundState.DONE.value) | ~Q(kind=""),
            ),
            models.CheckConstraint(
                name="inbound_from_a_box_has_its_number",
                condition=Q(mailbox=None, uid=None, uid_validity=None)
                | Q(mailbox__isnull=False, uid__isnull=False, uid_validity__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind or self.state} {self.received_at:%Y-%m-%d %H:%M}"


class InboundContent(models.Model):
    """Who wrote and what, as it came. It lies apart so that it can be erased alone."""

    mail = models.OneToOneField(
        InboundMail, models.CASCADE, primary_key=True, related_name="content"
    )
    raw = models.BinaryField()  # of one that is too large its head alone
    sender = models.CharField(max_length=320, blank=True, db_index=True)
    sender_name = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=400, blank=True)
    message_id = models.CharField(max_length=300, blank=True, db_index=True)
    attachments = models.JSONField(default=list)  # [{"name", "type", "size_bytes"}]

    def __str__(self) -> str:
        return str(self.mail_id)

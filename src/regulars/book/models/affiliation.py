"""Who belongs to which organisation."""

from django.db import models
from django.db.models import F, Q

from regulars.book.models.customer import Customer
from regulars.book.models.laws import is_code_or_empty
from regulars.kit.ids import new_id


class Affiliation(models.Model):
    """A person's place in an organisation, while it lasts and afterwards."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Customer, models.CASCADE, related_name="affiliations")
    organisation = models.ForeignKey(Customer, models.CASCADE, related_name="people")
    role = models.CharField(max_length=40, blank=True)  # a code: "buyer", "billing"
    title = models.CharField(max_length=120, blank=True)  # as it stands on the card
    since_on = models.DateField(null=True)  # null: not known
    until_on = models.DateField(null=True)  # null: it lasts

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person", "organisation"],
                condition=Q(until_on=None),
                name="affiliation_lasts_once_at_a_time",
            ),
            models.CheckConstraint(
                name="affiliation_is_with_somebody_else", condition=~Q(person=F("organisation"))
            ),
            models.CheckConstraint(
                name="affiliation_ends_after_it_began",
                condition=Q(since_on=None) | Q(until_on=None) | Q(until_on__gte=F("since_on")),
            ),
            models.CheckConstraint(
                name="affiliation_role_is_a_code", condition=is_code_or_empty("role")
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} in {self.organisation_id}"

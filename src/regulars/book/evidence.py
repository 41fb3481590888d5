"""What says that two records are of one person, in words."""

from regulars.kit.texts import N_

CONFLICT = "in_conflict"  # an outcome that no weights know: a source names two customers as one
SAID: dict[tuple[str, str], str] = {
    ("name", "same"): N_("The names are the same."),
    ("name", "swapped"): N_("First and last name have changed places."),
    ("name", "alike"): N_("The names are spelled nearly alike."),
    ("name", "last_same"): N_("The last names are the same, the first names are not."),
    ("name", "first_same"): N_("The first names are the same, the last names are not."),
    ("name", "other"): N_("The names differ."),
    ("email", "same"): N_("Both have the same e-mail address."),
    ("email", "name_same"): N_("The e-mail addresses differ only after the @."),
    ("email", "alike"): N_("The e-mail addresses are spelled nearly alike."),
    ("email", "other"): N_("The e-mail addresses differ."),
    ("phone", "same"): N_("Both have the same phone number."),
    ("phone", "one_slip"): N_("The phone numbers differ by one slip of the hand."),
    ("phone", "other"): N_("The phone numbers differ."),
    ("born", "same"): N_("Both were born on the same day."),
    ("born", "one_slip"): N_("The days of birth differ by one slip of the hand."),
    ("born", "within_a_year"): N_("The days of birth lie within a year."),
    ("born", "other"): N_("The days of birth differ."),
    ("city", "same"): N_("Both live in the same city."),
    ("city", "other"): N_("They live in different cities."),
    ("email", CONFLICT): N_(
        "A source takes the two for one: the e-mail address belongs to one of them."
    ),
    ("phone", CONFLICT): N_(
        "A source takes the two for one: the phone number belongs to one of them."
    ),
    ("card", CONFLICT): N_("A source takes the two for one: the card belongs to one of them."),
    ("external", CONFLICT): N_(
        "A source takes the two for one: its number belongs to one of them."
    ),
}

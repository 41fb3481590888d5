from django.db import migrations

from regulars.company.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("book", "0009_consents_are_proved"),
        ("company", "0002_what_was_noted_stays"),
    ]

    operations = [append_only("book_consentwording"), append_only("book_consent")]

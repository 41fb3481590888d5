from django.db import migrations

from regulars.company.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("book", "0001_customers_and_their_timeline"),
        ("company", "0002_what_was_noted_stays"),
    ]

    operations = [append_only("book_event")]

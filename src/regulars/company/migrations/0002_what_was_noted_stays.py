from django.db import migrations

from regulars.company.append_only import MAKE_GUARD, append_only


class Migration(migrations.Migration):
    dependencies = [("company", "0001_staff_join_by_invitation")]

    operations = [
        migrations.RunSQL(MAKE_GUARD, "DROP FUNCTION refuse_change()"),
        append_only("company_auditentry"),
    ]

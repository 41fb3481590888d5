from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("book", "0025_analysts_see_pseudonyms")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION renew_search_samples() RETURNS void LANGUAGE plpgsql
              SECURITY DEFINER SET search_path = public AS $$
            BEGIN
              ANALYZE book_searchentry;
            END $$;
            REVOKE EXECUTE ON FUNCTION renew_search_samples() FROM PUBLIC
            """,
            "DROP FUNCTION renew_search_samples()",
        )
    ]

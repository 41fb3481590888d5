"""Tables whose rows are never changed: held by the database, whoever asks."""

from django.db.migrations import RunSQL

MAKE_GUARD = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""


def append_only(table: str) -> RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE of a table, and take the rights from the app's role.

    Takes the name of a table of ours; gives the operation of a migration. A single role, as with a
    DATABASE_URL of one's own, is held by the triggers alone.
    """
    return RunSQL(
        f"""
        CREATE TRIGGER {table}_rows_stay BEFORE UPDATE OR DELETE ON {table}
          FOR EACH ROW EXECUTE FUNCTION refuse_change();
        CREATE TRIGGER {table}_stays BEFORE TRUNCATE ON {table}
          FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        DO $$ BEGIN
          IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'regulars_app') THEN
            REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM regulars_app;
          END IF;
        END $$
        """,
        f"""
        DROP TRIGGER {table}_stays ON {table};
        DROP TRIGGER {table}_rows_stay ON {table};
        """,
    )

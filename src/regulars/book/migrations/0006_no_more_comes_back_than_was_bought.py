from django.db import migrations

# The row of the order line is the lock: two returns at once are looked at one after the other.
RETURN_LINE = """
CREATE FUNCTION refuse_more_than_was_bought() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  bought record;
  back record;
BEGIN
  SELECT order_id, quantity, net_minor INTO bought
    FROM book_orderline WHERE id = NEW.order_line_id FOR UPDATE;
  IF bought.order_id IS DISTINCT FROM
      (SELECT order_id FROM book_return WHERE id = NEW.return_id) THEN
    RAISE EXCEPTION 'the line is of another order than the return'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'return_line_is_of_the_order';
  END IF;
  SELECT coalesce(sum(quantity), 0) AS quantity, coalesce(sum(refund_minor), 0) AS refund_minor
    INTO back FROM book_returnline WHERE order_line_id = NEW.order_line_id AND id <> NEW.id;
  IF back.quantity + NEW.quantity > bought.quantity
      OR back.refund_minor + NEW.refund_minor > bought.net_minor THEN
    RAISE EXCEPTION 'more comes back than was bought'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'return_line_is_within_what_was_bought';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER return_line_is_within_what_was_bought
  BEFORE INSERT OR UPDATE ON book_returnline
  FOR EACH ROW WHEN (NEW.order_line_id IS NOT NULL)
  EXECUTE FUNCTION refuse_more_than_was_bought()
"""

ORDER_LINE = """
CREATE FUNCTION refuse_less_than_came_back() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  back record;
BEGIN
  SELECT sum(quantity) AS quantity, sum(refund_minor) AS refund_minor
    INTO back FROM book_returnline WHERE order_line_id = NEW.id;
  IF back.quantity > NEW.quantity
      OR back.refund_minor > NEW.gross_minor - NEW.discount_minor THEN
    RAISE EXCEPTION 'more has come back than that'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'order_line_covers_what_came_back';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER order_line_covers_what_came_back
  BEFORE UPDATE OF quantity, gross_minor, discount_minor ON book_orderline
  FOR EACH ROW EXECUTE FUNCTION refuse_less_than_came_back()
"""


class Migration(migrations.Migration):
    dependencies = [("book", "0005_goods_come_back")]

    operations = [
        migrations.RunSQL(
            RETURN_LINE,
            "DROP TRIGGER return_line_is_within_what_was_bought ON book_returnline;"
            " DROP FUNCTION refuse_more_than_was_bought()",
        ),
        migrations.RunSQL(
            ORDER_LINE,
            "DROP TRIGGER order_line_covers_what_came_back ON book_orderline;"
            " DROP FUNCTION refuse_less_than_came_back()",
        ),
    ]

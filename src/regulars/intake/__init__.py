"""Files of orders in, one clean table and a put-aside file out."""

"""The page of one customer, put together from what every context knows."""

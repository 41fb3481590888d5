"""Messages: everything that leaves the house, once and with consent."""

"""The book: every customer and everything that happened, with one timeline."""

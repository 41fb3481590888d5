"""Changes to the book."""

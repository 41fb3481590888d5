"""Questions to the book, and the way in for doors."""

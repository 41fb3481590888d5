"""Questions to the company's tables, and the way in for doors."""

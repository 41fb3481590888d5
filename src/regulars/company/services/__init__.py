"""Changes to the company's own tables."""

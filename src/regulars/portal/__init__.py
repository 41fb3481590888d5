"""Pages for the company's customers."""

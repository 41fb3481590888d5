"""The one-shot report: from a history to a page, a JSON document and a table of customers."""

"""Files into the book: read by `intake`, written by the services, every row accounted for."""

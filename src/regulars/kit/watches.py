"""What a watching machine is told, and what need not stand in the log."""

import logging


class ButHealth(logging.Filter):
    """Lets through all but answers to a watch: that the house is not ready yet is no fault."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is written."""
        request = getattr(record, "request", None)
        return getattr(request, "path", "") != "/health"

"""Regulars turns customers into regulars and proves that it did."""

__version__ = "0.1.0"

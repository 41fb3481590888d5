"""Files of orders in, one clean table and a put-aside file out."""

from regulars.intake.history import ColumnTaken, History, ReadOptions, Repeats
from regulars.intake.reading import read_history

__all__ = ["ColumnTaken", "History", "ReadOptions", "Repeats", "read_history"]

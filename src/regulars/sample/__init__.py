"""Example companies with planted truth, written as ordinary files."""

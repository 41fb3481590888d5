"""The same fits by different programs, each script run by a Python of its own."""

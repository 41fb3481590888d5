"""Hands the tables of every context to the measures, and has stored what comes back."""

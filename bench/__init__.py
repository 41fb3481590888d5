"""Measurements beside peers and physical limits, in one run, as ratios."""

"""Carriers: what takes a message out of the house, one for each channel."""

"""Webhooks: other programs are told what happens, in order, until they have it."""

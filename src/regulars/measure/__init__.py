"""Definitions of every measure, each once. Knows nothing of files, pages or Django."""

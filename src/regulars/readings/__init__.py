"""What was measured: figures with their interval and window, and where each customer stands."""

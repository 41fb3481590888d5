"""Mail that comes in: read within bounds, told apart, and brought to whom it concerns."""

"""Who works here and what each may do; what was read and changed, for good."""

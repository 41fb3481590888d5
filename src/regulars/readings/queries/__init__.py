"""Questions to what was measured, and the way in for doors."""

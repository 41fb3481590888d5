"""What each section of the report says: one file a section, with a template of the same name."""

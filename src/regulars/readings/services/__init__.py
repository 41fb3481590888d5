"""What is measured is kept, and becomes what the pages show."""

"""Pages of the menu section for records."""

"""The pieces of the page of problems."""

"""The pieces of the page of loan products and outlets."""

"""Pieces of the office's pages: imports and batches, checks of the data, figures entered by hand, definitions."""

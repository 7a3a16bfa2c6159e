"""Workbooks in, validated rows out: reading, normalising, validating, loading and undoing import batches."""

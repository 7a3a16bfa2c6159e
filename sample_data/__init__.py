"""The demo city: a profile of facts, and a seeded generator of synthetic enterprises and their history."""

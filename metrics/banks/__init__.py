"""The four questions about banks, one module each, and what they share: dispersion, lights, ranks, commitments.

Every function takes frames or series indexed by bank and returns them so; none reads a store. What the methods are
for, and how often they err, is in ``docs/statistics.md``.
"""

"""The formulas of the product: pure functions on tidy frames and numbers, and the catalogue that defines them.

Start with ``catalogue`` (what a metric means), ``compute`` (metrics of a progress frame) and ``figures`` (one figure
with its state, numerator and denominator). Nothing here reads a store, a file outside this folder, or the clock.
"""

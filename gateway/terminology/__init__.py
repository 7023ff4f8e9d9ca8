"""Terminology for grouping: which codes mean the same, units as exact fractions, versions of both."""

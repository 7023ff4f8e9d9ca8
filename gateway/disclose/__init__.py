"""The corridor out, and the only one: decide, filter, merge, log, then hand over."""

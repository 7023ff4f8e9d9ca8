"""The corridor in: pull, map, check, keep, link. Nothing here hands anything to a reader."""

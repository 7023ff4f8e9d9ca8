"""An invented population and what several invented organisations hold of it: the makings of `tests.world`."""

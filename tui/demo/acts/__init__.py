"""The world of the demo: what there is, and what can be done with it; no HTTP."""

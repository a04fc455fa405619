"""A registry that is not there: what can be pulled, and what was pushed."""

"""What can be done, one file per kind of object, each act as one declaration."""

"""The list panes, one declaration per kind of object."""

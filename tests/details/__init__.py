"""Tests of the detail's tabs."""

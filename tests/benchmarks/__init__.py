"""What a program on a terminal costs its user: `python -m tests.benchmarks --help`."""

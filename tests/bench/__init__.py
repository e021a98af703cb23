"""What the monitor costs on this machine: ``make bench``, or ``python -m tests.bench --help``.

It measures the real thing, started as a user would start it, and never changes what it measures. How to read the
tables stands in docs/benchmarks.md.
"""

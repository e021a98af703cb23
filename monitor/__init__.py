"""Sharp Eyes uptime monitor: watches village cameras, keeps the record and settles the contract."""

__version__ = "0.1.0"

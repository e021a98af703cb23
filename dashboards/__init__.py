"""The Grafana dashboards: what each shows, as values, and how that becomes the JSON Grafana loads.

``python -m dashboards`` writes ``dashboards/zh`` and ``dashboards/en``; a test compares them with what is committed.
It says what to ask Prometheus and how to show the answer. It never computes a figure: where a colour depends on the
contract, the query asks Prometheus which side of the target the figure is on (docs/decisions/0030).
"""

"""The list of cameras (一机一档): CSV, XLSX or YAML in, cameras out, or every fault at once with file, line and column.

It decides what a valid inventory is. It never guesses a camera, and a URL, an account or a password never stands in a
fault: people paste credentials where an address is meant.
"""

from __future__ import annotations

from monitor.inventory.loading import load_inventory

__all__ = ["load_inventory"]

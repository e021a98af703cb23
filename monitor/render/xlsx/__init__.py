"""The report as an Excel workbook: typed cells, filters, and formulas that recompute every total from the detail.

One file per sheet; ``book``, ``parts``, ``cells`` and ``looks`` know spreadsheets and no report.
"""

from __future__ import annotations

from monitor.render.xlsx.workbook import write_xlsx

__all__ = ["write_xlsx"]

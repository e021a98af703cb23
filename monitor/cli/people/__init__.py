"""What people do to the record, from the command line: say who acts, describe it, have it judged, write it down."""

from __future__ import annotations

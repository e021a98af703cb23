"""Is the picture alive and useful? One defect per file, each numbers -> ``Finding``; ``examine`` folds them.

Pure functions over pixels that live for milliseconds: nothing here keeps, shows or returns a picture.
"""

from .evidence import NO_EVIDENCE, Evidence
from .examine import approve_view, examine
from .frame import Frame
from .memory import Memory

__all__ = ["NO_EVIDENCE", "Evidence", "Frame", "Memory", "approve_view", "examine"]

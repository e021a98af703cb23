"""The demonstration: a simulated town, the real monitor beside it as a process of its own, and a story to watch.

``place`` writes the configuration, ``seed`` last month's record, ``story`` is what happens and when, ``child`` runs
the monitor, ``screen`` and ``lines`` show it, ``witness`` hears what it says of pictures, ``check`` compares what was
recorded with what truly happened.
"""

"""``sharp-eyes discover`` and ``import``: the inventory beside the network and beside the platform."""

"""Random months, told to the program through a ledger and to an oracle that shares no code with it."""

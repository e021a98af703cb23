"""RTSP without I/O: bytes go in, events and decisions come out.

Decides what a device said, what to ask it next and what its failure is called. Never opens a socket, reads a clock,
draws a random number or writes a log: ``monitor.probes.rtsp`` does that part.
"""

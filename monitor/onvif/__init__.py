"""ONVIF without I/O: what to ask a device, and what its answers say.

Decides how requests are written, what tolerant reading finds in a reply, and which profile is the smallest. Never opens
a socket, reads a clock or draws a random number: ``monitor.probes.onvif`` does that part.
"""

"""The edges that look at cameras: sockets and decoders, with a size and a time limit on everything."""

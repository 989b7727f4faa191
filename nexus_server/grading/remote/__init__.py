"""Code that runs inside kernels, not in the server: sent there as source text, with the standard library only."""

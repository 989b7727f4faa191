"""The product's version, by itself: what states it need not load what runs."""

__version__ = "0.1.0"

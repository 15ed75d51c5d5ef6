"""The contact centre: one queue for every channel, the whole customer on screen."""

__version__ = "0.1.0"

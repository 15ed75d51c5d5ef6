"""The one blob port: bytes on the local disk under generated names; hash, size and type in the row."""

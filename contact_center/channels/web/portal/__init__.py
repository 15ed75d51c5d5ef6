"""The customers' pages: the start, the request form, and the private page of one ticket."""

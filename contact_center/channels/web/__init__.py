"""The web channel: the request form and the private page of a ticket."""

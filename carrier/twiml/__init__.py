"""TwiML: what documents may contain, and reading them strictly."""

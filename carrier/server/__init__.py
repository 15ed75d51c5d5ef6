"""The phone company in real time over HTTP: the REST API, and what a console needs to be somebody on the phone."""

"""The phone company over HTTP, in real time: its REST API, a WebSocket for browsers that telephone, and their page.

Everything here answers to this machine only. `python -m carrier` runs it.
"""

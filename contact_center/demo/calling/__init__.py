"""Scripted days on the telephone: callers, agents and the emulated carrier in one process, in virtual time.

`contact-center traffic calls` and the tests run them; the application is asked by signed webhooks like by the real one.
"""

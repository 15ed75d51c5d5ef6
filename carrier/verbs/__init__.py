"""What the TwiML verbs do. Each is a generator: `yield from say(line, verb)`; what it returns is where the call goes on.

None: with the next verb. A `Fetch`: with another document. `ending.HANG_UP`: nowhere.
"""

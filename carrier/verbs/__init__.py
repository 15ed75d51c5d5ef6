"""What the TwiML verbs do. Each is a generator; what it returns is where the call goes on.

None: with the next verb. A `Fetch`: with another document. Exceptions end it.
"""

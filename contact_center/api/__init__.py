"""The door of other systems: REST under /api/v1, described by OpenAPI. Tokens open it, cookies never do.

What a resource holds is said once, in `importing.kinds`; reading, showing and the description are made from that.
"""

"""The product's own routing in virtual time: what a day would have been like with other people, tiers or targets.

Pure but for `recorded`, which reads a day. Called by `contact-center simulate` and the supervisor's page; it changes
nothing and knows no request.
"""

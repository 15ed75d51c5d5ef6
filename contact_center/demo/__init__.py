"""A fictional maker of household appliances, with a year of history made by the product's own verbs under a standing clock.

`contact-center demo` fills an empty database with it; the same seed gives the same people, words and times.
"""

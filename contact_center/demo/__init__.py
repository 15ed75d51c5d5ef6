"""A fictional maker of household appliances, and a year of its history made by the product's own verbs.

`contact-center demo` fills an empty database with it; the same seed gives the same people, words and times.
"""

"""Customers come in and are answered here: one folder per channel, all of the same shape, and the funnel they share."""

"""Rows that other systems keep: read with a sentence for whatever is wrong, and written a batch at a time."""

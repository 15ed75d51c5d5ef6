"""Reports: what each figure is (`registry/`), by what it can be split, and the answer with its rows.

Reads everything, mostly through the views of the schema `bi`; writes only its own tables.
"""

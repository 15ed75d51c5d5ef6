"""Files with the firm's data: reading CSV and XLSX, which column means what, checking, importing in chunks, bad rows.

Called by the settings screen, the jobs and the command; the API uses the same `kinds`. It decides nothing about orders
or customers: every row goes through the verbs of their rooms.
"""

"""How the people who work here come in: signing in and out, invitations, forgotten passwords, language and theme.

Flask-Security does the work; what it shows, sends, limits and remembers is ours.
"""

"""What happened: an append-only table that is the visible history and the audit trail, and the after-commit bus."""

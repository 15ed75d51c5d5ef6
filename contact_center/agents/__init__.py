"""Who works here: accounts, roles, teams, and the ledger of their presence."""

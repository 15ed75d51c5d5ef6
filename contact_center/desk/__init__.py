"""The agent's screens: my work, tickets, customers. Pages and fragments, no business rules."""

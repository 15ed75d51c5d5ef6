"""What customers do for themselves: sign in by code, look an order up, book a visit, read notices."""

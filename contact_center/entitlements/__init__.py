"""What customers own, what they are entitled to, and whether it covers what they ask for."""

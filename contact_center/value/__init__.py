"""What customers are worth: contribution and colour, the standing questions, composition, sales against their usual."""

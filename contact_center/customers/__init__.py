"""Who our customers are: people, companies, their contact persons, and the addresses that reach them."""

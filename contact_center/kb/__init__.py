"""What we know: articles in spaces and categories, in each of our languages; found, read, voted on and used."""

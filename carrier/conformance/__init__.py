"""Is this like the real carrier? What can be checked without an account: shapes against published descriptions."""

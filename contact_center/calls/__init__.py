"""Calls: their legs, stages, commands and recordings as rows, and every move between states. Speaks to no provider."""

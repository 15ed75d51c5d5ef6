"""The telephone: what callers hear and choose, step by step, and the seam behind which a telephone company stands."""

"""How satisfied people were: one question per resolution, its answer, and the figures made of them."""

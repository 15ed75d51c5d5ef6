"""Prompts (next best action): rules on the fields of a card that say what an agent should think of now.

`vocabulary` lists what a rule may ask, `facts` answers it from a card in memory, `querying` asks it of everybody in SQL
for the dry run; both must mean the same. `conditions` reads and judges, `rules` keeps, `showing` and `answering` serve.
"""

"""The door of the people who work here: how they come in (`entrance`), and the screens where accounts, teams, queues,
canned replies and reasons to be away are set up. Pages and forms only; the rules are verbs of the rooms."""

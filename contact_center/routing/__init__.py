"""Who answers: where work is put, in which order it is served, and to whom it is offered. `policy` is the pure part."""

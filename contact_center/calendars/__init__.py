"""When we work: hours of a week, holidays, make-up days, and counting in them. Queues, targets and portal ask here."""

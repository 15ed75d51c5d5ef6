"""Where work waits: queues, who serves them, and which team they belong to."""

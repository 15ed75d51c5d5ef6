"""What goes on at this moment: queues with what waits in them, and agents with what they have in hand. Read only."""

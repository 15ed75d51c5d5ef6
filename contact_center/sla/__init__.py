"""What we owe and until when: policies, and the deadlines of each ticket. Tier and contract come as arguments."""

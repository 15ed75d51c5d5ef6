"""The case and everything said in it: tickets, interactions, messages, attachments, tasks."""

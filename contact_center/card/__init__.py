"""The whole customer on one screen: what the card beside a ticket shows, their tickets, and everything said so far.

A room above all others that only reads. Content of tickets that the reader may not see never gets in: they are counted.
"""

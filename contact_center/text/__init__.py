"""Words and addresses: search tokens for Chinese and Latin text, and the normal forms of e-mail addresses and numbers."""

"""Words and addresses: search tokens for Chinese and Latin text, normal forms of e-mail addresses and numbers."""

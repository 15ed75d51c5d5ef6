"""What the telephone and the texts share of one provider: the account, its client, signatures, what fails how."""

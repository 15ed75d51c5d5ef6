"""Texts: by SMS and by WhatsApp, in and out. `provider` says what a carrier must be able to do."""

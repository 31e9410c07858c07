"""Staff accounts: sign-in, second factor, invitations, and the related e-mails.

Imports `content`, `site` and what is below them.
"""

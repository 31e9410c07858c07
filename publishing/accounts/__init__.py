"""Who works here: sign-in, second factor, invitations, and the mails about them.

Imports `content`, `site` and what is below them.
"""

"""Staff accounts: sign-in, second factor, invitations, and the related e-mails."""

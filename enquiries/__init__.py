"""The contact form: an enquiry is a row, which a job mails (docs/adr/014).

Log lines and the history of the admin name an enquiry by its number. Imports `publishing` and `ops`.
"""

"""Log records: formats, the access log, and the removal of secrets.

Entry points: `formatters.formatter`, `access_log.with_request_log`. Imports `ops.http`.
"""

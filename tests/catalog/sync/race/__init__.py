"""Writers, the server and the reference client as processes of their own, on a database of their own.

`stage` belongs to the test; `host` is the process that forks the writers, which run `writing` and `closing` on records
made by `corners`; `client` is the reference client without a pause; `reading` says what the tables hold.
"""

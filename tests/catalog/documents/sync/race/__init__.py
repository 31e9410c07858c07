"""Writers, the server and the reference client, each a process, on a separate database.

`stage` is run by the test; `host` is the process that forks the writers, which run `writing` and `closing` on records
made by `corners`; `client` is the reference client without pauses; `reading` returns the content of the tables.
"""

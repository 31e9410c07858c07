"""Foreign sources into rows: models.dev and LiteLLM.

`running.import_feed` runs one. A `Handler` compares entries with records, makes plans and writes them in short
transactions, so a run can be killed and repeated. The link (`ImportedRecord`) keeps the feed's record whole.
"""

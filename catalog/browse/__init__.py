"""Lists of models: `Filters` reads an address and makes the queryset, `Facets` counts, `Rows` shows.

Any value chosen in a group will do, all groups must hold, each capability is its own group. Other spellings redirect
to the canonical address; nonsense is a 400. Totals above 1,000 are "1,000+", never wrong. Reads summaries and periods.
"""

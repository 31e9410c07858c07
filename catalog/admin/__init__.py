"""The admin of the catalogue: changes are public when saved, logged by field, and shown first with their impact.

`ImpactMixin` makes a change, lists the sentences that it changes, and rolls back; `LoggedMixin` writes `FieldChange`.
"""

from catalog.admin import model, names, offering, runs

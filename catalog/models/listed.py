"""What the lists of models know of each and of all, kept in step by `catalog.listed`: it follows from the rest."""

from django.db import models


class ListedModel(models.Model):
    """One public model: where it counts, and its status from the day `since` until the day before `until`.

    Not bound to the table of models by a foreign key, since a writer may delete there by SQL: the feed's marks tell.
    """

    model_id = models.BigIntegerField(primary_key=True)
    show = models.CharField(max_length=10, help_text="The list on which it stands, as in `catalog.browse.groups.SHOW`.")
    places = models.TextField(help_text="Groups and values beside which it counts, as kind:language, with blanks.")
    status = models.CharField(max_length=10)
    since = models.DateField(null=True, help_text="Null: as long as anything is known.")
    until = models.DateField(null=True, help_text="The first day on which the status may be another.")

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["status"], name="catalog_listed_status"),
            models.Index(fields=["since"], name="catalog_listed_since"),
            models.Index(fields=["until"], name="catalog_listed_until"),
        ]

    def __str__(self):
        return f"{self.model_id}: {self.places}"


class ListCount(models.Model):
    """How many models of one list count beside one value of a group."""

    group = models.CharField(max_length=10)
    value = models.CharField(max_length=20, help_text="A choice, or the key of a record.")
    show = models.CharField(max_length=10)
    number = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["group", "value", "show"], name="catalog_listcount_once")]

    def __str__(self):
        return f"{self.show} {self.group}:{self.value}: {self.number}"

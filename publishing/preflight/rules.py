"""What is looked for, and how bad it is: the one table of it."""

from dataclasses import dataclass

ERROR, WARNING = "error", "warning"

# An error stops publishing unless an editor gives a reason: with it a reader gets less than the text promises. A
# warning is for the editor to judge. The words take what the check knows in braces.
RULES = {
    "title_missing": (ERROR, "There is no title."),
    "text_missing": (ERROR, "There is no text."),
    "address_taken": (ERROR, "Another record has the address {address} already."),
    "placeholder": (ERROR, "“{words}” is still to be written: replace this paragraph, or delete it."),
    "picture_undescribed": (ERROR, "This picture does not say what it shows, for those who do not see it."),
    "picture_gone": (ERROR, "This picture is no longer there."),
    "table_headless": (ERROR, "This table has no header row or column: its cells have no names when it is read out."),
    "link_dead": (ERROR, "The link “{words}” leads to {address}, where there is no page."),
    "call_dead": (ERROR, "The call to action leads to {address}, where there is no page."),
    "link_gone": (ERROR, "The link “{words}” leads to a record that is no longer there."),
    "anchor_dead": (ERROR, "The link “{words}” leads to {address}, which is no heading of this text."),
    "link_hidden": (
        WARNING,
        "“{words}” leads to “{title}”, which readers do not see: they get the words without a link.",
    ),
    "link_caution": (WARNING, "“{words}” leads to “{title}”, which {caution}."),
    "shown_hidden": (WARNING, "{what} “{title}” is chosen, but readers do not see that: it is left out."),
    "shown_caution": (WARNING, "{what} “{title}” is chosen, which {caution}."),
    "title_twice": (WARNING, "There is another text of this title: {other}."),
    "title_long": (WARNING, "Search engines cut this title after about {limit} characters; it has {length}."),
    "description_missing": (WARNING, "There is no description: search engines take the beginning of the text."),
    "description_long": (
        WARNING,
        "Search engines cut the description after about {limit} characters; it has {length}.",
    ),
    "address_leads_on": (WARNING, "{address} leads to another page now. Once this is published, it no longer will."),
    "heading_first": (WARNING, "The first heading is of level {level}: the headings of a text begin at level 2."),
    "heading_skipped": (WARNING, "This heading is of level {level} below one of level {above}: a level is left out."),
    "heading_empty": (WARNING, "This heading has no words."),
    "compared_unreadable": (
        ERROR,
        "The table “{caption}” says that it is from the catalogue, but cannot be read. {problem} Readers get it as it "
        "stands.",
    ),
    "compared_empty": (
        WARNING,
        "For the table “{caption}” the catalogue has no rows today: of a list readers get none, of chosen records "
        "those that were last known, with that day.",
    ),
    "compared_hidden": (
        WARNING,
        "Row “{row}” of the table “{caption}” is left out: readers do not see that record, or nobody has verified it.",
    ),
    "compared_cut": (
        WARNING,
        "The list of the table “{caption}” finds more than {most}: readers get the first {most} and the way to the "
        "list.",
    ),
    "table_uncaptioned": (WARNING, "This table has no caption that says what it shows."),
    "question_twice": (
        WARNING,
        "“{other}”, at {address}, asks the same.{said} Merge the two, or let each ask what only it asks.",
    ),
    "heading_twice": (WARNING, "“{words}” was asked in this text before, as “{other}”.{said}"),
    "heading_answered": (
        WARNING,
        "“{words}” is answered at {address} already, as “{other}”.{said} Show that one below the text, or link to it.",
    ),
    "name_misspelt": (WARNING, "“{words}” looks like “{name}” with a mistake in it."),
    "name_unknown": (WARNING, "“{words}” looks like the name of a model that the catalogue does not have."),
    "name_spelling": (WARNING, "“{words}” is written “{name}” in the catalogue."),
    "name_caution": (WARNING, "“{words}” is named without a link: “{name}” {caution}."),
    "name_unlinked": (WARNING, "“{words}” is named without a link to “{name}”."),
    "name_perhaps": (WARNING, "“{words}” may be “{name}”, or something else."),
    "names_many": (WARNING, "This text has more than {most} names: only the first {most} are checked."),
    "link_words": (WARNING, "“{words}” does not say where the link leads."),
    "claim": (WARNING, "“{words}” will not be true for long. {advice}"),
}

# What the record’s own validation refuses in words, whatever reason is given: here it is only said beforehand.
REFUSED_ANYWAY = {"title_missing", "text_missing", "address_taken"}


@dataclass(frozen=True)
class Finding:
    """Something found in `field` of a record; in a rich text at the place `index`, from 0, among its `tags`. Of a
    name, `name` is what publishing.preflight.names says of it."""

    rule: str
    words: str
    field: str = ""
    tags: str = ""
    index: int = 0
    name: object = None

    @property
    def is_error(self) -> bool:
        return RULES[self.rule][0] == ERROR


def found(rule: str, field: str = "", tags: str = "", index: int = 0, **known) -> Finding:
    return Finding(rule, RULES[rule][1].format(**known), field, tags, index)

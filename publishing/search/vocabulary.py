"""The vocabulary of the search index, for "did you mean"."""

from itertools import batched

from django.db import models

from publishing.search.words import fold, pieces

SHORTEST, LONGEST = 4, 30
BATCH = 500


class SearchWordManager(models.Manager):
    def learn(self, entries) -> None:
        """Add the words of `entries` that are missing.

        The column is not unique and rows are not deleted here, so writers never wait for each other. Duplicates and
        obsolete words are possible: `reindex` removes them, and only words with results are suggested.
        """
        words = set().union(*(words_of(entry) for entry in entries))
        self.add_missing(words)

    def add_missing(self, words: set[str]) -> None:
        for some in batched(sorted(words), BATCH):
            known = set(self.filter(word__in=some).values_list("word", flat=True))
            self.bulk_create(
                self.model(word=word, initial=word[0], length=len(word)) for word in some if word not in known
            )

    def keep_only(self, words: set[str]) -> int:
        """Delete all other words, and duplicates; return the number of deleted rows."""
        seen, surplus = set(), []
        for pk, word in self.values_list("pk", "word").iterator():
            if word not in words or word in seen:
                surplus.append(pk)
            seen.add(word)
        for some in batched(surplus, BATCH):
            self.filter(pk__in=some).delete()
        return len(surplus)


class SearchWord(models.Model):
    """A word of letters, without case and accents, from one of the texts."""

    word = models.CharField(max_length=LONGEST, db_index=True)
    initial = models.CharField(max_length=1)
    length = models.PositiveSmallIntegerField()

    objects = SearchWordManager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["initial", "length"], name="search_word_by_initial")]

    def __str__(self):
        return self.word


def words_of(entry) -> set[str]:
    """Return the words of an entry that can replace a misspelt one."""
    texts = entry.texts
    text = fold("\n".join([texts.title, texts.names, texts.keywords, texts.summary, texts.body]))
    return {part for parts in pieces(text) for part in parts if part.isalpha() and SHORTEST <= len(part) <= LONGEST}

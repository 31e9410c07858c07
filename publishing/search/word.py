"""The vocabulary of the search index, from which "did you mean" chooses."""

from itertools import batched

from django.db import models

from publishing.search.words import fold, pieces

SHORTEST, LONGEST = 4, 30
BATCH = 500


class SearchWordManager(models.Manager):
    def learn(self, entries):
        """Add the words of `entries` that are not known yet.

        The column is not unique, and nothing is deleted here: so writers never wait for each other. A word may thus
        be there twice, or stand in no text any more; `reindex` tidies up, and nothing is proposed without being found.
        """
        words = set().union(*(words_of(entry) for entry in entries))
        self.add_missing(words)

    def add_missing(self, words: set[str]):
        for some in batched(sorted(words), BATCH):
            known = set(self.filter(word__in=some).values_list("word", flat=True))
            self.bulk_create(
                self.model(word=word, initial=word[0], length=len(word)) for word in some if word not in known
            )

    def keep_only(self, words: set[str]) -> int:
        """Delete every other word, and each that is there twice; return how many rows went."""
        seen, surplus = set(), []
        for pk, word in self.values_list("pk", "word").iterator():
            if word not in words or word in seen:
                surplus.append(pk)
            seen.add(word)
        for some in batched(surplus, BATCH):
            self.filter(pk__in=some).delete()
        return len(surplus)


class SearchWord(models.Model):
    """A word of letters, without case and accents, of one of the texts."""

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
    """Return the words of an entry that can be proposed in the place of a misspelt one."""
    texts = entry.texts
    text = fold("\n".join([texts.title, texts.names, texts.keywords, texts.summary, texts.body]))
    return {part for parts in pieces(text) for part in parts if part.isalpha() and SHORTEST <= len(part) <= LONGEST}

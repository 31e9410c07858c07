from articles.sections.composing import bodies_of, described
from publishing.richtext.field import BlocksField


class SectionsField(BlocksField):
    """The sections of a page, which its `compose()` validates."""

    def texts(self, blocks: list) -> list[str]:
        return bodies_of(blocks)

    def as_html(self, blocks: list) -> str:
        return described(blocks)

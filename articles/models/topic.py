from publishing.content.publishable import published_requires
from publishing.content.revised import Revised
from publishing.content.tag import PublicTag
from publishing.richtext import RichTextField
from publishing.site.call_to_action import CallToAction


class Topic(Revised, CallToAction, PublicTag):
    """A topic of articles: a tag with a page of its own."""

    route = "articles:topic"
    is_heading = True
    page_shows = (("articles.Article", "topic_links__tag"),)

    introduction = RichTextField(blank=True, help_text="What readers find under this topic. Shown above its articles.")

    class Meta(PublicTag.Meta):
        constraints = [*PublicTag.Meta.constraints, published_requires("name", "slug")]

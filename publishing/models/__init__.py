"""The models of this app, for Django to find, and the public names for other apps."""

from publishing.accounts.preferences import Preferences
from publishing.accounts.two_factor import RecoveryCode
from publishing.api.partner import Partner, PartnerKey
from publishing.content.miss import Miss
from publishing.content.page_view import PageView
from publishing.content.prose import Prose, ProseQuerySet
from publishing.content.publishable import (
    Publishable,
    PublishableQuerySet,
    State,
    fetch_content_changed_at,
    published_requires,
)
from publishing.content.redirect import Redirect
from publishing.content.reference import Reference
from publishing.content.revised import Revised
from publishing.content.snippet import Snippet
from publishing.content.tag import PublicTag, TagLink
from publishing.images.models import Image
from publishing.quality.claims.models import Claim
from publishing.quality.gaps import DismissedGap
from publishing.quality.names.name_rule import NameRule
from publishing.quality.text_sweep import TextSweep
from publishing.rendering.compiled_text import CompiledText
from publishing.revisions.models import PUBLIC_ACTIONS, Action, Revision, with_drafts
from publishing.search.entry import SearchEntry, SearchText
from publishing.search.part import SearchedPart, SearchedPartQuerySet
from publishing.search.vocabulary import SearchWord
from publishing.site.call_to_action import CallToAction
from publishing.site.models import SiteLink, SiteSettings
from publishing.workflow.comment import Comment, Verdict
from publishing.workflow.presence import Presence
from publishing.workflow.share_link import ShareLink

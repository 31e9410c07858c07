"""What every record that readers can see is made of."""

from publishing.models.call_to_action import CallToAction
from publishing.models.claim import Claim, ClaimPattern
from publishing.models.comment import Comment, Verdict
from publishing.models.compiled_text import CompiledText
from publishing.models.dismissed_gap import DismissedGap
from publishing.models.due_job import DueJob
from publishing.models.image import Image, fetch_pictures
from publishing.models.miss import Miss
from publishing.models.name_mention import NameMention
from publishing.models.name_rule import NameRule
from publishing.models.partner import Partner, PartnerKey
from publishing.models.prose import Prose, ProseQuerySet
from publishing.models.publishable import (
    Publishable,
    PublishableQuerySet,
    State,
    fetch_content_changed_at,
    published_requires,
)
from publishing.models.recovery_code import RecoveryCode
from publishing.models.redirect import Redirect
from publishing.models.reference import Reference
from publishing.models.revised import Revised
from publishing.models.revision import PUBLIC_ACTS, Act, Revision, with_drafts
from publishing.models.search_entry import SearchEntry, SearchText
from publishing.models.search_word import SearchWord
from publishing.models.searched_part import SearchedPart, SearchedPartQuerySet
from publishing.models.share_link import ShareLink
from publishing.models.site_settings import SiteLink, SiteSettings
from publishing.models.starter_record import StarterRecord
from publishing.models.tag import PublicTag, TagLink
from publishing.models.text_sweep import TextSweep

"""Which names in a text are certain: every sign is required, and uncertain names are left to the editor."""

import re

import pytest

from catalog.integration.names import ABOUT, FAMILY, MODEL, PROVIDER, SUBJECT, VENDOR, proposal
from publishing.quality.names import mentions
from publishing.quality.names.lexicon import Lexicon, Naming
from publishing.quality.names.matcher import MatchKind
from publishing.quality.names.mentions import MOST_NAMES, names_of
from publishing.richtext.reading import TextBlocks
from tests.proportion import TIMES, assert_time_in_proportion

OPENAI, ANTHROPIC, META, GOOGLE = 1, 2, 3, 4
RECORDS = [
    *((VENDOR, key, name, key) for key, name in enumerate(["OpenAI", "Anthropic", "Meta", "Google"], start=1)),
    (VENDOR, 5, "Stability AI", 5),
    *((FAMILY, key, name, OPENAI) for key, name in enumerate(["GPT", "DALL-E", "Sora", "CLIP"], start=1)),
    (FAMILY, 5, "Claude Haiku", ANTHROPIC),
    (FAMILY, 6, "Claude", ANTHROPIC),
    (FAMILY, 7, "Llama", META),
    (FAMILY, 8, "gemini-flash", None),
    (FAMILY, 9, "gemini", None),
    (FAMILY, 10, "Stable Diffusion", 5),
    *((MODEL, key, name, OPENAI) for key, name in enumerate(["GPT-4", "GPT-4o", "o3", "Sora", "Sora 2"], start=1)),
    *((MODEL, key, name, OPENAI) for key, name in enumerate(["GPT-4 Turbo", "GPT-3.5 Turbo", "o3-mini"], start=6)),
    (MODEL, 9, "Llama 3.1 8B", META),
    (MODEL, 10, "Llama 3.1 70B", META),
    (MODEL, 11, "Command", None),
    (MODEL, 12, "Command R+", None),
    (MODEL, 13, "Command R", None),
    (MODEL, 14, "Orca", None),
    (MODEL, 15, "Twin 2", None),
    (MODEL, 16, "Twin 2", None),
    (MODEL, 17, "MusicGen", META),
    (MODEL, 18, "Step 3.5 Flash", None),
    (MODEL, 19, "GPT-5 Turbo", OPENAI),
    (MODEL, 20, "Claude Sonnet 3.7", ANTHROPIC),
    (MODEL, 21, "Claude Opus 4.6", ANTHROPIC),
    (MODEL, 22, "Claude Opus 4.5", ANTHROPIC),
    (MODEL, 23, "Gemini 2.5 Flash", GOOGLE),
    (MODEL, 24, "Gemini 2.5 Flash-Lite", GOOGLE),
    (MODEL, 25, "Llama 4 Scout 17B", META),
    (FAMILY, 11, "ChatGPT", OPENAI),
    (VENDOR, 6, "xai", 6),
    (PROVIDER, 1, "OpenAI", None),
    (PROVIDER, 2, "Inference", None),
    (PROVIDER, 3, "Together AI", None),
]
ALIASES = [(MODEL, 1, "GPT-4", "GPT4", "spelling"), (MODEL, 2, "GPT-4o", "gpt-4o", "other")]
ALIASES += [(MODEL, 7, "GPT-3.5 Turbo", "GPT-3.5", "spelling"), (VENDOR, 2, "Anthropic", "Entropic", "misspelling")]
NAMING = Naming(list, (FAMILY, MODEL, VENDOR, PROVIDER), frozenset([FAMILY, MODEL]), VENDOR, SUBJECT, ABOUT, proposal)
ROWS = [(label, pk, name.lower(), name, name, "own", vendor) for label, pk, name, vendor in RECORDS]
ROWS += [(label, pk, "", title, written, role, None) for label, pk, title, written, role in ALIASES]
RULES = [("google", "proper"), ("anthropic", "proper"), ("anthropicprinciple", "ignore")]
LEXICON = Lexicon(ROWS, RULES, [NAMING])

# The links of each text: words, then their targets.
CERTAIN = {
    "GPT-4o, GPT-4 and GPT-4 Turbo are three models.": {"GPT-4o", "GPT-4", "GPT-4 Turbo"},
    "GPT-4-based tools, non-OpenAI tools and OpenAI’s own.": {"GPT-4", "OpenAI"},
    "GPT\u20114o and GPT\u00a04.": {"GPT\u20114o", "GPT\u00a04"},
    "Dall-E, DALL·E or DALL E.": {"Dall-E", "DALL·E", "DALL E"},
    "Open AI and openai made it.": {"Open AI", "openai"},
    "Command R+ is not Command R.": {"Command R+", "Command R"},
    "See https://openai.com/sora, openai.com, @OpenAI, #GPT-4, sora@openai.com, /gpt-4/ and a/GPT-4/b.": set(),
    "MiniGPT-4, Auto-GPT, GPT-4.1 and GPT-4ever.": set(),
    "Open Sora 2 and Code Llama 3.1 8B are by others.": set(),
    "The old Sora 2 and the Sora 2 API.": {"Sora 2"},
    "When GPT-4 came, Use of GPT-4 rose.": {"GPT-4"},
    "CLIP reads, a clip runs, Clip it.": {"CLIP"},
    "The o3 model, the O3 layer, o 3.": {"o3"},
    "o3/o3-mini: text": {"o3", "o3-mini"},
    "The MusicGen weights.": {"MusicGen"},
    "Twin 2 is two records.": set(),
    # Ordinary words of the language.
    "Orca whales swim. An Orca swims, and GPT-4 says so.": {"GPT-4"},
    "Run the Command. The Command line and Command of the sea.": set(),
    "Claude, our AI consultant, met Claude Monet. Claude joined in May.": set(),
    "My sign is Gemini. A Llama bit Sora.": set(),
    "Meta tags, the Meta description, an Inference API.": set(),
    "Google the term. We Google it. The Anthropic principle.": set(),
    "Stable diffusion of gas, and stable diffusion.": set(),
    "SORA AND GPT-4 IN CAPITALS": set(),
    # Words around them that mark them as names.
    "the Claude models": {"Claude"},
    "chatbots such as Claude": {"Claude"},
    "tools like Gemini for all": {"Gemini"},
    "a Sora series": {"Sora"},
    "Anthropic’s Claude, and Llama from Meta.": {"Anthropic", "Claude", "Llama", "Meta"},
    "Gemini, GPT, and Claude lead.": {"Gemini", "GPT", "Claude"},
    "Video (Sora), pictures (DALL-E).": {"Sora", "DALL-E"},
    "An image model from Google, a model by Meta.": {"Google", "Meta"},
    "OpenAI, Anthropic, and Meta are three.": {"OpenAI", "Anthropic", "Meta"},
    "Gemini Flash is quick.": {"Gemini Flash"},
    # Other languages.
    "OpenAI宣布了GPT-4o，见https://openai.com/sora。": {"OpenAI", "GPT-4o"},
    "通过API调用 GPT-4o 的价格": {"GPT-4o"},
    "GPT-4は古く、Claude Sonnet 3.7は新しい。": {"GPT-4", "Claude Sonnet 3.7"},
    "OpenAI는 GPT-4와 ChatGPT를 만들었다.": {"OpenAI", "GPT-4", "ChatGPT"},
    "OpenAIs GPT-4o und Anthropics Claude Opus 4.6.": {"OpenAI", "GPT-4o", "Anthropic", "Claude Opus 4.6"},
    "GPT-4o était cher.": {"GPT-4o"},
    "xAI의 models, not xai.": {"xAI"},
    # Words in another order, left out, or inflected.
    "Claude 3.7 Sonnet, Opus 4.6.": {"Claude 3.7 Sonnet", "Opus 4.6"},
    "Anthropic's Opus 4.6.": {"Anthropic", "Opus 4.6"},
    "Claude Opus 4.5 and 4.6.": {"Claude Opus 4.5", "4.6"},
    "Claude 3.5 and 3.7 Sonnet.": {"3.7 Sonnet"},
    "Gemini 2.5 Flash and Flash-Lite.": {"Gemini 2.5 Flash", "Flash-Lite"},
    "GPT-3.5/4 and two GPT-4s.": {"GPT-3.5", "4", "GPT-4"},
    "GPT-3.5 and 4 others.": {"GPT-3.5"},
    "Opus 4 was composed in 1795.": set(),
    # Other spaces, hyphens and letters, line breaks, and characters without width.
    "GPT\u22124o, GPT\u00ad-4o, G\u00adPT-4\u200b and GPT‑3.5.": {
        "GPT\u22124o",
        "GPT\u00ad-4o",
        "G\u00adPT-4",
        "GPT‑3.5",
    },
    "Claude\n3.7 Sonnet, Claude\u202f3.7\u202fSonnet.": {"Claude\n3.7 Sonnet", "Claude\u202f3.7\u202fSonnet"},
    "ＧＰＴ－４ｏとＣｌａｕｄｅ　３．７　Ｓｏｎｎｅｔ。": {"ＧＰＴ－４ｏ", "Ｃｌａｕｄｅ　３．７　Ｓｏｎｎｅｔ"},
    "We use 3.7 Sonnet.": {"3.7 Sonnet"},
    # Short names with other meanings.
    "GPT partition tables; the disk uses GPT.": set(),
    "The pressure o3 rises.": set(),
    "Command R opens the dialog.": set(),
    "Three models: o3, GPT and Command R.": {"o3", "GPT", "Command R"},
    "o3": {"o3"},
}


def names(text, is_html=False):
    return names_of(TextBlocks.of(text if is_html else f"<p>{text}</p>"), LEXICON)


@pytest.mark.parametrize("text", CERTAIN)
def test_certain(text):
    assert {item.text for item in names(text) if item.may_be_linked} == CERTAIN[text]


FOUND = {
    "made by Antropic": ("Antropic", MatchKind.MISSPELT, "Anthropic"),
    "Gooogle said": ("Gooogle", MatchKind.MISSPELT, "Google"),
    "by Entropic": ("Entropic", MatchKind.MISSPELT, "Anthropic"),
    "a Stable Difusion picture": ("Stable Difusion", MatchKind.MISSPELT, "Stable Diffusion"),
    "the MusicGenn": ("MusicGenn", MatchKind.MISSPELT, "MusicGen"),
    "the GPT4 of old": ("GPT4", MatchKind.VARIANT, "GPT-4"),
    "the gpt-4o of old": ("gpt-4o", MatchKind.EXACT, "GPT-4o"),
    "a GPT-3.5 of old": ("GPT-3.5", MatchKind.EXACT, "GPT-3.5 Turbo"),
    "the MUSICGEN": ("MUSICGEN", MatchKind.VARIANT, "MusicGen"),
    "a GPT-9": ("GPT-9", MatchKind.UNKNOWN, None),
    "the Sora 4": ("Sora 4", MatchKind.UNKNOWN, None),
    "a GPT-4.1 Turbo": ("GPT-4.1 Turbo", MatchKind.UNKNOWN, None),
    "the GPT-4o Turbo": ("GPT-4o Turbo", MatchKind.UNKNOWN, None),
    "<b>GPT</b>-4o": ("GPT-4o", MatchKind.EXACT, "GPT-4o"),
    "the Llama 4 Scout": ("Llama 4 Scout", MatchKind.UNKNOWN, "Llama 4 Scout 17B"),
    "the Llama 3.1": ("Llama 3.1", MatchKind.UNKNOWN, "Llama 3.1 8B"),
    "a Claude Haiku 9": ("Claude Haiku 9", MatchKind.UNKNOWN, None),
    "a Sora of 2026": ("Sora", MatchKind.EXACT, "Sora"),
}


@pytest.mark.parametrize("text", FOUND)
def test_found(text):
    (item,) = names(text)
    assert (item.text, item.how, item.name and item.name.title) == FOUND[text]
    assert not (item.may_be_linked and item.how in {MatchKind.MISSPELT, MatchKind.UNKNOWN})


@pytest.mark.parametrize(
    "text",
    ["Step 3 of 5", "Clause 5, Oracle, Metal, Commands, GPTs, Images", "<code>GPT-4</code>", "gemini, a claude, orca"],
)
def test_nothing_is_found(text):
    assert names(text) == []


def test_an_unknown_version_belongs_to_a_series_and_to_no_model():
    assert names("the GPT-4o Turbo")[0].series is None
    assert names("a GPT-9")[0].series.ref == f"{FAMILY}/1"


def test_of_records_that_are_called_the_same_the_series_is_meant():
    assert names("the Sora series")[0].name.ref == f"{FAMILY}/3"
    assert names("made by OpenAI")[0].name.ref == f"{VENDOR}/1"


def test_what_is_linked_quoted_or_in_a_heading_stays_and_the_first_of_a_section_counts():
    html = (
        "<h2>GPT-4</h2><p>GPT-4 and GPT-4.</p><blockquote><p>GPT-4</p></blockquote>"
        f'<h2>B</h2><p>A <a href="ref:{MODEL}/1">model</a>, GPT-4, GPT-<strong>4o</strong>.</p>'
        '<p><a href="/x/">GPT-4o</a></p><pre><code>GPT-4o</code></pre><h3>C</h3><p>GPT-4</p>'
    )
    found = names(html, is_html=True)
    assert [(item.nth, item.section) for item in found if item.may_be_linked and item.is_first] == [(1, 1), (8, 3)]
    assert [item.text for item in found if item.ref] == ["model"]
    assert [item.text for item in found if item.is_quoted] == ["GPT-4"]
    assert found[-1].text == "GPT-4"
    assert len(found) == 8


def test_the_place_of_a_name_is_found_again():
    reading = TextBlocks.of(
        "<ul><li>o3-mini<br>o3</li><li><p>o3 <em>o3</em></p></li></ul><p></p><table><tr><td>o3</td></tr></table>"
    )
    found = names_of(reading, LEXICON)
    # The editor's script finds a name as the nth occurrence of its words.
    places = [[match.start() for match in re.finditer(re.escape(item.text), reading.text)] for item in found]
    assert [of_it[item.nth] for of_it, item in zip(places, found, strict=True)] == [item.place for item in found]
    assert [reading.text[item.place :].startswith(item.text) for item in found] == [True] * 5


DENSE = "GPT-4 Claude Haiku o3 Gemini 2.5 Pro Llama 4, the Sora series by OpenAI; gemini stable diffusion Antropic. "


@pytest.mark.parametrize(
    "html_of", [lambda times: f"<p>{DENSE * times}</p>", f"<p>{DENSE}</p>".__mul__], ids=["one block", "many"]
)
def test_a_megabyte_full_of_names_is_searched_up_to_a_limit(html_of):
    def found(times: int) -> list:
        return names_of(TextBlocks.of(html_of(times)), LEXICON)

    assert_time_in_proportion(found, 10_000)
    assert len(found(10_000)) == MOST_NAMES


def test_the_time_for_words_that_are_almost_names_grows_as_their_number():
    def search(times: int):
        html = f"<p>{'gemini claude command stable llama Sore ' * times}</p>"
        assert list(names_of(TextBlocks.of(html), LEXICON)) == []

    assert_time_in_proportion(search, 12_500)  # half a megabyte


def test_the_time_for_a_text_grows_as_its_length_beside_more_and_more_names():
    words = ["Alpha", "Brava", "Chora", "Delfi", "Echor", "Foxal", "Golfo", "Hotal", "Indra", "Julia"]
    names = [
        f"{one}{two.lower()} {part}.{tenth}"
        for part in range(5)
        for tenth in range(10)
        for one in words
        for two in words
    ]

    def lexicon(size: int) -> Lexicon:
        rows = [(MODEL, pk, name.lower(), name, name, "own", None) for pk, name in enumerate(names[:size], start=1)]
        return Lexicon(rows, [], [NAMING])

    lexicons = {size: lexicon(size) for size in (5_000, 5_000 // TIMES)}

    def search(size: int):
        about = " is better than the one that came before it, as we found when we tried"
        html = "".join(f"<p>{name}{about * 2}</p>" for name in names[:size:10])
        assert len(names_of(TextBlocks.of(html), lexicons[size])) == len(names[:size:10])

    assert_time_in_proportion(search, 5_000)


def test_the_limit_counts_links(monkeypatch):
    monkeypatch.setattr(mentions, "MOST_NAMES", 3)
    html = '<p>GPT-4, o3, <a href="ref:catalog.aimodel/4">that one</a>, GPT-4.</p><p>o3</p>'
    assert [item.text for item in names_of(TextBlocks.of(html), LEXICON)] == ["GPT-4", "o3", "that one"]

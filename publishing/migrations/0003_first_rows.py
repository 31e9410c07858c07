"""The rows with which a site starts: its settings, rules of names, and patterns of claims. Editors change them."""

from django.db import migrations

# Vendors and series whose names look like ordinary words, and one phrase that is no name.
PROPER_NAMES = (
    "Alibaba Anthropic Baidu Codestral Devstral Google Huawei Microsoft Midjourney Nemotron Nvidia Pixtral Qwen "
    "Tencent Xiaomi"
)
NO_NAME = {"words": "Anthropic principle", "key": "anthropicprinciple", "rule": "ignore"}

# Each pattern: its name, the days after which what it finds must be confirmed, why, its phrases and their exceptions.
CLAIM_PATTERNS = [
    {
        "name": "As of a day",
        "days": 180,
        "explanation": "Says of which day it speaks: look whether it still holds, and write the new day.",
        "phrases": """
            as of {date}|now|today
            as of this writing
            as of the time of writing
            at the time of writing|publication|publishing
            at this writing
            last updated|checked|reviewed in|on {date}
            updated for {year}
        """,
        "exceptions": "",
    },
    {
        "name": "Now",
        "days": 180,
        "explanation": "Say since when it holds, or leave the word out.",
        "phrases": """
            currently|presently|nowadays
            current model|models|version|versions|release|generation|price|prices|pricing|rate|rates|limit|limits
            current leader|leaders|state|status|list
            at present
            at the moment
            right now
            these days
            in use today
            used|available|offered|supported|sold today
            today's best|leading|largest|most|models|prices|limits|market|leaders
            so far this year
            in {year} so far
            as things stand
            for the time being
        """,
        "exceptions": """
            at present and
            today's date
        """,
    },
    {
        "name": "The newest",
        "days": 90,
        "explanation": "Name the model or version, with its day: something newer comes within months.",
        "phrases": """
            latest|newest
            most recent
            state of the art
            cutting edge
            recently|newly|just released|launched|announced|introduced|published|added|updated|presented
            was|were|has|have|is recently
            brand new
            new in|for {year}
            next generation
        """,
        "exceptions": """
            at the latest
            the latest of
            latest by
            by {date} at the latest
        """,
    },
    {
        "name": "A rank",
        "days": 180,
        "explanation": "Say by whose measure, of which day.",
        "phrases": """
            top|big|best {number}|three|four|five|six|ten
            one of the leading|best|fastest|cheapest|top *
            number one
            no. 1
            market leader|leaders|share
            leading model*|company|companies|provider*|vendor*|lab|labs|tool|tools|platform*|player*
            leading * company|companies|provider*|vendor*|lab|labs|model|models
            leading * * company|companies|provider*|vendor*|lab|labs|model|models
            is|are leading
            leads the market|field|ranking|rankings|leaderboard|industry
            best|cheapest|fastest|largest|biggest|smartest|strongest model|models|provider|vendor available|today|yet
            best|cheapest|fastest|largest|biggest|smartest|strongest * model|models available|today|yet
            most popular|powerful|capable|advanced|accurate|used|expensive * model|models|system|systems|tool|tools
            most popular|powerful|capable|advanced|accurate|used|expensive model|models|system|systems|tool|tools
            most widely used
            the only model|provider|vendor|lab|company
            widely regarded|considered
            unmatched|unrivalled|unrivaled
            second to none
        """,
        "exceptions": """
            the leading question
            is leading to
            are leading to
        """,
    },
    {
        "name": "A price",
        "days": 90,
        "explanation": "Put the price in as a fact of the catalogue: then it follows by itself.",
        "phrases": """
            {price} per|a|an|for|each *
            cost*|priced|start*|charge*|price|prices|pay|pays|billed at|from|is|of|about|only {price}
            cost*|charge*|pay|pays {price}
            free of charge
            free tier|plan|version
            free to use
        """,
        "exceptions": """
            {price} of yearly|annual|monthly *
        """,
    },
    {
        "name": "A version",
        "days": 180,
        "explanation": "Link to the model in the catalogue, which knows what came after it.",
        "phrases": """
            version|release {version}
            {version} or|and later|newer|above|higher|up
            default since {date}
            is|are the default
            knowledge|training cutoff
            knowledge|training cut off
            context window|length of {number}
            {number} token|tokens context
        """,
        "exceptions": "",
    },
    {
        "name": "Announced or not yet",
        "days": 90,
        "explanation": "Look whether it has happened.",
        "phrases": """
            coming soon
            soon be|become|get|replace|have|offer|support
            upcoming
            not yet available|released|supported|published|announced|open|possible
            is|are|has|have not yet
            in|into public|private|open|closed|limited beta|preview
            in beta|preview
            still in beta|preview|development|testing
            this|next month|quarter|year
            last month|quarter|year
            in the coming|next weeks|months|year|years
            in the next few *
            will be released|launched|available|retired|discontinued|replaced|added|supported|removed|shut
            will launch|release|retire|discontinue|arrive|replace|support
            expected|scheduled|planned|due to be|end|launch|arrive|retire|come|start|release
            expected|scheduled|planned|set for {date}
            due on|in {date}
        """,
        "exceptions": """
            this year's
            each|every|per next *
        """,
    },
    {
        "name": "A count that grows",
        "days": 180,
        "explanation": "Say of which day the number is.",
        "phrases": """
            {number} million|billion|thousand users|customers|downloads|people|subscribers|developers|companies
            {number} users|customers|downloads|subscribers|developers
            more|fewer|less than {number} models|providers|vendors|languages|countries|users|customers|companies
            over {number} models|providers|vendors|languages|countries|users|customers|companies
            {percent} of all|the companies|users|customers|market|developers|businesses|enterprises
            {percent} of companies|users|customers|developers|businesses|enterprises
        """,
        "exceptions": "",
    },
]


def pattern(values: dict) -> dict:
    """Return the values of a row, with the phrases unindented."""
    texts = {name: values[name].strip().splitlines() for name in ("phrases", "exceptions")}
    return values | {name: "\n".join(line.strip() for line in lines) for name, lines in texts.items()}


def create_rows(apps, schema_editor):
    # Empty settings, so that every page can read them with one query.
    apps.get_model("publishing", "SiteSettings").objects.get_or_create(pk=1)
    NameRule = apps.get_model("publishing", "NameRule")
    rules = [NameRule(words=name, key=name.lower(), rule="proper") for name in PROPER_NAMES.split()]
    NameRule.objects.bulk_create([*rules, NameRule(**NO_NAME)], ignore_conflicts=True)
    ClaimPattern = apps.get_model("publishing", "ClaimPattern")
    patterns = [ClaimPattern(**pattern(values)) for values in CLAIM_PATTERNS]
    ClaimPattern.objects.bulk_create(patterns, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("publishing", "0002_roles")]

    operations = [migrations.RunPython(create_rows, migrations.RunPython.noop)]

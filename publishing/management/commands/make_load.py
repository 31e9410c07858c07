from django.core.management.base import BaseCommand, CommandError

from publishing.load import Plan, make_load, real_content

SEED = 20261125
MOST = 5_000_000


def number(text: str) -> int:
    if not text.isascii() or not text.replace("_", "").isdigit() or not int(text) <= MOST:
        raise ValueError(text)
    return int(text)


def articles_for(models: int) -> int:
    return min(max(models // 100, 100), 10_000)


class Command(BaseCommand):
    help = (
        "Fill an empty site, or one with the starter content, with made-up records, to see how it grows. "
        "The same seed makes the same records. Can be interrupted and run again, also to a higher number."
    )

    def add_arguments(self, parser):
        parser.add_argument("models", type=number, help=f"How many models there are to be, up to {MOST:,}.")
        parser.add_argument("--articles", type=number, help="Default: one for 100 models, from 100 to 10,000.")
        parser.add_argument("--questions", type=number, help="Default: 100.", default=100)
        parser.add_argument("--seed", type=int, default=SEED)
        parser.add_argument("--yes", action="store_true", help="Also where the site has content of its own.")

    def handle(self, *, models, articles, questions, seed, yes, **options):
        found = "" if yes else real_content()
        if found:
            raise CommandError(
                f"This site has content of its own, {found} for one: made-up records would stand among it, and are "
                "not easily taken out again. Say --yes if that is what you want."
            )
        articles = articles_for(models) if articles is None else articles
        plan = Plan(models, articles, questions, seed, self.stdout.write)
        try:
            make_load(plan)
        except KeyboardInterrupt:
            raise CommandError(
                "Interrupted. What was made is kept; run it again for the rest.", returncode=130
            ) from None
        self.stdout.write(self.style.SUCCESS("Done."))

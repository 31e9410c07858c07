from catalog.importers.columns import text
from catalog.importers.entries import BrokenRecordError
from catalog.importers.handler import BATCH, Handler
from catalog.models import Evidence, Provider, RecordKind
from catalog.rules.choices import ImportFeed
from ops.http.slugs import slug_for


class ProviderHandler(Handler):
    kind, model, feed, subject = RecordKind.PROVIDER, Provider, ImportFeed.MODELS_DEV, "provider"
    columns = [text("name", "name"), text("api", "api_base", 300), text("doc", "docs_url")]

    def find(self, entries):
        slugs = {slug_for(entry.key, "provider"): entry.key for entry in entries}
        return {slugs[record.slug]: record for record in Provider.objects.filter(slug__in=slugs)}

    def check(self, entry):
        if not entry.data.get("name"):
            raise BrokenRecordError("name", "it has none.")
        for name in ("api", "doc"):
            address = entry.data.get(name, "https://")
            if not isinstance(address, str) or not address.startswith(("https://", "http://", "${")) or " " in address:
                raise BrokenRecordError(name, f"{address!r} is no address.")

    def data_for(self, plan):
        """Add the known symlinks to a published record, because that shape leaves them out."""
        links = plan.link and plan.link.data.get("symlinks")
        return {**plan.entry.data, "symlinks": links} if plan.entry.is_resolved and links else plan.entry.data

    def create(self, plans):
        taken = set()
        for plan in plans:
            slug = slug_for(plan.entry.key, "provider", taken)
            plan.record = Provider(**self.new_values(plan), slug=slug)
            plan.is_made = True
            taken.add(plan.record.slug)
        Provider.objects.bulk_create(plan.record for plan in plans)
        Evidence.objects.bulk_create([self.evidence(plan.record) for plan in plans], batch_size=BATCH)

"""Lists of the admin that may be of a million rows (`publishing.long_lists`)."""

from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.utils.functional import cached_property

from publishing.long_lists import More, counted


class BoundedPaginator(Paginator):
    """Pages of the first 10,000 rows; what stands further down is found by searching and filtering."""

    @cached_property
    def count(self) -> int:
        return counted(self.object_list)


class LongChangeList(ChangeList):
    def get_results(self, request):
        super().get_results(request)
        if isinstance(self.result_count, More):
            # To count each value of each filter would take a look at every row.
            self.add_facets = self.is_facets_optional = False


class LongListMixin:
    """For a ModelAdmin whose rows may be that many."""

    paginator = BoundedPaginator
    show_full_result_count = False

    def get_changelist(self, request, **kwargs):
        return LongChangeList

"""Tags for the admin's templates."""

from django import template

from publishing import addresses

register = template.Library()

register.simple_tag(addresses.change_url)

from django import template

from articles.related import contact_people

register = template.Library()
register.simple_tag(contact_people)

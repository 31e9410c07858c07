"""A site that takes two seconds if the address has a query. Only a test serves it."""

import time

from config.wsgi import application as site


def application(environ, start_response):
    if environ["QUERY_STRING"]:
        time.sleep(2)
    return site(environ, start_response)

"""A site that takes two seconds if the address has a query, and prints that it was asked. Only a test serves it."""

import sys
import time

from config.wsgi import application as site


def application(environ, start_response):
    if environ["QUERY_STRING"]:
        sys.stderr.write("asked slowly\n")
        time.sleep(2)
    return site(environ, start_response)

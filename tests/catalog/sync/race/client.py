"""The reference client, reading small pages again and again, until it is killed or has something to say."""

import sys
import time

from tests.catalog.sync.mirroring import mirror

mirror.PAGE = 20

if __name__ == "__main__":
    while not (code := mirror.main()):
        time.sleep(0.03)
    sys.exit(code)

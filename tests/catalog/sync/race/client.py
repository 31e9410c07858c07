"""The reference client, which reads small pages in a loop until it is killed or fails."""

import sys
import time

from tests.catalog.sync.mirroring import mirror

mirror.PAGE = 20

if __name__ == "__main__":
    while not (code := mirror.main()):
        time.sleep(0.03)
    sys.exit(code)

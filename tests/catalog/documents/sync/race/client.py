"""The reference client, which reads small pages in a loop until it is killed or refused."""

import sys
import time

from tests.catalog.documents.sync.mirroring import mirror

mirror.PAGE = 20

if __name__ == "__main__":
    while (code := mirror.main()) in {0, 75}:
        time.sleep(0.03)
    sys.exit(code)

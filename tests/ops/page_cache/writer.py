"""The race's writer outside the server: `python -m tests.ops.page_cache.writer PK SECONDS`.

Like a command, it saves a question again and again, and acknowledges each version with a line.
"""

import sys
import time

import django


def main(pk: int, seconds: float):
    django.setup()
    from faq.models import Question  # noqa: PLC0415 - Django is set up by then

    ends_at, number = time.monotonic() + seconds, 0
    while time.monotonic() < ends_at:
        number += 1
        text = f"Version {number}"
        Question._base_manager.filter(pk=pk).update(question=text, answer=f"<p>{text}</p>")
        print(number, flush=True)
        time.sleep(0.02)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))

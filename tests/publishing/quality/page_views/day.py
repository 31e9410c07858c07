"""A day of requests to a site, of which it is known whether a person made them."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from tests.readers import ANDROID, BROWSERS, CHROME, DECLARED, FAKED, FIREFOX

DAY_SECONDS = 86_400
PROBES = (
    "/wp-login.php",
    "/.env",
    "/xmlrpc.php",
    "/index.php",
    "/admin.php",
    "/backup.zip",
    "/.git/config",
    "/shell.php",
)
COMMON = ["Chrome", "Chrome, phone", "Safari, phone", "Edge", "Firefox", "Safari"]
SITES = [
    "",
    "",
    "",
    "https://www.google.com/",
    "https://news.example/item?id=7",
    "https://t.co/x",
    "https://www.bing.com/",
]


@dataclass(frozen=True)
class Visit:
    at: datetime
    path: str
    address: str
    headers: dict[str, str]
    method: str = "GET"
    is_person: bool = False
    is_again: bool = False  # with the ETag of the page


@dataclass
class Day:
    """`visits()` has `number` requests, in order of time: about half of them by people, as on sites of this kind."""

    start: datetime
    pages: list[str]
    number: int = 20_000
    seed: int = 1
    made: list[Visit] = field(default_factory=list)

    def visits(self) -> list[Visit]:
        self.random, self.addresses = random.Random(self.seed), self._addresses()
        self._office(people=60, pages=8)
        for _ in range(4):
            self._scraper(self.random.choice([CHROME, FIREFOX]), pages=300, seconds=1)
        self._scraper(CHROME | {"Referer": "https://www.google.com/"}, pages=500, seconds=0.5)
        self._scraper(FIREFOX, pages=300, seconds=200)
        for _ in range(20):
            self._scanner(self.random.choice([CHROME, *FAKED.values()]))
        programs: list[Callable] = [self._declared, self._imitator, self._head]
        while len(self.made) < self.number:
            if sum(visit.is_person for visit in self.made[-400:]) < 200:
                self._person()
            else:
                self.random.choice(programs)()
        return sorted(self.made[: self.number], key=lambda visit: visit.at)

    def _addresses(self) -> Iterator[str]:
        for number in count():
            yield (
                f"198.{18 + number // 65_536}.{number // 256 % 256}.{number % 256}"
                if number % 5
                else f"2001:db8:{number:x}::7"
            )

    def _at(self, second: float) -> datetime:
        return self.start + timedelta(seconds=second % (DAY_SECONDS - 1))

    def _moment(self) -> float:
        return self.random.random() * DAY_SECONDS

    def _person(self, address: str = "", browser: str = "", pages: int = 0):
        """Someone arrives, directly or by a link from elsewhere, follows links, and sometimes reloads."""
        names = COMMON * 3 + list(BROWSERS)
        headers = BROWSERS[browser or self.random.choice(names)]
        address, second = address or next(self.addresses), self._moment()
        referrer = self.random.choice(SITES)
        for _ in range(pages or self.random.choice([1, 1, 1, 2, 2, 3, 5, 8, 15])):
            path = self.random.choice(self.pages[:30] * 5 + self.pages)
            is_again = self.random.random() < 0.1
            own = headers | ({"Referer": referrer} if referrer else {})
            self.made.append(Visit(self._at(second), path, address, own, is_person=True, is_again=is_again))
            second += self.random.expovariate(1 / 60)
            referrer = f"http://localhost{path}"

    def _office(self, people: int, pages: int):
        """Many people of whom others cannot tell the browser apart."""
        address = next(self.addresses)
        for number in range(people):
            self._person(address, COMMON[number % 3], pages)

    def _scraper(self, headers: dict, pages: int, seconds: float):
        """A program with everything that a browser sends, for one page after the other."""
        address, second = next(self.addresses), self._moment() / 4
        for number in range(pages):
            path = self.pages[number % len(self.pages)]
            self.made.append(Visit(self._at(second + number * seconds), path, address, headers))

    def _scanner(self, headers: dict):
        address, second = next(self.addresses), self._moment()
        for path in ("/", *self.random.sample(PROBES, 5), "/faq/", "/articles/none/"):
            second += 0.2
            self.made.append(Visit(self._at(second), path, address, headers))

    def _declared(self):
        sent = self.random.choice([{}, {"Accept": "*/*"}, CHROME, FIREFOX]) | {
            "User-Agent": self.random.choice(DECLARED)
        }
        address, second = next(self.addresses), self._moment()
        for path in self.random.choices(self.pages, k=self.random.randrange(1, 40)):
            self.made.append(Visit(self._at(second), path, address, sent))
            second += self.random.random() * 20

    def _imitator(self):
        headers = FAKED[self.random.choice(list(FAKED))]
        address, second = next(self.addresses), self._moment()
        for path in self.random.choices(self.pages, k=self.random.randrange(1, 40)):
            self.made.append(Visit(self._at(second), path, address, headers))
            second += self.random.random() * 20

    def _head(self):
        agent = {"User-Agent": f"{ANDROID} {CHROME['User-Agent']}"}
        self.made.append(Visit(self._at(self._moment()), "/", next(self.addresses), CHROME | agent, method="HEAD"))

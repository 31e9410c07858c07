"""Requests of people and programs, as their headers."""

PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
METADATA = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none"}
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
ANDROID = "Mozilla/5.0 (Linux; Android 10; K)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"


def _browser(agent: str, **more: str) -> dict[str, str]:
    return {"User-Agent": agent, "Accept": PAGE, "Accept-Language": "en-GB,en;q=0.7", **more}


def _chromium(system: str, rest: str = "", version: int = 141, brand: str = "Google Chrome") -> dict[str, str]:
    agent = f"{system} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 {rest}Safari/537.36"
    brands = f'"{brand}";v="{version}", "Not?A_Brand";v="8", "Chromium";v="{version}"'
    return _browser(agent, **METADATA, **{"Sec-CH-UA": brands})


FIREFOX = _browser("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", **METADATA)
CHROME = _chromium(WINDOWS)
_edge = _chromium(WINDOWS, brand="Microsoft Edge")
BROWSERS = {
    "Chrome": CHROME,
    "Chrome, phone": _chromium(ANDROID, "Mobile "),
    "Edge": _edge | {"User-Agent": f"{_edge['User-Agent']} Edg/141.0.0.0"},
    "Samsung": _chromium(ANDROID, "Mobile ", 136, "Samsung Internet"),
    "Firefox": FIREFOX,
    "Firefox before metadata": _browser("Mozilla/5.0 (Windows NT 6.1; rv:78.0) Gecko/20100101 Firefox/78.0"),
    "Safari": _browser(f"{MAC} Version/18.6 Safari/605.1.15", **METADATA),
    "Safari before metadata": _browser(f"{MAC} Version/15.6.1 Safari/605.1.15"),
    "Safari, phone": _browser(f"{IPHONE} Version/18.6 Mobile/15E148 Safari/604.1", **METADATA),
    "Chrome, iPhone": _browser(f"{IPHONE} CriOS/141.0 Mobile/15E148 Safari/604.1", **METADATA),
    "in Instagram": _browser(f"{IPHONE} Mobile/15E148 Instagram 350.0 (iPhone14,5; iOS 18_6; en_GB; scale=3.00)"),
    "in Facebook": _browser(
        "Mozilla/5.0 (Linux; Android 15; SM-S918B Build/AP3A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
        "Chrome/141.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/500.0.0.0;]",
        **{"X-Requested-With": "com.facebook.katana"},
    ),
    "CUBOT": _chromium("Mozilla/5.0 (Linux; Android 14; CUBOT NOTE 50)", "Mobile "),
    "Internet Explorer": _browser("Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko"),
    "Opera Mini": _browser("Opera/9.80 (Android; Opera Mini/36.2/191.1; U; en) Presto/2.12.423 Version/12.16"),
    "Lynx": {"User-Agent": "Lynx/2.9.0 libwww-FM/2.14", "Accept": "text/html, text/plain", "Accept-Language": "en"},
    "w3m": {"User-Agent": "w3m/0.5.3+git20230121", "Accept": "text/html, text/*;q=0.5"},
    "ELinks": {"User-Agent": "ELinks/0.16.1.1 (textmode; Linux; 80x24-2)", "Accept": "*/*"},
}
_bare = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko"
# Those that say what they are, and send nothing else or whatever a browser would.
DECLARED = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 "
    "Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    f"{MAC} Version/17.4 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)",
    f"{_bare}; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    f"{_bare}); compatible; ChatGPT-User/1.0; +https://openai.com/bot",
    f"{_bare}; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)",
    f"{_bare}; compatible; Perplexity-User/1.0; +https://perplexity.ai/perplexity-user)",
    "CCBot/2.0 (https://commoncrawl.org/faq/)",
    "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "WhatsApp/2.23.20.0",
    "Twitterbot/1.0",
    f"{MAC} Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    *("curl/8.5.0", "Wget/1.21", "python-requests/2.32.3", "Python/3.12 aiohttp/3.10", "Go-http-client/2.0"),
    *("Java/17.0.1", "okhttp/4.12.0", "axios/1.7", "node", "Scrapy/2.11 (+https://scrapy.org)", "PostmanRuntime/7.40"),
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/141.0.0.0 Safari/537.36",
    f"{CHROME['User-Agent']} Chrome-Lighthouse",
    "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
    f"Better Uptime Bot {CHROME['User-Agent']}",
    *("Blackbox Exporter/0.24.0", "kube-probe/1.29", "ELB-HealthChecker/2.0", "check_http/v2.3", "Pingdom.com_bot_1.4"),
    "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 5 subscribers)",
    *("NetNewsWire (RSS Reader; https://netnewswire.com/)", "FreshRSS/1.24 (Linux; https://freshrss.org)"),
    "Mozilla/5.0 (compatible; SomeNewThing/1.0; +https://new.example/)",
    f"{_bare}) NewsSpider/3 Safari/537.36",
    *("", "-", "Mozilla/5.0", WINDOWS, "Mozilla/4.0 (compatible; ms-office; MSOffice 16)"),
]


def _without(headers: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in headers.items() if not name.startswith(names)}


# Those that claim to be a browser.
FAKED = {
    "User-Agent alone": {"User-Agent": CHROME["User-Agent"], "Accept": "*/*"},
    "no language": _without(CHROME, "Accept-Language"),
    "no metadata": _without(CHROME, "Sec-"),
    "Firefox without metadata": _without(FIREFOX, "Sec-"),
    "Safari without metadata": _without(BROWSERS["Safari, phone"], "Sec-"),
    "another version": CHROME | {"Sec-CH-UA": '"Chromium";v="120", "Google Chrome";v="120"'},
    "Firefox with brands": FIREFOX | {"Sec-CH-UA": CHROME["Sec-CH-UA"]},
    "headless by its brands": CHROME | {"Sec-CH-UA": '"HeadlessChrome";v="141", "Chromium";v="141"'},
    "script": CHROME | {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
    "frame": CHROME | {"Sec-Fetch-Dest": "iframe"},
    "prefetch": CHROME | {"Sec-Purpose": "prefetch"},
    "prerender": CHROME | {"Sec-Purpose": "prefetch;prerender"},
    "prefetch of old": BROWSERS["Safari before metadata"] | {"Purpose": "prefetch"},
    "part": CHROME | {"Range": "bytes=0-99"},
    "signed agent": CHROME | {"Signature-Agent": '"https://chatgpt.com"'},
    "long": CHROME | {"User-Agent": CHROME["User-Agent"] * 10},
}

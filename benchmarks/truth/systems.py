"""Layouts that well-known systems make, and such as older or smaller sites have.

As in `layouts`, each is a function of a scene to the markup of a body; but here classes and ids are what the
system gives, and around the text stands what its sites usually show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from benchmarks.truth.layouts import HEXES, Layout, Other, Scene, lead, link, links, markup

NEWEST = 5
"""So many headlines are in a list of what is new; the list is another one in each round."""
TAGS = ("harbour", "council", "schools", "water", "letters")
BANNERS = (
    "Our paper is made by readers. Please give what you can to keep it free for all this winter.",
    "Only this week: the yearbook of the harbour for half the price, with a map of all the bridges.",
    "Take part in our survey on the ferry, which takes two minutes and helps us a lot.",
)
WEATHER = ("sun", "rain", "fog over the quay all day", "snow")


def _newest(scene: Scene) -> Sequence[Other]:
    """What a list of new articles shows in this round."""
    start = scene.round % len(scene.others)
    return [*scene.others, *scene.others][start : start + NEWEST]


def _hex(luck: Random, length: int = 12) -> str:
    return "".join(luck.choices(HEXES, k=length))


def _day(scene: Scene) -> str:
    return f"{1 + scene.number % 28} February 2026"


def drupal(scene: Scene) -> str:
    """Drupal with its Olivero theme: regions, blocks, fields."""
    tags = "".join(f'<div class="field__item"><a href="/tags/{tag}">{tag}</a></div>' for tag in TAGS[:3])
    recent = "".join(
        f'<div class="views-row"><div class="views-field views-field-title"><span class="field-content">'
        f"{link(one)}</span></div></div>"
        for one in _newest(scene)
    )
    return f"""<a href="#main-content" class="visually-hidden focusable skip-link">Skip to main content</a>
<div class="dialog-off-canvas-main-canvas" data-off-canvas-main-canvas><div id="page-wrapper"
class="page-wrapper">
<header id="header" class="site-header"><div class="region region--primary-menu"><nav role="navigation">
<ul class="menu primary-nav__menu--level-1"><li class="primary-nav__menu-item"><a href="/">Home</a></li>
<li class="primary-nav__menu-item"><a href="/news">News</a></li></ul></nav></div></header>
<div id="main-wrapper" class="layout-main-wrapper layout-container"><main role="main"><a id="main-content"
tabindex="-1"></a>
<div class="region region--content-above grid-full layout--pass--content-medium" id="content-above">
<div id="block-page-title" class="block block-core block-page-title-block"><h1 class="title page-title">
<span class="field field--name-title field--type-string
field--label-hidden">{scene.title}</span></h1></div></div>
<div class="region region--content grid-full"><div id="block-content" class="block block-system
block-system-main-block">
<article data-history-node-id="{scene.number}" role="article" class="node node--type-article
node--view-mode-full">
<footer class="node__meta"><span>By <span class="field field--name-uid">editor</span>,
{_day(scene)}</span></footer>
<div class="node__content"><div class="text-content clearfix field field--name-body
field--type-text-with-summary
 field--label-hidden field__item">{scene.text("p")}</div>
<div class="field field--name-field-tags field--type-entity-reference field--label-above"><div
class="field__label">Tags</div>
<div class="field__items">{tags}</div></div>
<section class="comments"><h2 class="comments__title">Add new comment</h2><form class="comment-form">
<input type="hidden" name="form_build_id" value="form-{_hex(scene.luck)}"><label>Your
name</label></form></section>
</div></article></div></div></main>
<div class="sidebar-grid grid-full"><div class="region region--sidebar"><div class="views-element-container
block">
<h2 class="block__title">Recent content</h2><div class="view-content">{recent}</div></div>
<div class="block">There are currently {scene.luck.randint(0, 40)} users online.</div></div></div></div>
<footer class="site-footer"><div class="region region--footer-bottom"><span>Powered by</span>
 <a href="https://www.drupal.org">Drupal</a></div></footer></div></div>"""


def joomla(scene: Scene) -> str:
    """Joomla with Cassiopeia: article info, hits, modules beside the text."""
    latest = "".join(
        f'<li><a href="{url}" itemprop="url"><span itemprop="name">{markup(one.title)}</span></a></li>'
        for url, one in _newest(scene)
    )
    (before, old), (after, new) = scene.others[0], scene.others[-1]
    return f"""<header class="header container-header full-width"><div class="grid-child container-nav">
<ul class="mod-menu mod-list nav"><li class="nav-item item-101"><a href="/">Home</a></li>
<li class="nav-item item-102"><a href="/news">News</a></li></ul></div></header>
<div class="site-grid"><div class="grid-child container-component"><div class="breadcrumbs">You are here:
Home / News</div>
<div id="system-message-container" aria-live="polite"></div><main><div class="com-content-article item-page">
<div class="page-header"><h1>{scene.title}</h1></div>
<dl class="article-info text-muted"><dt class="article-info-term">Details</dt><dd class="createdby">Written
by: Super User</dd>
<dd class="published">Published: {_day(scene)}</dd><dd class="hits">Hits:
{scene.luck.randint(20, 9_000)}</dd></dl>
<div class="com-content-article__body">{scene.text("p")}</div>
<nav class="pagenavigation"><span class="pagination ms-0"><a class="btn btn-sm btn-secondary previous"
href="{before}">
Previous article: {markup(old.title)} Prev</a><a class="btn btn-sm btn-secondary next" href="{after}">
Next article: {markup(new.title)} Next</a></span></nav></div></main></div>
<div class="grid-child container-sidebar-right"><div class="sidebar-right card"><h3
class="card-header">Latest Articles</h3>
<div class="card-body"><ul class="mod-articleslatest latestnews mod-list">{latest}</ul></div></div>
<div class="sidebar-right card"><div class="card-body mod-whosonline"><p>We have {scene.luck.randint(2, 90)}
guests and no
 members online</p></div></div><form class="mod-login"><input type="hidden" name="{_hex(scene.luck, 32)}"
value="1">
<label>Username</label><button>Log in</button></form></div></div>
<footer class="container-footer footer"><p>Copyright © 2026 The Gazette. All Rights Reserved.</p></footer>"""


def typo3(scene: Scene) -> str:
    """TYPO3 with its news extension: content elements in frames."""
    related = "".join(
        f'<li><span class="news-related-news-date">0{1 + number}.02.2026</span> {link(one)}</li>'
        for number, one in enumerate(scene.drawn(3))
    )
    return f"""<div id="page-top" class="body-bg"><header class="bp-page-header"><nav
class="main-navigation"><ul
 class="navbar-nav"><li class="nav-item"><a href="/" class="nav-link"><span
class="nav-link-text">Start</span></a></li>
<li class="nav-item"><a href="/aktuell" class="nav-link"><span
class="nav-link-text">Aktuelles</span></a></li></ul></nav></header>
<nav class="breadcrumb-section"><ol
class="breadcrumb"><li>Start</li><li>Aktuelles</li><li>{scene.title}</li></ol></nav>
<div id="page-content" class="bp-page-content main-section"><!--TYPO3SEARCH_begin--><section class="section
section-default">
<div id="c{4_000 + scene.number}" class="frame frame-default frame-type-news_newsdetail frame-layout-default">
<div class="frame-group-container"><div class="frame-group-inner"><div class="frame-container"><div
class="frame-inner">
<div class="news news-single"><div class="article"><div class="news-header"><h1>{scene.title}</h1></div>
<p class="news-meta"><span class="news-list-date"><time>{_day(scene)}</time></span><span
class="news-list-author">Von
 Redaktion</span></p><div class="news-text-wrap">{scene.text("p")}</div>
<div class="news-backlink-wrap"><a href="/aktuell">Zurück</a></div>
<div class="news-related-wrap"><div class="news-related news-related-news"><h4>Ähnliche
Meldungen</h4><ul>{related}</ul>
</div></div></div></div></div></div></div></div></div></section><!--TYPO3SEARCH_end--></div>
<footer class="bp-page-footer"><section class="section footer-section"><div class="frame
frame-type-text"><p>Stadt am Fluss,
 Rathausplatz 1</p></div><div class="frame frame-type-text"><p>Heute: {scene.luck.randint(-5, 30)} °C,
 {scene.luck.choice(WEATHER)}</p></div></section></footer></div>"""


def squarespace(scene: Scene) -> str:
    """Squarespace: a grid of blocks, some of which are text, with ids that are drawn for each page."""
    page = Random(f"blocks {scene.number}")
    parts = scene.paragraphs("p", ' class="" style="white-space:pre-wrap;"')
    middle = len(parts) // 2
    boxes = "".join(
        f'<div class="sqs-block html-block sqs-block-html" id="block-yui_3_17_2_1_{_hex(page)}">'
        f'<div class="sqs-block-content"><div class="sqs-html-content">{"".join(some)}</div></div></div>'
        for some in (parts[:middle], parts[middle:])
        if some
    )
    summary = "".join(
        f'<div class="summary-item"><div class="summary-content"><div class="summary-title">{link(one)}</div>'
        f'<div class="summary-excerpt"><p>{lead(one[1])}</p></div></div></div>'
        for one in scene.drawn(3)
    )
    return f"""<div id="siteWrapper" class="clearfix site-wrapper"><header id="header" class="header
theme-col--primary">
<nav class="header-nav-list"><div class="header-nav-item"><a href="/">Home</a></div><div
class="header-nav-item">
<a href="/blog">Blog</a></div></nav></header><main id="page" class="container"><article class="sections"
id="sections">
<section class="page-section content-collection"><div class="content-wrapper"><div class="content">
<div class="blog-item-wrapper"><div class="blog-item-top-wrapper"><div class="blog-item-title"><h1
 class="entry-title entry-title--large p-name">{scene.title}</h1></div><div
class="blog-item-meta-wrapper"><time class="dt-published
 blog-meta-item">{_day(scene)}</time></div></div><div class="blog-item-content-wrapper"><div
class="blog-item-content e-content">
<div class="sqs-layout sqs-grid-12 columns-12"><div class="row sqs-row"><div class="col sqs-col-12
span-12">{boxes}
<div class="sqs-block summary-v2-block sqs-block-summary-v2"><div class="sqs-block-content"><div
 class="summary-block-wrapper"><h2 class="summary-heading">More from the blog</h2>{summary}</div></div></div>
</div></div></div></div></div></div></div></div></section></article></main>
<footer class="sections" id="footer-sections"><section class="page-section"><p>Made with Squarespace</p>
<p>Subscribe with your email address to receive news and updates.</p></section></footer></div>"""


def hugo(scene: Scene) -> str:
    """A static site with attributes without quotes, and hardly anything around the text."""
    before, after = scene.others[0], scene.others[-1]
    return f"""<header class=header><nav class=nav><div class=logo><a href=/ accesskey=h>The Gazette</a></div>
<ul id=menu><li><a href=/archives/><span>Archive</span></a></li><li><a
href=/tags/><span>Tags</span></a></li></ul></nav></header>
<main class=main><article class=post-single><header class=post-header><h1 class="post-title
entry-hint-parent">{scene.title}</h1>
<div class=post-meta><span>{_day(scene)}</span>&nbsp;·&nbsp;3 min&nbsp;·&nbsp;Editor</div></header>
<div class=post-content>{scene.text("p")}</div><footer class=post-footer><ul class=post-tags><li><a
href=/tags/town/>town</a></li>
</ul><nav class=paginav><a class=prev href={before[0]}><span class=title>«
Prev</span><br><span>{markup(before[1].title)}</span>
</a><a class=next href={after[0]}><span class=title>Next
»</span><br><span>{markup(after[1].title)}</span></a></nav></footer>
</article></main><footer class=footer><span>&copy; 2026 <a href=/>The Gazette</a></span>
<span>Powered by <a href=https://gohugo.io/>Hugo</a></span></footer>"""


def ghost(scene: Scene) -> str:
    """Ghost: a canvas of cards, a form to subscribe, and what to read next, by lot."""
    cards = "".join(
        f'<article class="gh-card post"><a class="gh-card-link" href="{url}"><div class="gh-card-wrapper">'
        f"<h3 "
        f'class="gh-card-title is-title">{markup(one.title)}</h3><p class="gh-card-excerpt is-body">'
        f'{lead(one)}</p><footer class="gh-card-meta"><span>{_day(scene)}</span></footer></div></a></article>'
        for url, one in scene.drawn(4)
    )
    return f"""<div class="gh-viewport"><header id="gh-navigation" class="gh-navigation is-left-logo
gh-outer"><nav
 class="gh-navigation-menu"><ul class="nav"><li class="nav-home"><a href="/">Home</a></li><li
class="nav-about"><a
 href="/about/">About</a></li></ul></nav></header><main class="gh-main"><article class="gh-article post
tag-news">
<header class="gh-article-header gh-canvas"><a class="gh-article-tag" href="/tag/news/">News</a><h1
class="gh-article-title
 is-title">{scene.title}</h1><div class="gh-article-meta"><h4 class="gh-article-author-name"><a
href="/author/e/">Editor</a></h4>
<div class="gh-article-meta-content"><time class="gh-article-meta-date">{_day(scene)}</time><span
 class="gh-article-meta-length"> — 2 min read</span></div></div></header>
<section class="gh-content gh-canvas is-body">{scene.text("p")}</section></article></main>
<section class="gh-container is-grid gh-outer"><div class="gh-container-inner gh-inner"><h2
class="gh-container-title">Read
 more</h2><div class="gh-feed">{cards}</div></div></section>
<section class="gh-cta"><h3>Sign up for more like this.</h3><form
data-members-form="signup"><button>Subscribe</button></form>
</section><footer class="gh-footer gh-outer"><div class="gh-footer-copyright">Powered by
Ghost</div></footer></div>"""


def blogger(scene: Scene) -> str:
    """Blogspot: the lines of a post end with `br`, its archive counts the posts."""
    lines = "<br /><br />".join(p if p.startswith("<") else markup(p) for p in scene.article.paragraphs)
    archive = "".join(
        f"<li class='archivedate'>{month} ({scene.round + 3})</li>" for month in ("March", "May")
    )
    return f"""<div class='content'><div class='header section' id='header'><div class='titlewrapper'>The
Gazette</div></div>
<div class='main-outer'><div class='columns fauxcolumns'><div class='column-center-outer'><div class='main
section' id='main'>
<div class='blog-posts hfeed'><div class='date-outer'><h2 class='date-header'><span>{_day(scene)}</span></h2>
<div class='post-outer'><div class='post hentry'><a name='{7_000 + scene.number}'></a><h3 class='post-title
entry-title'>
{scene.title}</h3><div class='post-header'></div><div class='post-body entry-content'
id='post-body-{7_000 + scene.number}'>
{lines}<div style='clear: both;'></div></div><div class='post-footer'><span class='post-author vcard'>Posted
by <span
 class='fn'>Editor</span></span> <span class='post-timestamp'>at <abbr class='published'>09:14</abbr></span>
<div class='post-share-buttons'><a class='share-email'><span>Email This</span></a><a
class='share-blog'><span>BlogThis!</span></a>
</div></div></div><div class='comments' id='comments'><h4>No comments:</h4><p class='comment-footer'><a>Post a
 Comment</a></p></div></div></div></div></div></div>
<div class='column-right-outer'><aside><div class='widget PopularPosts'><h2>Popular Posts</h2><div
class='widget-content'><ul>
{links(scene.drawn(3), "li")}</ul></div></div><div class='widget BlogArchive'><h2>Blog
Archive</h2><ul>{archive}</ul></div>
<div class='widget Stats'><h2>Total
Pageviews</h2><span>{scene.luck.randint(9_000, 99_000)}</span></div></aside></div></div></div>
</div>"""


def builder(scene: Scene) -> str:
    """A site builder: ids and classes without meaning, the text in spans, one box for each paragraph."""
    page = Random(f"components {scene.number}")
    text = "".join(
        f'<div id="comp-{_hex(page, 8)}" class="KcpHeO comp-{_hex(page, 8)} wixui-rich-text">{one}</div>'
        for one in scene.paragraphs("p", ' class="font_8 wixui-rich-text__text"')
    )
    more = "".join(
        f'<div class="JgqGzm"><div class="Xa4kq0"><h2 class="bD0vt9">{link(one)}</h2></div></div>'
        for one in _newest(scene)[:3]
    )
    return f"""<div id="SITE_CONTAINER"><div id="main_MF" class="main_MF"><div id="SCROLL_TO_TOP"
class="Vd6aQZ ignore-focus">
<span class="mHZSwn">top of page</span></div><header id="SITE_HEADER" class="x4zVYf"><nav class="PJ4KCX"><ul
class="qzvPmv">
<li class="itemDepth0"><a href="/"><p class="Kc_pgu">Home</p></a></li><li class="itemDepth0"><a
href="/news"><p
 class="Kc_pgu">News</p></a></li></ul></nav></header><main id="PAGES_CONTAINER"><div id="SITE_PAGES"><div
id="c1dmp" class="dBAkHi">
<section class="Oqnisf"><div class="HT5ybB"><h1 class="font_2 wixui-rich-text__text"><span
style="font-size:48px">{scene.title}</span>
</h1></div><div class="MW5IWV">{text}</div></section><section class="Oqnisf"><div class="w2kxi1"><p
class="font_7">Recent Posts</p>
{more}</div></section></div></div></main><footer id="SITE_FOOTER" class="SJoQhP"><p class="font_9">©2026 by
The Gazette. Proudly
 created with a builder. Visit no. {scene.luck.randint(1_000, 9_000)}</p></footer></div></div>"""


def table_page(scene: Scene) -> str:
    """Tables as the layout, the text of a cell in lines that end with `br`."""
    lines = "<br><br>\n".join(p if p.startswith("<") else markup(p) for p in scene.article.paragraphs)
    rows = "".join(f'<tr><td class="mini" height="18">» {link(one)}</td></tr>' for one in _newest(scene))
    return f"""<table width="980" cellpadding="0" cellspacing="0" align="center"><tr><td colspan="3"
bgcolor="#003366"><a href="/">The
 Gazette</a> | <a href="/news.asp">News</a> | <a href="/contact.asp">Contact</a></td></tr>
<tr><td width="170" valign="top"><table width="100%"><tr><td
class="boxhead">Latest</td></tr>{rows}</table></td>
<td valign="top" class="maincell"><h1>{scene.title}</h1><span
class="date">{_day(scene)}</span><br><br>{lines}<br><br>
<a href="/print.asp?id={scene.number}">Print</a> <a href="/send.asp?id={scene.number}">Send to a
friend</a></td>
<td width="150" valign="top"><table><tr><td
class="boxhead">Weather</td></tr><tr><td>{scene.luck.randint(-5, 30)} degrees,
 {scene.luck.choice(WEATHER)}</td></tr></table></td></tr>
<tr><td colspan="3" class="foot">Copyright 2026. Page seen {scene.luck.randint(10, 900)}
times.</td></tr></table>"""


def plain(scene: Scene) -> str:
    """A header, a story, related stories and a side column in `div` with few classes."""
    related = "".join(f"<div>{link(one)}<p>{lead(one[1])}</p></div>" for one in scene.drawn(4))
    return f"""<div><div><a href="/">The Gazette</a></div><ul><li><a href="/">Home</a></li><li><a
href="/news">News</a></li></ul>
<div><span>Breaking:</span><ul><li>{scene.luck.choice(WEATHER)} in the bay</li></ul></div></div>
<div class="wrap"><div><div><h1>{scene.title}</h1><div><span>{_day(scene)}</span> <span>by Ann Reed</span>
<span>{scene.luck.randint(100, 9_000)} views</span></div></div><div>{scene.text("p")}
<p>Subscribe to our weekly newsletter and never miss a ship again.</p><div><h3>Share this</h3><ul><li><a
href="https://x.example">X</a></li>
<li><a href="https://t.example">T</a></li></ul></div></div></div><div><h3>Related
posts</h3>{related}</div></div>
<div class="side"><div><h2>Weather</h2><p>{scene.luck.randint(-5, 30)} degrees and
{scene.luck.choice(WEATHER)}</p></div>
<div><h2>Recent posts</h2><ul>{links(_newest(scene), "li")}</ul></div>
<div>Visitors online: {scene.luck.randint(3, 99)}</div></div><div><p>© 2026 The Gazette. token
{_hex(scene.luck)}</p></div>"""


def right_to_left(scene: Scene) -> str:
    """A Persian agency: a grid, a clock, a ticker, the most read by rank, a short address."""
    ranks = "".join(
        f'<li><span class="num">{rank}</span>{link(one)}</li>' for rank, one in enumerate(scene.drawn(5), 1)
    )
    clock = f"{scene.luck.randint(10, 23)}:{scene.luck.randint(10, 59)}"
    return f"""<div dir="rtl"><div class="top-bar"><span class="clock">{clock}</span><ul
class="menu-list"><li><a href="/">صفحه نخست</a></li>
<li><a href="/archive">آرشیو</a></li></ul><div class="ticker">{links(_newest(scene)[:3], "span")}</div></div>
<div class="container"><div class="row"><div class="col-md-8 right-col"><div class="news-box"><div
class="news-info">
<span class="news-code">کد خبر: {90_000 + scene.number}</span><span class="news-visit">بازدید:
{scene.luck.randint(10, 900)}</span></div>
<h1 class="news-title">{scene.title}</h1><div
class="news-body">{scene.text("p", ' style="text-align: justify;"')}</div>
<div class="news-tools"><input class="short-link" value="https://g.example/{scene.number}"><a
href="/print/{scene.number}">نسخه چاپی</a>
</div></div><div class="other-news"><div class="box-title">اخبار
مرتبط</div><ul>{links(scene.drawn(3), "li")}</ul></div></div>
<div class="col-md-4 left-col"><div class="box"><div class="box-title">پربازدیدترین‌ها</div><ul
class="most">{ranks}</ul></div></div></div></div>
<div class="footer">تمامی حقوق برای این پایگاه محفوظ است.</div></div>"""


def press(scene: Scene) -> str:
    """Press releases of two sentences, each with the same words about the office, and others below."""
    others = "".join(
        f'<div class="pr-item"><i class="pr-date">{_day(scene)}</i> {link(one)}<p>{lead(one[1])}</p></div>'
        for one in _newest(scene)[:4]
    )
    return f"""<div class="page"><div class="head"><a href="/">Harbour Office</a><div class="nav"><a
href="/press">Press</a>
<a href="/jobs">Jobs</a></div></div><div class="content"><div class="pr"><div
class="pr-date">{_day(scene)}</div>
<h2>{scene.title}</h2><div class="pr-text">{scene.text("p")}</div><div class="pr-about"><b>About the Harbour
Office</b>
<p>The Harbour Office runs nine quays and a lock, and has been in the same house since 1874.</p></div>
<div class="pr-contact">Press contact: Ida Storm, room 12, telephone 555 0199</div></div>
<div class="pr-more"><h3>More press releases</h3>{others}</div></div><div class="foot">Imprint</div></div>"""


def long_list(scene: Scene) -> str:
    """A text that is mostly a long list; beside it another list, of links."""
    return f"""<div class="bar"><a href="/">Town Hall</a></div><div class="cols"><div
class="main"><h1>{scene.title}</h1>{scene.text("p")}
<div class="tools"><a href="/pdf/{scene.number}">PDF</a> <a href="#top">Top</a></div></div><div
class="links"><h4>See also</h4><ul>
{links(_newest(scene), "li")}</ul></div></div><div class="foot">Town Hall, {scene.luck.randint(1, 60)} people
wait now</div>"""


def banner(scene: Scene) -> str:
    """Every third page has a banner in the text, whichever that is at this fetch."""
    parts = scene.paragraphs("p")
    if scene.number % 3 == 0:
        parts.insert(len(parts) // 2, f'<div class="promo"><p>{scene.luck.choice(BANNERS)}</p></div>')
    return f"""<div id="nav"><a href="/">Home</a> <a href="/news">News</a></div><div id="page"><div
id="story"><h1>{scene.title}</h1>
<div class="by">Ann Reed, {_day(scene)}</div><div class="text">{"".join(parts)}</div></div><div
id="rail"><h3>Latest</h3>
{links(_newest(scene), "div")}</div></div><div id="foot">© 2026 The Gazette</div>"""


_ALL = (
    *(drupal, joomla, typo3, squarespace, hugo, ghost, blogger, builder),
    *(table_page, plain, right_to_left, press, long_list, banner),
)
SYSTEMS: Mapping[str, Layout] = {layout.__name__: layout for layout in _ALL}
"""All of these layouts by name."""

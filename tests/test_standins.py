"""What stands in for an article with status 200 is known by several signs; what only speaks of it is read."""

from __future__ import annotations

import pytest

from variorum.crawler.classification.anatomy import Anatomy
from variorum.crawler.classification.comparison import ComparedView, LastVersion
from variorum.crawler.classification.outcome import RULES, Context, Outcome, judge
from variorum.crawler.classification.response import ResponseView
from variorum.crawler.fetch_result import FetchResult

URL = "https://post.ormhead.example/stories/17/"
KEY = "post.ormhead.example/stories/17"
MENU = "".join(
    f"<li><a href='/{name}/'>{name.title()}</a></li>"
    for name in ["harbour", "town", "sea", "people", "letters"]
)
STORY = [
    "The harbour board met on Tuesday to speak about the old pier and the two cranes that stand on it.",
    "Nobody had asked for the cranes since the herring left, said the keeper, and nobody would buy them now.",
    "Three fishermen offered to take the iron away in their boats, at no cost to the town, before winter.",
    "The board thanked them, counted the votes twice, and put the matter off until the tide is low in March.",
    "Until then the pier stays closed to carts and open to everybody who walks on his own two feet.",
]
TITLE = "The old pier stays closed"


def themed(title: str, content: str, *, head: str = "", lang: str = "en", end: str = "</body></html>") -> str:
    """A page of the Ormhead Post, with its menus around the content."""
    return (
        f"<!doctype html><html lang='{lang}'><head><meta charset='utf-8'><title>{title} | Ormhead Post"
        f"</title>{head}</head><body><header><a href='/'>Ormhead Post</a><nav><ul>{MENU}</ul></nav></header>"
        f"<main>{content}</main><aside><h2>Most read</h2><ul>{MENU}</ul></aside>"
        f"<footer><p>The Ormhead Post, Quay 3, Ormhead. All rights reserved.</p></footer>{end}"
    )


def alone(title: str, content: str, head: str = "") -> str:
    """A page that has nothing of a site around it."""
    return f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{content}</body></html>"


def article(title: str, *paragraphs: str) -> str:
    text = "".join(f"<p>{one}</p>" for one in paragraphs)
    return f"<article><h1>{title}</h1>{text}</article>"


def fetched(body: str | bytes) -> FetchResult:
    return FetchResult(
        url=URL,
        final_url=URL,
        fetched_at="2026-11-22T02:41:43Z",
        status=200,
        headers={"content-type": "text/html; charset=utf-8"},
        body=body.encode() if isinstance(body, str) else body,
        encoding="utf-8",
    )


WHOLE = themed(TITLE, article(TITLE, *STORY))
LAST = LastVersion("\n".join(STORY), ResponseView(fetched(WHOLE)))
KNOWN = Context(KEY, KEY, last_had_end=True, last=LAST)
FIRST = Context(KEY, KEY)


def rule_of(body: str, context: Context) -> str:
    view = ComparedView(fetched(body), context.last)
    return next(rule.name for rule in RULES if rule.holds(view, context))


WITHDRAWN = [
    "This article has been removed.",
    "This article was removed at the request of a person who is named in it.",
    "We are sorry, this page is no longer available.",
    "Sorry, the story you are looking for has been taken down.",
    "This post has been deleted by its author.",
    "We have withdrawn this article because two of its figures were wrong.",
    "متأسفانه این مطلب حذف شده است.",
    "این خبر دیگر در دسترس نیست.",
    "این گزارش به دلایل حقوقی حذف شد.",
    "The editors have withdrawn this article.",
    "This story has since been deleted, and we regret it.",
    "Dieser Artikel wurde auf Wunsch seines Verfassers gelöscht.",
    "Nous avons retiré cet article.",
    "این نوشته به درخواست نویسنده حذف شد. این نوشته حذف شده است.",
    "اين مقاله حذف شده است",
    "تمّ حذف هذا المقال.",
    "تمت إزالة هذه الصفحة بطلب من الكاتب.",
    "هذا المحتوى لم يعد متاحًا.",
    "Ky artikull është hequr.",
    "Na vjen keq, ky artikull është hequr.",
    "Kjo faqe nuk është më e disponueshme.",
    "Cet article a été retiré à la demande de son auteur.",
    "Cette page n’est plus disponible.",
    "Dieser Artikel wurde entfernt.",
    "Leider ist diese Meldung nicht mehr da: Dieser Beitrag wurde gelöscht.",
    "Dieser Beitrag ist nicht mehr verfügbar.",
]


@pytest.mark.parametrize("notice", WITHDRAWN)
def test_a_notice_in_place_of_a_known_article_says_that_it_is_gone(notice: str) -> None:
    for body in (
        themed(TITLE, article(TITLE, notice)),
        themed(TITLE, f"<h1>{notice}</h1>"),
        themed(
            "Ormhead Post",
            f"<div class='notice'><strong>{notice}</strong></div><p>Our editors thank you.</p>",
        ),
        alone("Ormhead Post", f"<p>{notice}</p>"),
    ):
        verdict = judge(fetched(body), KNOWN)
        assert verdict.outcome is Outcome.gone, (verdict, body)
        assert "withdrawn" in verdict.reason


def test_a_bare_notice_is_no_first_version_either() -> None:
    body = themed(TITLE, article(TITLE, "This article has been removed."))
    assert judge(fetched(body), FIRST).outcome is Outcome.gone


WALLS: dict[str, list[tuple[str, str]]] = {
    "away": [
        (
            "whole page",
            alone("Ormhead Post", "<h1>We'll be back soon!</h1><p>Our site is being updated.</p>"),
        ),
        (
            "own title",
            alone(f"{TITLE} | Ormhead Post", "<p>The site is currently undergoing maintenance.</p>"),
        ),
        ("in the theme", themed(TITLE, "<h1>Back soon</h1><p>We are carrying out maintenance tonight.</p>")),
        ("fa", alone("پست", "<h1>سایت در دست تعمیر است</h1><p>به زودی برمی‌گردیم.</p>")),
        ("fa own words", alone("پست", "<p>وب سایت ما موقتاً در دسترس نیست. لطفا بعدا سر بزنید.</p>")),
        ("ar", alone("الصحيفة", "<h1>الموقع تحت الصيانة</h1><p>سنعود إليكم قريبًا.</p>")),
        ("sq", alone("Posta", "<h1>Jemi në mirëmbajtje</h1><p>Do të kthehemi së shpejti.</p>")),
        ("fr", alone("La Poste", "<h1>Bientôt</h1><p>Notre site est actuellement en maintenance.</p>")),
        (
            "de",
            alone("Die Post", "<h1>Einen Augenblick</h1><p>Wir führen gerade Wartungsarbeiten durch.</p>"),
        ),
    ],
    "firewall": [
        (
            "own title",
            alone(f"{TITLE} | Ormhead Post", "<h1>Checking that you are human</h1><p>One moment.</p>"),
        ),
        ("ids", alone(TITLE, "<p>Request blocked by our security system. Your IP: 198.51.100.7</p>")),
        ("in the theme", themed(TITLE, "<h1>Security check</h1><p>Tick the box to go on to the story.</p>")),
        (
            "own words",
            alone(
                "Ormhead Post",
                "<h2>Hold on</h2><p>We see unusual activity from your network, and want to make sure you"
                " are not a robot before the story goes on.</p><button>I am a person</button>",
            ),
        ),
        ("fa", alone("پست", "<p>برای ادامه ثابت کنید که ربات نیستید.</p>")),
        ("ar", alone("الصحيفة", "<p>يرجى التأكد من أنك لست روبوتًا للمتابعة.</p>")),
        ("sq", alone("Posta", "<p>Kërkesa juaj u bllokua. Provoni që nuk jeni robot.</p>")),
        ("fr", alone("La Poste", "<p>Votre requête a été bloquée par le pare-feu de ce site.</p>")),
        ("de", alone("Die Post", "<p>Ihre Anfrage wurde blockiert. Vorgang 7f3a99c01b22.</p>")),
    ],
    "login page": [
        (
            "form",
            themed(
                "Log in", "<h1>Log in to continue</h1><form><input name='u'><input type='password'></form>"
            ),
        ),
        ("own title", themed(TITLE, "<h2>Members</h2><form><input name=u><input type=password></form>")),
        (
            "no password",
            themed(
                TITLE, "<h1>Sign in to read</h1><button>Sign in with Google</button><button>Sign in</button>"
            ),
        ),
        ("fa", themed("ورود", "<h1>ورود به سایت</h1><form><input type='password'></form>")),
        ("ar", themed("تسجيل الدخول", "<h1>تسجيل الدخول</h1><form><input type='password'></form>")),
        ("sq", themed("Hyr", "<h1>Identifikohuni</h1><form><input type='password'></form>")),
        ("fr", themed("Connexion", "<h1>Connectez-vous</h1><form><input type='password'></form>")),
        ("de", themed("Anmelden", "<h1>Bitte melden Sie sich an</h1><form><input type='password'></form>")),
    ],
    "suspended": [
        (
            "cPanel",
            alone("Account Suspended", "<h1>Account Suspended</h1><p>This Account has been suspended.</p>"),
        ),
        ("own title", alone(TITLE, "<p>This website has been suspended. Contact your hosting provider.</p>")),
        ("fa", alone("تعلیق", "<p>این حساب مسدود شده است.</p>")),
        ("ar", alone("موقوف", "<p>تم تعليق هذا الحساب. اتصل بمزود الاستضافة.</p>")),
        ("sq", alone("Llogaria", "<p>Kjo llogari është pezulluar.</p>")),
        ("fr", alone("Hébergement", "<p>Ce compte a été suspendu.</p>")),
        ("de", alone("Hosting", "<p>Diese Website wurde gesperrt.</p>")),
    ],
    "parked domain": [
        (
            "for sale",
            alone("post.ormhead.example", "<h1>This domain is for sale</h1><p>Make an offer today.</p>"),
        ),
        ("expired", alone("Expired", "<p>The domain has expired. Is this your domain? Renew it now.</p>")),
        (
            "mark",
            alone(
                "Ormhead", "<p>Related searches</p><script src='https://img.sedoparking.com/x.js'></script>"
            ),
        ),
        ("fa", alone("دامنه", "<p>این دامنه به فروش می‌رسد.</p>")),
        ("ar", alone("نطاق", "<p>هذا النطاق للبيع.</p>")),
        ("sq", alone("Domen", "<p>Ky domen është në shitje.</p>")),
        ("fr", alone("Domaine", "<p>Ce nom de domaine est à vendre.</p>")),
        ("de", alone("Domain", "<p>Diese Domain steht zum Verkauf.</p>")),
    ],
    "welcome page": [
        (
            "nginx",
            alone(
                "Welcome to nginx!",
                "<h1>Welcome to nginx!</h1><p>If you see this page, the nginx web server is successfully"
                " installed and working. Further configuration is required.</p>",
            ),
        ),
        (
            "Apache",
            alone(
                "Apache2 Ubuntu Default Page: It works",
                "<p>This is the default welcome page used to test the correct operation of the Apache2.</p>"
                + "<p>Its files lie in a folder that this page explains at length, for whoever runs it.</p>"
                * 15,
            ),
        ),
        ("it works", "<html><body><h1>It works!</h1></body></html>"),
        ("IIS", alone("IIS Windows Server", "<img src='iisstart.png'>")),
    ],
    "error page": [
        ("plain", "Internal Server Error"),
        ("own title", alone(TITLE, "<h1>Something went wrong</h1>")),
        ("in the theme", themed(TITLE, "<h1>500</h1><p>An unexpected error has occurred.</p>")),
        ("fa", alone("خطا", "<h1>خطای سرور</h1>")),
        ("de", alone("Fehler", "<p>Ein unerwarteter Fehler ist aufgetreten.</p>")),
    ],
    "WordPress error": [
        (
            "wp_die",
            "<!DOCTYPE html><html><head><title>WordPress &rsaquo; Error</title></head><body id='error-page'>"
            "<div class='wp-die-message'><p>Sorry, you are not allowed to do that.</p></div></body></html>",
        ),
        ("title alone", alone("WordPress &rsaquo; Error", "<p>The link that you followed is too old.</p>")),
        ("title fa", alone("WordPress › خطا", "<p>پیوند شما منقضی شده است.</p>")),
        ("title de", alone("WordPress › Fehler", "<p>Der Link ist abgelaufen.</p>")),
        ("critical", themed(TITLE, "<p>There has been a critical error on this website.</p>")),
        ("critical fr", alone("Poste", "<p>Il y a eu une erreur critique sur ce site.</p>")),
        ("critical fa", alone("پست", "<p>یک خطای مهم در این وب‌سایت رخ داده است.</p>")),
        ("critical ar", alone("الصحيفة", "<p>لقد حدث خطأ فادح في هذا الموقع.</p>")),
    ],
    "PHP error": [
        (
            "within the theme",
            themed(
                TITLE,
                f"<article><h1>{TITLE}</h1><br />\n<b>Fatal error</b>:  Uncaught Error: undefined function"
                " pier() in /var/www/themes/quay/single.php:31\nStack trace:\n#0 {main}\n  thrown in"
                " <b>/var/www/themes/quay/single.php</b> on line <b>31</b><br />",
                end="",
            ).partition("<aside>")[0],
        ),
        (
            "after the article",
            WHOLE.partition("</main>")[0]
            + "<b>Parse error</b>: unexpected end of file in <b>/srv/quay/footer.php</b> on line <b>4</b>",
        ),
        (
            "in place of the article, with a footer",
            themed(
                TITLE, "<p>Fatal error: Allowed memory size exhausted in /srv/quay/loop.php on line 210</p>"
            ),
        ),
    ],
    "shell": [
        (
            "noscript",
            alone(
                "Ormhead Post",
                "<noscript>You need to enable JavaScript to run this app.</noscript><div id='root'></div>"
                "<script src='/static/main.js'></script>",
            ),
        ),
        ("root", themed(TITLE, "<div id='__next'></div><script src='/a.js'></script>")),
        ("text", alone(TITLE, "<p>Please enable JavaScript to read the Ormhead Post.</p><script>1</script>")),
        (
            "de",
            alone(
                TITLE, "<div id=app></div><noscript>Bitte JavaScript aktivieren.</noscript><script>1</script>"
            ),
        ),
    ],
    "bare": [
        ("own words", alone(TITLE, "<p>The lamp is out. Come again when it burns.</p>")),
        (
            "a coat of paint",
            alone(TITLE, "<p>We give the Post a new coat of paint. Come back in an hour.</p>"),
        ),
        ("fa", alone(TITLE, "<p>لطفاً چند دقیقهٔ دیگر دوباره به این نشانی سر بزنید.</p>")),
    ],
}
CASES = [
    pytest.param(name, body, id=f"{name}: {what}") for name, made in WALLS.items() for what, body in made
]


@pytest.mark.parametrize(("name", "body"), CASES)
def test_what_answers_in_place_of_a_known_article_is_known(name: str, body: str) -> None:
    verdict = judge(fetched(body), KNOWN)
    assert verdict.outcome not in (Outcome.ok, Outcome.gone, Outcome.moved, Outcome.truncated), verdict
    assert rule_of(body, KNOWN) in {name, "login", "maintenance page", "challenge"}


AT_FIRST = [
    pytest.param(body, id=f"{name}: {what}")
    for name, made in WALLS.items()
    for what, body in made
    if name not in ("bare", "PHP error", "login page")
    and "theme" not in what
    and what not in ("ids", "mark", "root")
]


@pytest.mark.parametrize("body", AT_FIRST)
def test_the_clear_ones_of_them_are_no_first_version_either(body: str) -> None:
    assert judge(fetched(body), FIRST).outcome in (Outcome.blocked, Outcome.failed, Outcome.maintenance)


VENDORS = [
    f"Vendor {number} stores and reads information on your device and measures how stories perform."
    for number in range(1, 60)
]
CONSENT = {
    "long, own title": alone(
        f"{TITLE} | Ormhead Post",
        "<main><h1>We value your privacy</h1><p>We and our partners ask for your consent before you go"
        " on.</p>"
        + "".join(f"<p>{one}</p>" for one in VENDORS)
        + "<button>Accept all</button><button>Settings</button></main>",
    ),
    "short": alone(
        "Ormhead Post",
        "<h1>Before you continue</h1><p>We use cookies to show you the Ormhead Post.</p><a href='?ok'>I"
        " agree</a>",
    ),
    "in a dialog": alone(
        TITLE,
        "<div role='dialog'><h2>Cookie preferences</h2><p>This site uses cookies and asks for your"
        " consent.</p>"
        "<a role='button' class='btn'>Accept all cookies</a></div>",
    ),
    "fa": alone(
        "پست",
        "<h1>حریم خصوصی شما برای ما مهم است</h1><p>این سایت از کوکی استفاده می‌کند و رضایت شما را"
        " می‌خواهد.</p>"
        "<button>می‌پذیرم</button>",
    ),
    "ar": alone(
        "الصحيفة",
        "<h1>نحن نقدّر خصوصيتك</h1><p>يستخدم هذا الموقع ملفات تعريف الارتباط ويطلب موافقتك.</p>"
        "<button>قبول الكل</button>",
    ),
    "sq": alone(
        "Posta",
        "<h1>Ne e vlerësojmë privatësinë tuaj</h1><p>Kjo faqe përdor cookies dhe kërkon pëlqimin tuaj.</p>"
        "<button>Pranoj të gjitha</button>",
    ),
    "fr": alone(
        "La Poste",
        "<h1>Nous respectons votre vie privée</h1><p>Nos partenaires et nous demandons votre"
        " consentement.</p>"
        "<button>Tout accepter</button>",
    ),
    "de": alone(
        "Die Post",
        "<h1>Wir schätzen Ihre Privatsphäre</h1><p>Unsere Partner und wir bitten um Ihre Einwilligung.</p>"
        "<button>Alle akzeptieren</button>",
    ),
}


@pytest.mark.parametrize("name", CONSENT)
def test_a_consent_page_is_none_of_the_site_s_however_long_it_is(name: str) -> None:
    verdict = judge(fetched(CONSENT[name]), KNOWN)
    assert verdict.outcome is Outcome.blocked
    assert "consent" in verdict.reason
    if name != "in a dialog":
        assert judge(fetched(CONSENT[name]), FIRST).outcome is Outcome.blocked


def test_a_consent_page_in_the_site_s_own_theme_is_known_beside_the_article_that_stood_there() -> None:
    text = "".join(f"<p>{one}</p>" for one in VENDORS)
    body = themed(TITLE, f"<h1>We value your privacy</h1>{text}<button>Accept all</button>")
    assert judge(fetched(body), KNOWN).outcome is Outcome.blocked


def not_free(value: str) -> str:
    return (
        f'<script type="application/ld+json">{{"@type":"NewsArticle","isAccessibleForFree":{value}}}</script>'
    )


def cut(box: str, head: str = "", paragraphs: int = 2) -> str:
    return themed(
        TITLE, article(TITLE, *STORY[:paragraphs]).replace("</article>", f"{box}</article>"), head=head
    )


BOXES = {
    "metered": "<div class='regwall'><h2>You have read your three free stories this"
    " month</h2><p>Subscribe for four"
    " crowns a month to read this story to its end.</p><a href='/subscribe'>Subscribe</a></div>",
    "continue": "<div class='box'><p>Continue reading with a subscription to the Ormhead Post.</p></div>",
    "log in": "<div class='box'><h3>Already a subscriber?</h3><a class='btn' href='/in'>Log in</a></div>",
    "members": "<p class='more'>The rest of this story is for members only.</p>",
    "fa": "<div><p>برای خواندن ادامهٔ این گزارش مشترک شوید.</p></div>",
    "ar": "<div><p>اشترك لقراءة بقية المقال. هذا المحتوى للمشتركين فقط.</p></div>",
    "sq": "<div><p>Abonohuni për të vazhduar leximin.</p></div>",
    "fr": "<div><p>La suite est réservée aux abonnés.</p></div>",
    "de": "<div><p>Jetzt weiterlesen: dieser Artikel ist nur für Abonnenten.</p></div>",
}


@pytest.mark.parametrize("name", BOXES)
@pytest.mark.parametrize("paragraphs", [0, 1, 2])
def test_a_box_that_cuts_a_known_article_makes_no_half_of_it_a_version(name: str, paragraphs: int) -> None:
    verdict = judge(fetched(cut(BOXES[name], paragraphs=paragraphs)), KNOWN)
    assert verdict.outcome is Outcome.blocked, verdict
    assert "paywall" in verdict.reason


@pytest.mark.parametrize("value", ["false", '"False"', '"http://schema.org/False"', ' "false"'])
def test_a_cut_article_that_says_that_it_is_not_free_and_did_not_before_is_no_version(value: str) -> None:
    assert judge(fetched(cut("", not_free(value))), KNOWN).outcome is Outcome.blocked
    assert judge(fetched(cut("", not_free("true"))), KNOWN).outcome is Outcome.ok


def test_a_metered_article_is_no_first_version() -> None:
    assert judge(fetched(cut(BOXES["metered"], not_free("false"))), FIRST).outcome is Outcome.blocked
    assert judge(fetched(cut(BOXES["metered"])), FIRST).outcome is Outcome.blocked


@pytest.mark.parametrize(
    "head",
    [
        "<meta itemprop='isAccessibleForFree' content='false'>",
        "<meta content='False' itemprop='isAccessibleForFree'>",
        "<meta property='article:content_tier' content='metered'>",
    ],
)
def test_microdata_and_meta_tags_say_so_too(head: str) -> None:
    assert judge(fetched(cut("", head)), KNOWN).outcome is Outcome.blocked


def test_an_article_that_is_not_free_and_whole_is_read() -> None:
    body = themed(TITLE, article(TITLE, *STORY), head=not_free("false"))
    assert judge(fetched(body), KNOWN).outcome is Outcome.ok
    assert judge(fetched(body), FIRST).outcome is Outcome.ok


def test_an_article_that_was_never_free_may_be_shortened() -> None:
    before = themed(TITLE, article(TITLE, *STORY), head=not_free("false"))
    known = Context(KEY, KEY, last=LastVersion("\n".join(STORY), ResponseView(fetched(before))))
    assert judge(fetched(cut("", not_free("false"))), known).outcome is Outcome.ok


def test_an_article_that_an_editor_shortens_is_read_though_a_box_to_subscribe_always_stood_below() -> None:
    box = "<div class='subscribe-box'><p>Subscribe to read the Ormhead Post at breakfast.</p></div>"
    before = cut(box, paragraphs=5)
    known = Context(KEY, KEY, last=LastVersion("\n".join(STORY), ResponseView(fetched(before))))
    assert judge(fetched(cut(box)), known).outcome is Outcome.ok


ON_WALLS = {
    "consent": [
        "Every reader has met the sentence “We value your privacy” on top of a page that values nothing"
        " of it.",
        "Cookies are asked for by a button that says Accept all, and refused behind three more pages.",
        "The court held that consent is no consent where the vendors are listed by the hundred.",
        "Our partners, the banner says, store information on your device; it does not say why.",
    ],
    "paywalls": [
        "Whoever opens the third story of the month reads “subscribe to continue reading” in its place.",
        "The meter counts free articles this month by a cookie that anybody can delete.",
        "Editors say that members only pages bring in less than the kiosk did.",
        "A page for subscribers only is read by few, and quoted by fewer.",
    ],
    "maintenance": [
        "The lift of the harbour tower is down for maintenance until Easter, the board announced.",
        "“We'll be back soon” hangs on its door since the autumn of last year.",
        "Scheduled maintenance took four days in the past, and nobody knows what is scheduled now.",
    ],
    "hacking": [
        "Visitors of the bank's pages were asked to verify you are human by a box that was none of the"
        " bank's.",
        "“Your request has been blocked” was all that customers read for two days, from any address.",
        "The firewall held back 198.51.100.7, which was the bank's own office.",
    ],
    "suspension": [
        "“This account has been suspended” stood where the mayor's page had been for nine years.",
        "Her hosting provider says that a bill was not paid; she says that it was.",
    ],
    "domains": [
        "The old name of the Ormhead Post is free again, and this domain is for sale for ninety crowns.",
        "Whoever makes an offer on this domain gets no readers with it.",
    ],
    "web servers": [
        "“Welcome to nginx!” was the whole page for a week, and people wrote letters about it to the editor.",
        "If you see this page, the nginx web server is successfully installed, it said, and nobody knew"
        " what that is.",
    ],
    "lost pages": [
        "The museum of lost pages opens on Sunday with four hundred and four sheets of paper.",
        "“Page not found” is written on the first, and “this article has been removed” on the last.",
        "Its director says that an error is a letter from a machine that means well.",
    ],
    "PHP": [
        "A line like Fatal error: Uncaught Error in /var/www/index.php on line 12 ends a page where it"
        " stands.",
        "Whoever reads it should write to the owner of the page, who may never have seen it.",
        "There has been a critical error on this website, says WordPress in the same case, to everybody.",
    ],
    "passwords": [
        "Log in to continue, the library says since Monday, and asks for a card that costs nothing.",
        "A password of nine letters is enough, says the librarian, if none of them is a name.",
    ],
    "JavaScript": [
        "“You need to enable JavaScript to run this app” is the first sentence that many search engines"
        " read.",
        "A page that needs JavaScript is an empty page to whoever reads with the fingers.",
    ],
    "fa": [
        "«این مطلب حذف شده است» جمله‌ای است که خوانندگان این روزنامه بیش از هر جملهٔ دیگری دیده‌اند.",
        "سردبیر می‌گوید سایت در دست تعمیر است، اما کسی باور نمی‌کند و همه پیش از ادامه می‌پرسند چرا.",
    ],
    "ar": [
        "قرأ الناس عبارة «الموقع تحت الصيانة» ثلاثة أيام ولم يعرف أحد متى تنتهي الصيانة.",
        "وقال المحرر إن المقال لم يحذف، وإن عبارة تم حذف هذا المقال كتبها قارئ غاضب.",
    ],
    "sq": [
        "“Ky artikull është hequr” ishte fjalia e parë që lexuan banorët e portit të hënën në mëngjes.",
        "Redaktori tha se faqja është në mirëmbajtje dhe se askush nuk ka fshirë asgjë me qëllim.",
    ],
    "fr": [
        "« Cet article a été supprimé » : la phrase est devenue le titre d'une exposition au musée du port.",
        "Le site est en maintenance, disait l'affiche, et les visiteurs attendaient devant la porte.",
    ],
    "de": [
        "„Dieser Artikel wurde entfernt“ steht auf der ersten Tafel des Museums der verlorenen Seiten.",
        "Wir sind bald zurück, versprach das Schild, das seit dem Frühjahr an der Tür hängt.",
    ],
}
SPEAKING = [
    "We value your privacy",
    "Back soon",
    "Account suspended",
    "404",
    "Log in to continue",
    "Access denied",
]


@pytest.mark.parametrize("name", ON_WALLS)
def test_an_article_that_speaks_of_walls_is_read(name: str) -> None:
    text = ON_WALLS[name]
    banner = "<div class='cookie-banner'><p>We use cookies.</p><button>Accept all</button></div>"
    for title in (f"On {name}", f"What {name} taught us in the year of the two storms"):
        for body in (
            themed(title, article(title, *text)),
            themed(title, article(title, *text) + banner),
            themed(title, article(title, text[0])),
            alone(title, article(title, *text)),
        ):
            assert judge(fetched(body), FIRST).outcome is Outcome.ok, judge(fetched(body), FIRST)
            known = Context(KEY, KEY, last=LastVersion("\n".join(text), ResponseView(fetched(body))))
            edited = body.replace("</h1>", "</h1><p>Corrected on the third of March, at noon.</p>")
            assert judge(fetched(edited), known).outcome is Outcome.ok, judge(fetched(edited), known)


@pytest.mark.parametrize("name", ON_WALLS)
def test_a_known_article_that_is_rewritten_about_walls_is_read(name: str) -> None:
    """Where the article's own words are wholly others, and it is as long as an article."""
    long = ON_WALLS[name] + [f"{one} So it was said again at the fair." for one in reversed(STORY)]
    title = f"On {name}"
    assert judge(fetched(themed(title, article(title, *long))), KNOWN).outcome is Outcome.ok


@pytest.mark.parametrize("title", SPEAKING)
def test_an_article_is_read_though_its_title_is_that_of_a_wall(title: str) -> None:
    body = themed(title, article(title, *STORY))
    assert judge(fetched(body), FIRST).outcome is Outcome.ok


BRIEFS = [
    "The ferry leaves at noon.",
    "Closed on Monday. Open again on Tuesday.",
    "The article on the cranes was removed from the agenda by the board.",
    "Water will be cut off in Quay Street for maintenance on Friday, from eight to ten.",
    "The library asks all members to renew their cards before they continue.",
    "The domain of the old duke is for sale: forty acres, a mill and a wood.",
    "Her account of the storm has been suspended in the museum, on four strings.",
    "Police blocked the bridge after an attack of wasps.",
    "An error in our last issue: the pier is 90 metres long, and not 900.",
]


@pytest.mark.parametrize("brief", BRIEFS)
def test_a_short_brief_is_read_at_first_sight_and_in_place_of_another_text(brief: str) -> None:
    for title in ("In brief", "From the town"):
        body = themed(title, article(title, brief))
        assert judge(fetched(body), FIRST).outcome is Outcome.ok, judge(fetched(body), FIRST)
        assert judge(fetched(body), KNOWN).outcome is Outcome.ok, judge(fetched(body), KNOWN)
        assert judge(fetched(alone(title, f"<h1>{title}</h1><p>{brief}</p>")), FIRST).outcome is Outcome.ok


def test_a_page_whose_text_is_for_readers_without_scripts_is_read() -> None:
    login = "<form><input name='u'><input type='password'></form>"
    body = alone(
        TITLE,
        f"<div id='app'></div><noscript>{article(TITLE, *STORY * 2)}</noscript>{login}<script>1</script>",
    )
    assert judge(fetched(body), FIRST).outcome is Outcome.ok
    assert judge(fetched(body), KNOWN).outcome is Outcome.ok


def test_a_page_that_stays_as_it_is_and_has_a_form_of_these_in_a_corner_is_read() -> None:
    corner = (
        "<section><h2>Log in to continue</h2><form><input type='password'></form></section>"
        "<section><p>Subscribe to continue reading our letters.</p><button>Accept all</button></section>"
        "<noscript>Please enable JavaScript.</noscript><div id='app'></div><script>1</script>"
    )
    assert judge(fetched(WHOLE.replace("</main>", f"{corner}</main>")), KNOWN).outcome is Outcome.ok


HOSTILE = {
    "headings": "<h1>We value your privacy</h1>" * 60_000,
    "errors": "fatal error :" * 150_000,
    "not free": "isAccessibleForFree : " * 90_000,
    "buttons": "<input type='submit' value='accept'>" * 50_000,
    "blocks": "<p>cookies and consent are wanted here</p>" * 45_000,
    "depth": "<div>" * 400_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_of_a_hostile_page_a_bounded_part_is_compared(name: str) -> None:
    long = LastVersion("\n".join(f"Block number {number} stood here before it." for number in range(5_000)))
    view = ComparedView(fetched(HOSTILE[name]), long)
    assert judge(view.fetched, Context(KEY, KEY, last=long)).reason
    assert len(view.anatomy.headings) <= 100
    assert len(view.anatomy.prose) <= 20_000
    assert len(view._all_blocks) <= 301


LONG = "The ferry to Ormhead left the quay at nine with few aboard. " * 20
PARTS = {
    "an article": f"<h1>The ferry</h1><p>{LONG}</p>",
    "a menu of paragraphs": f"<nav><h1>Pages</h1><p>{LONG}</p></nav><h2>The ferry</h2>",
    "an article within a link": f"<a href='/'><h1>The ferry</h1><p>{LONG}</p></a>",
    "an article in a header": f"<header><h1>The ferry</h1><p>{LONG}</p></header>",
    "an article in a frame of its own": f"<main><header><h1>The ferry</h1><p>{LONG}</p></header></main>",
    "a box with a role": f"<div role='navigation'><h1>Pages</h1><p>{LONG}</p></div><h1>The ferry</h1>",
    "a heading with a block inside": "<h2>One<div>two</div>three</h2><h1>The ferry</h1>",
    "hardly a word": "<h1>The ferry</h1><p>It left.</p>",
}


@pytest.mark.parametrize("html", PARTS.values(), ids=PARTS)
def test_what_is_seen_without_the_walk_over_a_page_is_what_the_walk_finds(html: str) -> None:
    page = Anatomy(f"<html><body>{html}</body></html>")
    words = sum(len(block.split()) for block in page.prose)
    assert page.has_prose_of(100) in (False, words >= 100)
    assert page.plain_headline in ("", *page.main_headings)


def test_an_article_is_seen_without_the_walk() -> None:
    page = Anatomy(f"<html><body>{PARTS['an article']}</body></html>")
    assert page.has_prose_of(100)
    assert page.plain_headline == "the ferry"

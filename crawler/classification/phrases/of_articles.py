"""The phrases of pages in place of an article: withdrawn, login, consent, subscription, JavaScript."""

from __future__ import annotations

import re

from variorum.crawler.classification.phrases.lists import combined, phrases

WITHDRAWN = phrases(
    combined(
        "This article|This story|This post|This page|This item|This content|This news item|This entry"
        "|The article you are looking for|The article you requested|The story you are looking for"
        "|The page you are looking for|The page you requested|The content you are looking for"
        "|The post you are looking for|The content you requested|The article|The content",
        "was removed|has been removed|had to be removed|was withdrawn|has been withdrawn|was deleted"
        "|has been deleted|has been taken down|was taken down|has been taken offline"
        "|has been unpublished"
        "|has been retracted|was retracted|is no longer available|is not available anymore"
        "|is no longer online|no longer exists|has expired|is no longer published"
        "|has been permanently removed"
        "|has been removed by|has since been removed|has since been deleted",
    ),
    "We have removed this article|We have withdrawn this article|We removed this article"
    "|We have taken this article down|We have taken down this article|Article removed|Article withdrawn"
    "|Page removed|Content removed|Story removed|Post deleted|Article no longer available",
    combined(
        "این مطلب|این نوشته|این مقاله|این خبر|این صفحه|این پست|این گزارش|این محتوا|این متن"
        "|مطلب مورد نظر|صفحه مورد نظر|خبر مورد نظر|مطلب مورد نظر شما|صفحه مورد نظر شما",
        "حذف شد|حذف شده است|حذف شده|پاک شده است|برداشته شده است|برداشته شد|پس گرفته شده است|پس گرفته شد"
        "|دیگر در دسترس نیست|از دسترس خارج شده است|دیگر موجود نیست|از سایت حذف شده است|از سایت حذف شد",
    ),
    combined(
        "هذا المقال|هذا الخبر|هذه الصفحة|هذا المحتوى|هذا المنشور|هذه المقالة|المقال|الصفحة المطلوبة"
        "|هذا التقرير|هذا الموضوع|المقال المطلوب",
        "تم حذف|تمت إزالة|تم سحب|حذف|حذفت|سحب|أزيل|أزيلت|لقد تم حذف|لقد تمت إزالة|تمت ازاله",
        last_verb=False,
    ),
    "هذا المقال لم يعد متاحا|هذا المقال لم يعد متوفرا|هذه الصفحة لم تعد متاحة|هذا المحتوى لم يعد متاحا"
    "|لم يعد هذا المقال متاحا|لم يعد هذا المحتوى متاحا|لم تعد هذه الصفحة متاحة|هذا الخبر لم يعد متاحا",
    combined(
        "Ky artikull|Ky shkrim|Kjo faqe|Ky lajm|Ky postim|Kjo përmbajtje|Ky tekst|Artikulli që kërkoni"
        "|Faqja që kërkoni",
        "është hequr|është fshirë|u hoq|u fshi|është tërhequr|u tërhoq|është larguar"
        "|nuk është më i disponueshëm"
        "|nuk është më e disponueshme|nuk ekziston më|nuk gjendet më",
    ),
    combined(
        "Cet article|Cette page|Ce contenu|Ce billet|Cette publication|Ce texte"
        "|L'article que vous cherchez"
        "|La page que vous cherchez|L'article demandé",
        "a été supprimé|a été supprimée|a été retiré|a été retirée|n'est plus disponible"
        "|n'est plus en ligne"
        "|n'existe plus|a été dépublié|a été effacé|a été effacée",
    ),
    combined(
        "Dieser Artikel|Dieser Beitrag|Diese Seite|Dieser Inhalt|Dieser Text|Diese Meldung"
        "|Der gesuchte Artikel|Die gesuchte Seite|Der Artikel|Der Beitrag",
        "wurde entfernt|wurde gelöscht|wurde zurückgezogen|ist nicht mehr verfügbar"
        "|ist nicht mehr abrufbar"
        "|wurde offline genommen|existiert nicht mehr|steht nicht mehr zur Verfügung"
        "|ist nicht mehr online",
    ),
)
"""A notice in place of an article that its site has withdrawn."""

LOGIN_HEADINGS = phrases(
    "Log in|Login|Sign in|Log in to continue|Sign in to continue|Please log in|Please sign in"
    "|Member login"
    "|Members only|Log in to read|Log in to your account|Sign in to your account"
    "|Authentication required"
    "|You must log in|You need to log in|Login required|Sign in to read|Log in to read on"
    "|Log in or register"
    "|ورود|ورود به سایت|ورود اعضا|ورود به حساب|وارد شوید|لطفا وارد شوید|برای ادامه وارد شوید"
    "|ورود کاربران"
    "|تسجيل الدخول|سجل الدخول|دخول الأعضاء|يرجى تسجيل الدخول|سجل الدخول للمتابعة"
    "|Hyr|Hyrje|Kyçu|Kyçuni|Identifikohu|Identifikohuni|Hyni për të vazhduar|Connexion|Se connecter"
    "|Connectez-vous"
    "|Identifiez-vous|Identification|Veuillez vous connecter|Connectez-vous pour continuer|Anmelden"
    "|Anmeldung|Einloggen"
    "|Bitte melden Sie sich an|Bitte anmelden|Anmeldung erforderlich|Login erforderlich"
    "|Melden Sie sich an"
)
LOGIN_CONTROLS = phrases(
    "Log in|Login|Sign in|Log in with|Sign in with Google|Continue with Google|Continue with e-mail"
    "|Log on"
    "|ورود|وارد شوید|تسجيل الدخول|دخول|Hyr|Kyçu|Identifikohu|Connexion|Se connecter|Anmelden|Einloggen"
)

CONSENT_HEADINGS = phrases(
    "We value your privacy|Your privacy|Your privacy choices|Your privacy matters"
    "|We care about your privacy"
    "|Your privacy is important to us|Before you continue|Cookies on this site|This site uses cookies"
    "|This website uses cookies|We use cookies|Manage consent|Manage your consent|Cookie consent"
    "|Consent|Your consent"
    "|Privacy settings|Cookie settings|Cookie preferences|We need your consent|We ask for your consent"
    "|Cookies and privacy|Privacy and cookies|Your cookie choices|Before you go on|Your choice"
    "|Your data your choice"
    "|We respect your privacy|You control your data|Accept cookies to continue"
    "|Data protection settings",
    "ما به حریم خصوصی شما احترام می‌گذاریم|حریم خصوصی شما|حریم خصوصی شما برای ما مهم است"
    "|به حریم خصوصی شما اهمیت می‌دهیم"
    "|ما به حریم خصوصی شما اهمیت می‌دهیم|این سایت از کوکی استفاده می‌کند|پیش از ادامه|رضایت شما"
    "|تنظیمات کوکی|کوکی‌ها"
    "|نحن نقدر خصوصيتك|نقدر خصوصيتك|خصوصيتك تهمنا|نحترم خصوصيتك|نهتم بخصوصيتك"
    "|هذا الموقع يستخدم ملفات تعريف الارتباط"
    "|قبل المتابعة|إعدادات ملفات تعريف الارتباط|موافقتك|خصوصيتكم تهمنا|نحن نهتم بخصوصيتك"
    "|نحن نحترم خصوصيتك",
    "Ne e vlerësojmë privatësinë tuaj|E vlerësojmë privatësinë tuaj|Privatësia juaj"
    "|Ky sajt përdor cookies"
    "|Kjo faqe përdor cookies|Para se të vazhdoni|Pëlqimi juaj"
    "|Privatësia juaj është e rëndësishme për ne"
    "|Nous respectons votre vie privée|Votre vie privée"
    "|Le respect de votre vie privée est notre priorité"
    "|Votre vie privée nous importe|Votre vie privée est importante|Ce site utilise des cookies"
    "|Avant de continuer"
    "|Gérer vos cookies|Votre consentement|Gestion des cookies|Paramètres des cookies|Vos choix"
    "|Wir schätzen Ihre Privatsphäre|Ihre Privatsphäre|Ihre Privatsphäre ist uns wichtig"
    "|Diese Website verwendet Cookies"
    "|Diese Seite verwendet Cookies|Wir verwenden Cookies|Bevor Sie fortfahren|Ihre Einwilligung"
    "|Datenschutzeinstellungen"
    "|Cookie Einstellungen|Ihre Datenschutzeinstellungen|Wir respektieren Ihre Privatsphäre"
    "|Ihre Zustimmung",
)
CONSENT_WORDS = phrases(
    "cookie|cookies|consent|privacy|advertising|third parties|your data|personal data|our partners"
    "|vendor|vendors"
    "|information on your device"
    "|legitimate interest|کوکی|کوکیها|کوکی ها|رضایت|حریم خصوصی|ملفات تعريف الارتباط|الكوكيز|موافقة"
    "|موافقتك|خصوصيتك|خصوصيتكم"
    "|شركائنا|شركاؤنا|pëlqim|pëlqimin|pëlqimi|privatësia|privatësinë|partnerët tanë|consentement"
    "|vie privée|nos partenaires"
    "|Einwilligung|Zustimmung|Datenschutz|Privatsphäre|unsere Partner"
)
ACCEPTS = phrases(
    "Accept|Accept all|Accept all cookies|Accept cookies|Accept and continue|Accept and close|I accept"
    "|I agree|Agree"
    "|Agree and continue|Agree and close|Agree to all|Allow all|Allow all cookies|Allow cookies|Allow"
    "|Consent|I consent"
    "|Yes I agree|OK I agree|Got it|Accept recommended settings|Yes I accept|Accept everything|OK"
    "|Continue|Agree all"
    "|می‌پذیرم|میپذیرم|پذیرش|پذیرش همه|پذیرفتن همه|قبول|قبول می‌کنم|قبول دارم|موافقم|تأیید|تایید"
    "|تأیید و ادامه|قبول همه"
    "|همه را می‌پذیرم|ادامه|قبول الكل|أوافق|موافق|أقبل|موافقة|السماح للكل"
    "|قبول جميع ملفات تعريف الارتباط|قبول الجميع"
    "|الموافقة على الكل|متابعة|Pranoj|Prano|Pranoj të gjitha|Prano të gjitha|Pajtohem|Jam dakord"
    "|Dakord|Lejo të gjitha"
    "|Pranoji të gjitha|Vazhdo|Accepter|Tout accepter|J'accepte|Accepter et continuer|Accepter tout"
    "|Accepter et fermer"
    "|Je suis d'accord|D'accord|Autoriser tous les cookies|Accepter les cookies"
    "|Accepter tous les cookies|Continuer"
    "|Akzeptieren|Alle akzeptieren|Alles akzeptieren|Zustimmen|Zustimmen und weiter|Ich stimme zu"
    "|Einverstanden"
    "|Akzeptieren und weiter|Alle Cookies akzeptieren|Alle zulassen|Annehmen|Allen zustimmen|Weiter"
    "|Akzeptieren und schließen"
)
"""The labels of buttons of a consent page."""

PAYWALL = phrases(
    "continue reading|keep reading|read the rest|read the full article|read the full story"
    "|read the whole story"
    "|read the whole article|read this story to its end|read this article to the end|to read on"
    "|to go on reading"
    "|subscribe to read|subscribe to continue|subscribe now to read|subscribe for full access"
    "|sign up to read"
    "|register to read|register to continue|register for free to|log in to read|sign in to read"
    "|free articles this month|free stories this month|free articles left|free stories left"
    "|last free article"
    "|of your free articles|reached your limit of free|reached the limit of free|article limit"
    "|free article limit"
    "|already a subscriber|already a member|for subscribers only|for our subscribers|for subscribers"
    "|subscriber exclusive"
    "|subscribers only|only available to subscribers|available to subscribers|members only"
    "|for members only"
    "|reserved for subscribers|exclusive to subscribers|become a subscriber|become a member to read"
    "|unlock this article"
    "|unlock this story|start your free trial|start your subscription|this article is not free"
    "|buy this article",
    "برای خواندن ادامه|برای ادامه مطلب|ادامه این مطلب|برای مشاهده ادامه|برای خواندن متن کامل"
    "|برای مطالعه ادامه"
    "|مشترک شوید|اشتراک تهیه کنید|ویژه مشترکان|ویژه مشترکین|مخصوص مشترکان|ویژه اعضا|ویژه اعضای سایت"
    "|سهم رایگان شما"
    "|مقاله رایگان|اشتراک بخرید|فقط برای مشترکان|خرید اشتراک",
    "لمتابعة القراءة|لمواصلة القراءة|لإكمال القراءة|لقراءة المزيد اشترك|اشترك لقراءة|اشترك الآن"
    "|للمشتركين فقط"
    "|خاص بالمشتركين|حصري للمشتركين|مقالات مجانية|المقالات المجانية|للأعضاء فقط|هل أنت مشترك"
    "|اشترك للمتابعة",
    "Vazhdoni leximin|për të vazhduar leximin|për të lexuar më tej|Abonohuni për të|Abonohu për të"
    "|vetëm për abonentët"
    "|artikuj falas|artikujt falas|Jeni tashmë abonent|për abonentë",
    "Continuez votre lecture|pour continuer votre lecture|pour continuer la lecture|pour lire la suite"
    "|lire la suite de l'article"
    "|Abonnez-vous pour|réservé aux abonnés|réservé à nos abonnés|réservée aux abonnés"
    "|articles gratuits|déjà abonné"
    "|Il vous reste|la suite est réservée|s'abonner pour lire|article réservé",
    "Weiterlesen mit|um weiterzulesen|Jetzt weiterlesen|Jetzt abonnieren|nur für Abonnenten"
    "|für Abonnenten|exklusiv für Abonnenten"
    "|Bereits Abonnent|Sie sind bereits Abonnent|kostenlosen Artikel|kostenlose Artikel"
    "|kostenfreien Artikel|Artikel freischalten"
    "|um den ganzen Artikel zu lesen|um den Artikel weiterzulesen|den vollständigen Artikel lesen"
    "|Abo abschließen",
)
"""The phrases of a box that cuts an article."""
PAYWALL_MARKS = re.compile(
    r"pay-?wall|reg-?wall|metered|meter-?(?:wall|limit|box)|subscriber-?only|subscribers-?only|subscription-?wall"
    r"|members-?only|premium-?(?:wall|gate|content-?box)|read-?more-?wall|content-?gate|article-?gate|login-?wall"
    r"|piano-?(?:offer|template)|tp-?modal|leaky|truncated-?(?:article|content)|subscribe-?(?:box|wall|prompt|gate)"
)
"""Classes of such a box."""
NOT_FREE = re.compile(
    r"isaccessibleforfree[\"']?\s*[:\s]\s*[\"']?(?:https?://schema\.org/)?(?:false|no\b|0\b)"
    r"|\bfalse isaccessibleforfree|content_tier (?:metered|locked)"
)
"""JSON-LD or microdata, in lower case, that declares a page as not free."""

NEEDS_SCRIPT = phrases(
    "enable JavaScript|enable Javascript to run this app|JavaScript is required|requires JavaScript"
    "|JavaScript is disabled"
    "|need JavaScript|needs JavaScript|turn on JavaScript|without JavaScript|activate JavaScript"
    "|JavaScript enabled"
    "|جاوااسکریپت|جاوا اسکریپت|جافا سكريبت|جافاسكريبت|JavaScript aktiv|aktivizoni JavaScript"
    "|aktivizo JavaScript"
    "|activer JavaScript|activez JavaScript|nécessite JavaScript|JavaScript aktivieren"
    "|aktivieren Sie JavaScript"
    "|benötigt JavaScript"
)

NOT_FOUND = phrases(
    "could not be found|couldn't be found|can't be found|cannot be found|can not be found|was not found"
    "|page not found|does not exist|doesn't exist|no longer exists|nothing was found|nothing found|is"
    " not here"
    "|یافت نشد|پیدا نشد|وجود ندارد|غير موجودة|غير موجود|لم يتم العثور|لا توجد|nuk u gjet|nuk u gjend|nuk"
    " ekziston"
    "|introuvable|n'existe pas|n'existe plus|non trouvée|pas été trouvée|nicht gefunden|existiert nicht"
)
"""The phrases of a "not found" page."""
NOT_FOUND_HEADINGS = phrases(
    "404|Error 404|404 error|404 not found|Not found|Page not found|404 page not found|Oops that page"
    " can't be found"
    "|That page can't be found|This page could not be found|Post not found|Nothing found|Article not found"
    "|صفحه پیدا نشد|صفحه یافت نشد|برگه پیدا نشد|برگه یافت نشد|نوشته پیدا نشد|الصفحة غير موجودة|لم يتم"
    " العثور على الصفحة"
    "|Faqja nuk u gjet|Faqja nuk u gjend|Page introuvable|Page non trouvée|Seite nicht gefunden"
)

WITHDRAWN_ENDS = (
    (
        phrases("این مطلب|این نوشته|این مقاله|این خبر|این صفحه|این پست|این گزارش|این محتوا"),
        phrases("حذف شد|حذف شده است|حذف شده|پاک شد|برداشته شد|برداشته شده است|پس گرفته شد|پس گرفته شده است"),
    ),
    (
        phrases(
            "Dieser Artikel wurde|Dieser Beitrag wurde|Diese Seite wurde|Dieser Text wurde|Diese Meldung"
            " wurde"
        ),
        phrases("entfernt|gelöscht|zurückgezogen|offline genommen|vom Netz genommen"),
    ),
)
"""The beginning and the end of such a notice, in languages that put the verb last."""
WITHDRAWN_BY = phrases(
    "have withdrawn this article|has withdrawn this article|have removed this article|has removed this"
    " article"
    "|have retracted this article|have deleted this article|have taken this article down|removed this story"
    "|withdrawn this story|removed this post|deleted this post|have taken this story down|avons retiré"
    " cet article"
    "|avons supprimé cet article|haben diesen Artikel entfernt|haben diesen Beitrag entfernt"
    "|haben diesen Artikel zurückgezogen|e kemi hequr këtë artikull|kemi hequr këtë artikull|قمنا بحذف"
    " هذا المقال"
    "|حذفنا هذا المقال|این مطلب را حذف کرده ایم|این مطلب را حذف کردیم"
)
"""Who has withdrawn an article, before its name."""
ACCEPT_WORDS = phrases(
    "accept|agree|agreed|consent|allow|akzeptieren|akzeptiere|zustimmen|stimme zu|annehmen|einverstanden"
    "|erlauben"
    "|accepter|accepte|autoriser|d'accord|pranoj|prano|pranoji|pajtohem|dakord|lejo|قبول|أوافق|موافق"
    "|أقبل|موافقة"
    "|الموافقة|السماح|پذیرش|می‌پذیرم|میپذیرم|پذیرفتن|موافقم|تأیید"
)
"""Words on the button of a consent page."""

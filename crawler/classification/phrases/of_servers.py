"""The phrases of pages in place of a whole site: maintenance, firewalls, hosting, web servers."""

from __future__ import annotations

from variorum.crawler.classification.phrases.lists import combined, phrases

MAINTENANCE = phrases(
    combined(
        "The site|This site|Our site|The website|This website|Our website|This page|The service"
        "|The portal|We",
        "is undergoing maintenance|is currently undergoing maintenance"
        "|is undergoing scheduled maintenance"
        "|is down for maintenance|is currently down for maintenance|is down for scheduled maintenance"
        "|is under maintenance|is currently under maintenance|is temporarily unavailable"
        "|is being updated"
        "|is currently unavailable due to maintenance|is unavailable due to maintenance"
        "|is offline for maintenance"
        "|is closed for maintenance|is in maintenance mode|are undergoing maintenance"
        "|are down for maintenance"
        "|are currently down for maintenance|are performing maintenance"
        "|are performing scheduled maintenance"
        "|are carrying out maintenance|are doing some maintenance|are currently performing maintenance"
        "|are currently undergoing maintenance|will be back soon|will be back shortly"
        "|will be back online shortly"
        "|will be right back|are updating our site|are updating the site|are working on the site",
    ),
    "We'll be back soon|We'll be right back|We'll be back shortly|Be right back|Please check back soon"
    "|Please check back later|Please come back later|Please try again in a few minutes"
    "|Down for maintenance",
    combined(
        "سایت|وب سایت|این سایت|سایت ما|وب سایت ما|وبسایت|وبسایت ما",
        "در حال به‌روزرسانی است|در حال بروزرسانی است|در حال بروز رسانی است|در دست تعمیر است"
        "|در حال تعمیر است"
        "|در دست تعمیر و نگهداری است|در حال تعمیر و نگهداری است|موقتا در دسترس نیست"
        "|به طور موقت در دسترس نیست"
        "|در دسترس نمی باشد|موقتا تعطیل است|در دست بروزرسانی است|در دست ساخت است",
    ),
    "به زودی برمی‌گردیم|به زودی باز می‌گردیم|به زودی بازمی‌گردیم|بزودی برمیگردیم|بزودی باز می گردیم"
    "|چند دقیقه دیگر دوباره تلاش کنید|لطفا بعدا دوباره مراجعه کنید",
    combined(
        "الموقع|موقعنا|هذا الموقع",
        "تحت الصيانة|قيد الصيانة|في وضع الصيانة|مغلق للصيانة|غير متاح مؤقتا|تحت التحديث|يخضع للصيانة"
        "|متوقف للصيانة|يخضع حاليا للصيانة|قيد التحديث",
    ),
    "سنعود قريبا|سنعود إليكم قريبا|سوف نعود قريبا|نعود قريبا|نقوم حاليا بأعمال صيانة|نجري أعمال صيانة"
    "|نقوم بأعمال الصيانة|يرجى المحاولة لاحقا",
    combined(
        "Faqja|Sajti|Faqja jonë|Sajti ynë|Kjo faqe|Uebfaqja|Uebfaqja jonë",
        "është në mirëmbajtje|është nën mirëmbajtje|është përkohësisht e padisponueshme|po mirëmbahet"
        "|është duke u përditësuar|po përditësohet|nuk është e disponueshme përkohësisht",
    ),
    "Jemi në mirëmbajtje|Do të kthehemi së shpejti|Kthehemi së shpejti|Rikthehemi së shpejti"
    "|Ju lutemi provoni më vonë|Po kryejmë punime mirëmbajtjeje",
    combined(
        "Le site|Notre site|Ce site|Le site web|Notre site web",
        "est en maintenance|est en cours de maintenance|est actuellement en maintenance"
        "|est temporairement indisponible"
        "|est fermé pour maintenance|est momentanément indisponible"
        "|est indisponible pour cause de maintenance",
    ),
    "Nous revenons bientôt|Nous serons bientôt de retour|Nous serons de retour|De retour bientôt"
    "|Site en maintenance"
    "|Merci de revenir plus tard|Veuillez réessayer plus tard|Opération de maintenance en cours",
    combined(
        "Die Seite|Diese Seite|Unsere Seite|Die Website|Diese Website|Unsere Website|Die Webseite"
        "|Unsere Webseite",
        "wird gerade gewartet|wird gewartet|wird derzeit gewartet|ist vorübergehend nicht erreichbar"
        "|ist derzeit nicht erreichbar|ist vorübergehend nicht verfügbar|wird gerade überarbeitet"
        "|befindet sich im Wartungsmodus|ist wegen Wartungsarbeiten nicht erreichbar",
    ),
    "Wir führen Wartungsarbeiten durch|Wir führen gerade Wartungsarbeiten durch|Wir sind bald zurück"
    "|Wir sind gleich wieder da|Wir sind bald wieder da|Wir sind in Kürze wieder da"
    "|Wir sind bald wieder für Sie da"
    "|Wir sind in Kürze wieder für Sie da|Bitte versuchen Sie es später noch einmal"
    "|Bitte schauen Sie später wieder vorbei",
)
"""A notice of a site that is unavailable for a while."""
MAINTENANCE_WORDS = phrases(
    "maintenance|back soon|back shortly|temporarily unavailable|under construction|check back"
    "|come back later"
    "|تعمیر|بروزرسانی|به روزرسانی|به روز رسانی|به زودی|بزودی|صيانة|الصيانة|للصيانة|قريبا"
    "|mirëmbajtje|mirëmbajtjeje|së shpejti|bientôt|maintenance en cours|Wartung|Wartungsarbeiten"
    "|Wartungsmodus|gewartet"
)
MAINTENANCE_HEADINGS = phrases(
    "Maintenance|Maintenance mode|Under maintenance|Site under maintenance|Scheduled maintenance"
    "|Back soon"
    "|We'll be back soon|We'll be right back|Be right back|Down for maintenance|Site maintenance"
    "|Website maintenance"
    "|We will be back soon|Temporarily unavailable|Site temporarily unavailable|Under construction"
    "|Coming soon"
    "|در دست تعمیر|سایت در دست تعمیر است|در حال بروزرسانی|در حال به‌روزرسانی|به زودی برمی‌گردیم"
    "|تعمیر و نگهداری"
    "|تحت الصيانة|الموقع تحت الصيانة|قيد الصيانة|صيانة|سنعود قريبا|Në mirëmbajtje|Mirëmbajtje"
    "|Kthehemi së shpejti"
    "|En maintenance|Site en maintenance|Maintenance en cours|De retour bientôt|Nous revenons bientôt"
    "|Wartungsmodus|Wartungsarbeiten|Wartung|Wir sind bald zurück|Wir sind gleich wieder da"
)

FIREWALL = phrases(
    "verify you are human|verify you're human|verify that you are human|verifying you are human"
    "|confirm you are human|confirm that you are human|check that you are human"
    "|checking that you are human"
    "|checking if you are human|make sure you are human|prove you are human|prove that you are human"
    "|make sure you are not a robot|confirm that you are not a robot|confirm you are not a robot"
    "|sure you're not a robot"
    "|prove you are not a robot|prove that you are not a robot|verify you are not a robot"
    "|are you a robot|are you human"
    "|I'm not a robot|I am not a robot|checking your browser|checking your connection|unusual traffic"
    "|unusual activity from|suspicious activity from|automated requests|your request has been blocked"
    "|your request was blocked|your request could not be processed|this request has been blocked"
    "|this request was blocked|you have been blocked|you are blocked|your access has been blocked"
    "|your access to this site|access to this page has been denied|access to this site has been denied"
    "|access to this page is denied|your IP address has been blocked|your IP has been blocked"
    "|your IP address is blocked|enable JavaScript and cookies|complete the security check"
    "|completing the security check|a security check|protect itself from online attacks"
    "|protects itself from online attacks"
    "|web application firewall|DDoS protection|security verification|performing a security check"
    "|too many requests from your|protected by a firewall|the firewall of this site"
    "|blocked by the firewall"
    "|blocked for security reasons",
    "ثابت کنید که ربات نیستید|ربات نیستید|ربات نیستم|در حال بررسی مرورگر شما|بررسی مرورگر"
    "|دسترسی شما مسدود شده است|دسترسی شما مسدود شد|دسترسی شما به این سایت|درخواست شما مسدود شد"
    "|درخواست شما مسدود شده است|آی پی شما مسدود|ترافیک غیرعادی|ترافیک غیر عادی|انسان هستید"
    "|دیوار آتش سایت|بررسی امنیتی",
    "أنك لست روبوتا|لست روبوتا|لست روبوت|لست برنامج روبوت|جاري التحقق من متصفحك|التحقق من متصفحك"
    "|أنك إنسان"
    "|تم حظر طلبك|تم حظر وصولك|تم رفض طلبك|حركة مرور غير عادية|تم حظر عنوان|فحص أمني|التحقق الأمني"
    "|جدار الحماية",
    "nuk jeni robot|nuk jam robot|Po kontrollojmë shfletuesin tuaj|Kërkesa juaj u bllokua"
    "|Kërkesa juaj është bllokuar"
    "|Qasja juaj është bllokuar|Aksesi juaj është bllokuar|trafik i pazakontë|jeni njeri"
    "|kontroll sigurie",
    "que vous êtes humain|que vous êtes un humain|vous n'êtes pas un robot|Je ne suis pas un robot"
    "|Votre requête a été bloquée|Votre demande a été bloquée|Votre accès a été bloqué"
    "|trafic inhabituel"
    "|activité inhabituelle|vérification de votre navigateur|vérifions votre navigateur"
    "|contrôle de sécurité"
    "|pare-feu de ce site|vérification de sécurité",
    "dass Sie ein Mensch sind|dass Sie kein Roboter sind|Ich bin kein Roboter"
    "|Ihre Anfrage wurde blockiert"
    "|Ihre Anfrage wurde abgelehnt|Ihr Zugriff wurde blockiert|Ihr Zugriff wurde gesperrt"
    "|ungewöhnlichen Datenverkehr"
    "|ungewöhnliche Aktivität|Ihr Browser wird überprüft|Ihre IP Adresse wurde|Sicherheitsüberprüfung"
    "|Sicherheitsprüfung",
)
"""A message of a firewall to the visitor."""
FIREWALL_WORDS = phrases(
    "ray id|incident id|event id|reference id|request id|support id|firewall|captcha|security service"
    "|security system"
    "|blocked|too many requests|robot|robots|bot|access denied|forbidden|not authorized|your IP|human"
    "|attack|attacks"
    "|مسدود|ربات|دسترسی غیرمجاز|امنیتی|محظور|مرفوض|روبوت|الأمان|robot|bllokuar|humain|bloqué"
    "|accès refusé"
    "|Roboter|blockiert|gesperrt|Zugriff verweigert"
)
FIREWALL_HEADINGS = phrases(
    "Access denied|Forbidden|403 Forbidden|Just a moment|One moment please|Security check"
    "|Security verification"
    "|Human verification|Bot verification|Are you a robot|Are you human|Are you a human"
    "|Attention required"
    "|Request blocked|You have been blocked|Sorry you have been blocked|Access blocked|Blocked"
    "|Checking your browser"
    "|Verify you are human|Please verify you are human|Checking that you are human|Request rejected"
    "|Too many requests"
    "|Please wait|Not acceptable|Pardon our interruption|Robot check|Verification required|Verification"
    "|دسترسی غیرمجاز|دسترسی مسدود شد|بررسی امنیتی|لطفا صبر کنید|تم رفض الوصول|الوصول مرفوض"
    "|التحقق الأمني"
    "|Qasja u refuzua|Aksesi u refuzua|Kontroll sigurie|Accès refusé|Accès bloqué"
    "|Vérification de sécurité"
    "|Contrôle de sécurité|Zugriff verweigert|Zugriff blockiert|Sicherheitsüberprüfung"
    "|Sicherheitsprüfung"
)

SUSPENDED = phrases(
    combined(
        "This account|Your account|This site|This website|This domain|This hosting account|The account"
        "|The hosting account|This web site|The website you are looking for",
        "has been suspended|is suspended|has been disabled|has been deactivated|is currently suspended"
        "|has been temporarily suspended",
    ),
    "Account suspended|Bandwidth limit exceeded|Site suspended|Website suspended|Hosting suspended",
    combined(
        "این حساب|این حساب کاربری|این اکانت|حساب میزبانی این سایت|سرویس میزبانی این سایت|هاست این سایت"
        "|این سایت",
        "مسدود شده است|معلق شده است|تعلیق شده است|به حالت تعلیق درآمده است|مسدود است",
    ),
    "تم تعليق هذا الحساب|هذا الحساب موقوف|تم إيقاف هذا الحساب|تم إيقاف هذا الموقع|تم تعليق هذا الموقع"
    "|الحساب موقوف"
    "|تم تعليق حساب الاستضافة|Kjo llogari është pezulluar|Llogaria është pezulluar"
    "|Kjo faqe është pezulluar"
    "|Ce compte a été suspendu|Compte suspendu|Ce site a été suspendu|Ce compte est suspendu"
    "|Ce site est suspendu"
    "|Dieses Konto wurde gesperrt|Konto gesperrt|Diese Website wurde gesperrt"
    "|Dieser Account wurde gesperrt"
    "|Diese Seite wurde gesperrt|Account gesperrt|Dieses Hosting Konto wurde gesperrt",
)
SUSPENDED_WORDS = phrases("suspended|hosting provider|billing|تعليق|تعلیق|pezulluar|suspendu|gesperrt")
SUSPENDED_HEADINGS = phrases(
    "Account suspended|This account has been suspended|Site suspended|Website suspended|Suspended"
    "|Bandwidth limit exceeded|509 Bandwidth limit exceeded|حساب معلق|الحساب موقوف|Llogaria u pezullua"
    "|Compte suspendu"
    "|Konto gesperrt|Account gesperrt"
)

PARKED = phrases(
    "domain is for sale|domain may be for sale|domain name is for sale|domain name may be for sale"
    "|buy this domain"
    "|domain is parked|domain has expired|domain name has expired|domain expired|web page is parked"
    "|page is parked free"
    "|parked free courtesy of|domain was recently registered|domain has recently been registered"
    "|domain is available for purchase"
    "|inquire about this domain|make an offer on this domain|domain is available"
    "|domain has been registered"
    "|domain name has been registered|get this domain|this domain is registered|domain for sale"
    "|renew your domain",
    "این دامنه به فروش می‌رسد|دامنه به فروش می‌رسد|دامنه برای فروش|این دامنه فروشی است"
    "|این دامنه منقضی شده است"
    "|دامنه منقضی شده|فروش دامنه|هذا النطاق للبيع|النطاق معروض للبيع|النطاق للبيع|انتهت صلاحية النطاق"
    "|هذا الدومين للبيع"
    "|انتهت صلاحية هذا النطاق|domen është në shitje|domain është në shitje|domeni është në shitje"
    "|domeni ka skaduar"
    "|domaine est à vendre|domaine est peut être à vendre|domaine a expiré|acheter ce domaine"
    "|Domain steht zum Verkauf|Domain ist zu verkaufen|Domain kaufen|Domain ist abgelaufen"
    "|Domain wurde registriert"
    "|Domain ist geparkt",
)
PARKED_WORDS = phrases(
    "related searches|sponsored listings|related links|for sale|domain|دامنه|النطاق|domeni|domaine"
    "|verwandte suchanfragen"
)
PARKED_MARKS = (
    *("sedoparking", "parkingcrew", "bodis.com", "parklogic", "hugedomains.com", "dan.com/buy-domain"),
    *(
        "afternic.com/forsale",
        "parking-lander",
        "above.com/marketplace",
        "domainmarket.com",
        "parked-content",
    ),
)
"""Names within scripts and attributes of pages on unused domains."""

WELCOME = phrases(
    "if you see this page the nginx web server is successfully installed"
    "|if you see this page nginx is successfully installed"
    "|if you see this page the OpenResty web platform is successfully installed"
    "|this is the default welcome page used to test the correct operation of the"
    "|this page is used to test the proper operation of the|you have installed the Apache HTTP server"
    "|this is the default web page for this server"
    "|the web server software is running but no content has been added"
    "|this is a default index page for a new domain|this is the default page for"
    "|this is the default server page"
    "|your new web server is ready to use|your Caddy web server is working|web server is working but"
    "|the Apache web server is properly installed"
    "|if you are the owner of this website please contact your hosting provider"
    "|you ve successfully installed Tomcat|placeholder page|this website is powered by Plesk|you can now"
    " upload your website|this page is the default page"
)
WELCOME_HEADINGS = phrases(
    "Welcome to nginx|Welcome to nginx on Debian|Welcome to nginx on Ubuntu|Welcome to nginx on Fedora"
    "|Welcome to OpenResty|Apache2 Ubuntu Default Page It works|Apache2 Debian Default Page It works"
    "|Apache2 Default Page|Apache2 Ubuntu Default Page|Apache2 Debian Default Page"
    "|HTTP Server Test Page"
    "|HTTP Server Test Page powered by CentOS|Apache HTTP Server Test Page powered by CentOS"
    "|Testing 123"
    "|Test Page for the Apache HTTP Server|Test Page for the Nginx HTTP Server on Fedora|It works"
    "|Test Page for the HTTP Server on Fedora|IIS Windows Server|IIS7|IIS8"
    "|Internet Information Services"
    "|Welcome to CentOS|Default Web Site Page|Default page|Domain Default page"
    "|Web Server's Default Page"
    "|Caddy works|Congratulations|Future home of something quite cool|Welcome to your new website"
    "|Default Server Page"
)

WORDPRESS_CRITICAL = phrases(
    "There has been a critical error on this website|There has been a critical error on your website"
    "|یک خطای مهم در این وب سایت رخ داده است|یک خطای جدی در این وب سایت رخ داده است"
    "|خطای مهمی در این وب سایت رخ داده است"
    "|یک خطای مهم در وب سایت شما رخ داده است|لقد حدث خطأ فادح في هذا الموقع|حدث خطأ فادح في هذا الموقع"
    "|هناك خطأ فادح في موقعك"
    "|Pati një gabim kritik në këtë sajt|Në këtë sajt ka pasur një gabim kritik"
    "|Ka pasur një gabim kritik në këtë sajt"
    "|Il y a eu une erreur critique sur ce site|Il y a eu une erreur critique sur votre site"
    "|Es gab einen kritischen Fehler auf deiner Website"
    "|Es gab einen kritischen Fehler auf dieser Website"
    "|Auf dieser Website ist ein kritischer Fehler aufgetreten",
)
"""WordPress's message in place of the rest of a page, or of all of it."""

SERVER_ERROR = phrases(
    "internal server error|the server encountered an internal error|an internal error has occurred"
    "|an internal error occurred|an unexpected error has occurred|an unexpected error occurred"
    "|client side exception has occurred|upstream connect error|no healthy upstream"
    "|whoops looks like something went wrong"
    "|the server is temporarily unable to service your request|a server error has occurred"
    "|the application has encountered an error"
    "|the requested service is temporarily unavailable|error while processing your request"
    "|could not connect to the database|too many connections|uncaught exception|unhandled exception"
    "|traceback most recent call last|error in your sql syntax|mysql server has gone away|sqlstate"
    "|server error in application|we re sorry but something went wrong|error while rendering",
    "خطای داخلی سرور|خطای سرور|خطأ داخلي في الخادم|خطأ في الخادم|gabim i brendshëm i serverit"
    "|erreur interne du serveur|une erreur inattendue s'est produite"
    "|une erreur est survenue sur le serveur"
    "|interner Serverfehler|ein unerwarteter Fehler ist aufgetreten|Fehler auf dem Server",
)
SERVER_ERROR_WORDS = phrases(
    "error|fehler|erreur|gabim|خطا|خطأ|something went wrong|bad gateway|service unavailable|gateway timeout"
)
SERVER_ERROR_HEADINGS = phrases(
    "500|500 Internal Server Error|Internal Server Error|502|502 Bad Gateway|Bad Gateway|503"
    "|503 Service Unavailable"
    "|Service Unavailable|Service Temporarily Unavailable|503 Service Temporarily Unavailable|504"
    "|504 Gateway Timeout"
    "|504 Gateway Time out|Gateway Timeout|Gateway Time out|Error|Server Error|Error 500|Error 502"
    "|Error 503|Runtime Error"
    "|Application Error|Server Error in Application|An error occurred|Something went wrong"
    "|Oops something went wrong"
    "|Oops An Error Occurred|Whoops looks like something went wrong"
    "|Web server is returning an unknown error"
    "|Database error|Fatal error|Unexpected error|خطا|خطای سرور|خطأ|خطأ في الخادم|Gabim|Gabim serveri"
    "|Erreur|Erreur serveur"
    "|Erreur interne|Fehler|Serverfehler|Interner Serverfehler"
)
WORDPRESS_ERRORS = phrases("Error|خطا|خطأ|Gabim|Erreur|Fehler")

LOOSE = phrases(
    "come back|be back|is back|in an hour|a few minutes|in a moment|shortly|offline|updating|upgrade"
    "|upgrading|repair"
    "|repairs|unavailable|try again|reload|refresh|person|automated|visitor|visitors|browser|network"
    "|traffic|guard"
    "|security|reference|protect|protected|protection|suspicious|verify|check|checking|wait|hold on"
    "|sorry|apologies"
    "|apologize|inconvenience|down|closed for|blocked|denied|error|fault|failed|problem|hosting|domain"
    "|login|log in"
    "|sign in|password|subscribe|cookies|JavaScript|صبر کنید|دوباره|بعدا|موقتا|خطا|متاسفیم|پوزش|مرورگر"
    "|امنیت|بررسی"
    "|انتظر|لاحقا|مؤقتا|نعتذر|عذرا|متصفح|الأمان|يرجى|na vjen keq|më vonë|provoni|prisni|përkohësisht"
    "|shfletues|gabim"
    "|patientez|plus tard|désolé|excusez|réessayez|navigateur|sécurité|momentanément|entschuldigung"
    "|später|warten"
    "|Augenblick|vorübergehend|erneut|Sicherheit|Browser|Störung"
)
"""Words of any page that replaces another one; they count only if nothing of the site is left."""

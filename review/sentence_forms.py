"""Lists the forms of the sentences that are made in English, each with its translations in the catalogues.

What a value means follows from its name: see `review/sentences.py`.
"""

from __future__ import annotations

from variorum.review.languages import N_

FORMS = (
    # A run that ended early.
    N_("%(why)s, after %(count)s pages; the other pages wait for the next run"),
    N_("%(why)s, before any page was fetched; the other pages wait for the next run"),
    N_("the worker that crawled the site was lost"),
    N_("a signal ended the run"),
    N_("the run took longer than `max_run_seconds` in variorum.toml allows"),
    N_("the run needed more memory than it may have"),
    N_("the run ended early (%(why)s); %(error)s"),
    # A site as a whole.
    N_(
        "the site has moved to %(address)s: %(count)s of %(pages)s pages fetched redirect there."
        " Change `url` in its file, or add it to `also`"
    ),
    N_("%(count)s of %(pages)s pages are not found at once; none counts as gone"),
    N_("%(count)s of %(pages)s pages answer “not found” at once; none counts as gone. Look at the site."),
    N_(
        "%(count)s of %(pages)s pages have changed at once: does the site have a new design?"
        " The other pages wait for the next run"
    ),
    N_("the site refused or failed %(count)s times in a row, so the run stopped; last error: %(error)s"),
    N_("no page could be fetched; last error: %(error)s"),
    N_("%(count)s pages; first error: %(error)s"),
    N_("no new page since %(time)s, where one used to appear every day: are new pages still found?"),
    N_(
        "no new page since %(time)s, where one used to appear every %(count)s days:"
        " are new pages still found?"
    ),
    N_(
        "none of the %(count)s pages fetched is an article; %(articles)s of them were articles before;"
        " last error: %(error)s"
    ),
    N_("none of the %(count)s pages fetched is an article; last error: %(error)s"),
    N_("none of the %(count)s pages fetched is an article. Is `url` the right address?"),
    N_("%(pages)s pages, where at least %(least)s are expected"),
    N_("%(pages)s pages, where at most %(most)s are expected"),
    N_("no page in %(language)s"),
    N_(
        "crawler trap: %(named)s not followed. If no page is missing, add them to `exclude` in the site file"
        " to close this issue."
    ),
    N_("%(count)s like %(shape)s"),
    N_("%(count)s like %(shape)s, %(reason)s"),
    N_("paused"),
    N_("paused until %(date)s"),
    # When a page is fetched again, and why.
    N_("it is a list of pages, and brings a new one %(often)s"),
    N_("changed once in 30 days, fetched %(fetches)s times in all"),
    N_("changed %(count)s times in 30 days, fetched %(fetches)s times in all"),
    N_("its date of publication is not known: such pages of this site change %(often)s"),
    N_("%(age)s old: pages of this site of that age change %(often)s on average"),
    N_("it differs at each fetch, so that its changes do not count"),
    N_("its own visits show that it changes about as often as these"),
    N_("its own visits show that it changes more often than these"),
    N_("its own visits show that it changes less often than these"),
    N_("what was last seen of it is to be confirmed in the next run"),
    N_("%(source)s says that it has changed; on this site that is right %(right)s times in 10"),
    N_("%(source)s reports no change of it, and announces %(share)s of the changes of this site"),
    N_("the API"),
    N_("the sitemap"),
    N_("the feed"),
    N_("it is gone: it is fetched again after a week, then after two, four and so on"),
    N_("it was never fetched: it is fetched in the next run, before pages that are known"),
    N_("%(url)s can't be relied on: %(fault)s"),
    N_("it answers %(status)s"),
    N_("if it is not needed, name those that are under `discover` in the site's file"),
    N_(
        "the %(text)s source has made %(count)s requests, its share of what is left for the day,"
        " and makes no more"
    ),
    N_("raise `budget` in the site's file to have all of it read"),
    N_("none of the %(count)s pages that it lists and that were asked for is there"),
    N_("feeds and links are followed instead"),
    N_(
        "%(setting)s takes %(count)s requests a day for %(pages)s pages, and of %(budget)s %(left)s are left"
        " for pages: raise budget to %(enough)s, or say a longer time."
        " Until then pages are fetched as if `at_least` was left out."
    ),
    N_("%(host)s sent Retry-After: no requests until %(time)s"),
    N_("%(host)s sent Retry-After %(count)s times; the run waited %(seconds)s s; %(reason)s"),
    N_("requests go on after %(time)s"),
    N_("pages that keep sending it are left for a later run"),
    N_("no requests until %(time)s; the rest is left for a later run"),
    # Faults of a site file.
    N_("%(file)s: %(reason)s"),
    N_("%(key)s: unknown key"),
    N_("%(reason)s; did you mean %(word)s?"),
    N_("%(key)s: missing; give %(allowed)s"),
    N_("%(key)s: %(value)s is not allowed; give %(allowed)s"),
    N_("%(key)s: %(value)s is not allowed (%(why)s); give %(allowed)s"),
    N_("the value"),
    N_("url: it is watched already, as %(text)s"),
    N_("not TOML: %(error)s"),
    N_("%(error)s; the file begins with a byte order mark (BOM): save it as UTF-8 without one"),
    N_("%(error)s; the line has curly quotes (%(text)s): write straight ones"),
    N_("lists or tables are nested too deep"),
    N_("can't be read: %(error)s"),
    N_("line %(number)s is not UTF-8; save the file in that encoding"),
    N_("both every and cron are given; keep one"),
    N_("the quiet hours leave no minute of the day; leave some"),
    N_(
        "%(setting)s takes %(count)s requests a day for the %(pages)s pages or more that are expected,"
        " and budget is %(most)s; raise budget, or say a longer time"
    ),
    N_(
        "%(text)s: the file gives the site its name: use small letters and digits, after the first"
        " also . _ -, 100 at most"
    ),
    # Why a value is not allowed.
    N_("not a number and one of s, m, h, d"),
    N_("less than a second"),
    N_("there is no such day"),
    N_("%(count)s fields instead of 5"),
    N_("%(word)s is no weekday"),
    N_("not two times of day"),
    N_("not a time of day"),
    N_("it ends where it starts"),
    N_("it ends before it begins"),
    N_("it does not begin with http:// or https://"),
    N_("a host is missing, or there is a blank or a backslash in it"),
    N_("it contains a user name or a password, and nothing is fetched with one"),
    N_("no such zone"),
    N_("min is more than max"),
    N_("not in small letters and digits, with . _ - after the first"),
    N_("not small letters and digits"),
    N_("not the name of a parameter"),
    N_("neither an address nor the name of a variable"),
    N_("there is no word in it"),
    N_("bad regular expression: %(text)s"),
    N_("it matches where there is no text"),
    N_("it begins with neither / nor ^"),
    N_("secret signs what is sent to a webhook, json:// or jsons://"),
    N_("it is empty"),
    # What a key of a site file allows.
    N_("%(allowed)s, like %(example)s"),
    N_("a whole web address"),
    N_("a path that begins with /, like %(example)s, or a regular expression that begins with ^"),
    N_("any of %(example)s"),
    N_("an interval"),
    N_("minute, hour, day, month and weekday"),
    N_("a zone of the IANA list"),
    N_("hours of the day"),
    N_("seconds between two requests, from 0 to 3600"),
    N_("how many requests at once, 1 or more"),
    N_("how many requests a day, 1 or more"),
    N_("how often each page is fetched at least"),
    N_("true or false"),
    N_("names of query parameters"),
    N_("a CSS selector"),
    N_("a CSS selector, or tables like %(example)s"),
    N_("a date"),
    N_("whole numbers"),
    N_("codes of languages"),
    N_("a table of pages and languages"),
    N_("%(word)s or %(other)s"),
    N_("a queue of workers"),
    N_("targets, or tables of target and weight"),
    N_("true, false, or the date on which runs start again"),
    N_("words in small letters"),
    N_("an address as Apprise reads it, like %(example)s, or a variable that has one, like %(other)s"),
    N_("a number from 0 to 1"),
    N_("kinds of changes"),
    N_("words, like %(example)s, or a regular expression between slashes, like %(other)s"),
    N_("a text, or a variable that has one, like %(example)s"),
    # What came of a fetch.
    N_("HTTP %(status)s"),
    N_("HTTP %(status)s, %(reason)s"),
    N_("HTTP %(status)s where a page was expected"),
    N_("%(reason)s: “%(seen)s”"),
    N_("%(outcome)s: %(error)s"),
    N_("%(outcome)s, %(reason)s"),
    N_("%(url)s: %(reason)s"),
    N_("no response: %(error)s"),
    N_("not modified, in answer to a first request: a cache of the site is broken"),
    N_("a challenge or block page: %(text)s"),
    N_("a captcha and %(words)s words"),
    N_("maintenance or database error page: %(text)s"),
    N_("to be requested again later"),
    N_("%(bytes)s bytes"),
    N_("%(bytes)s bytes: a part that was not requested"),
    N_("%(bytes)s of %(announced)s bytes"),
    N_("%(bytes)s bytes without the end that the page had before"),
    N_("ends within a tag after %(bytes)s bytes"),
    N_("asks for a password and shows %(words)s words"),
    N_("leaves the site: %(address)s"),
    N_("redirected to the home page %(address)s"),
    N_("now at %(address)s"),
    N_("empty body"),
    N_("an error sent as data: %(text)s"),
    N_("neither page nor document: %(text)s"),
    N_("but the site's own not-found page: %(text)s"),
    N_("but titled %(text)s, with %(words)s words"),
    N_("an error of PHP ends the page"),
    N_("an error page of WordPress"),
    N_("the welcome page of a web server"),
    N_("the account of the site is suspended"),
    N_("a parked domain"),
    N_("a maintenance page"),
    N_("the block page of a firewall"),
    N_("a consent page in place of the page"),
    N_("a login page in place of the page"),
    N_("a paywall cuts the article"),
    N_("the site has withdrawn the page"),
    N_("an error page of the server"),
    N_("nothing to read without JavaScript: set `render = true` in the site's file"),
    N_("nothing of the page or its site is left"),
    # Why there was no response.
    N_("%(address)s forbids %(url)s to Variorum"),
    N_("%(address)s could not be read (%(error)s), so nothing there is fetched in this run"),
    N_(
        "%(host)s leads to %(address)s, which is not public; if the site is really there,"
        " name that address in its file under `url` or `also`"
    ),
    N_("an address of this network"),
    N_("the %(text)s stream of %(url)s is broken or ends too early"),
    # What the response shows beside the last version of the page.
    N_("another rendering of %(address)s"),
    N_("its end is missing, and nothing of its text"),
    N_("its end is missing, again"),
    N_("the address leads to another page, %(address)s"),
    N_("the address leads to another text, %(address)s"),
    N_("a link leads elsewhere: fetched again to confirm"),
    N_("many pages suddenly have the same text"),
    N_("the same bytes"),
    N_("the same text"),
    N_("second fetch, to learn what changes at every fetch"),
    N_("the text ends early, and so does the HTML"),
    N_("%(count)s of %(words)s words are missing"),
    N_("two editions alternate: this one, and that of version %(number)s"),
    N_("a text without its page"),
    N_("not found when it was captured elsewhere"),
    N_("it takes more than %(text)s, more than a page may"),
    N_("a list of pages, which is only followed; %(setting)s keeps such pages"),
    # A site that is added or removed.
    N_("the file %(path)s will be deleted"),
    N_("%(pages)s pages, %(versions)s versions, %(changes)s changes, %(captures)s captures will be deleted"),
    N_(
        "the file %(path)s, %(pages)s pages, %(versions)s versions, %(changes)s changes, %(captures)s"
        " captures will be deleted"
    ),
    N_("made by: %(found)s"),
    N_("language: %(found)s"),
    N_("editions: %(found)s"),
    N_("WordPress API: %(found)s"),
    N_("sitemaps: %(found)s"),
    N_("feeds: %(found)s"),
    N_("it does not say"),
    N_("none named"),
    N_("none"),
    N_("stored pages"),
    N_("fetched now, each twice"),
    N_(
        "%(text)s takes all pages of %(host)s. For those below this address alone, add %(setting)s to"
        " %(path)s"
    ),
    N_("%(url)s redirects to %(address)s, which is added instead."),
)

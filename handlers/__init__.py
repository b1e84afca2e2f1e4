"""ROUTES: all that the bot can do, in order; the first match wins."""

from bot.language import later, words
from bot.routing import Route, action, command, otherwise, state
from handlers.articles import choose_topic, newest, open_article, topics
from handlers.consent import ask_consent, consent, privacy
from handlers.fallback import attachment, missed_number, not_known
from handlers.help import help_page
from handlers.language import choose_language, languages
from handlers.menu import menu
from handlers.search import ask_question, search
from handlers.start import start
from handlers.stop import stop

ABOUT = later("Sourced information from your trade union: rights, events, search. Automatic.")

ROUTES: tuple[Route, ...] = (
    command("stop", stop, words("stop, leave, unsubscribe"), later("Leave: nothing is sent")),
    command("start", start, words("start, hello, hi"), later("Begin")),
    command("menu", menu, words("menu, home, back"), later("Everything at a glance")),
    command("help", help_page, words("help, how"), later("What you can write")),
    command("language", languages, words("language, languages"), later("Choose your language")),
    command("topics", topics, words("topics, subjects"), later("Articles by topic")),
    command("read", newest, words("read, news, newest"), later("The newest articles")),
    command("search", ask_question, words("search, find"), later("Search the articles")),
    command("privacy", privacy, words("privacy"), later("What is kept about you")),
    command("subscribe", ask_consent, words("subscribe, join")),
    action("language", choose_language),
    action("topic", choose_topic),
    action("article", open_article),
    action("consent", consent),
    state("search", search),
    otherwise("attachment", attachment),
    otherwise("old", not_known),
    otherwise("number", missed_number),
    otherwise("empty", menu),
    otherwise("text", search),
)

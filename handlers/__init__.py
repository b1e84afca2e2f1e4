"""ROUTES: all that the bot can do, in order; the first match wins."""

from dataclasses import replace

from bot.language import later, words
from bot.routing import (
    CASE_CODED,
    NUMBERED,
    UNIT_CODED,
    Route,
    action,
    command,
    otherwise,
    sent,
    state,
)
from handlers import (
    activity,
    broadcast,
    cases,
    certificates,
    deputies,
    desk_answer,
    entering,
    invitations,
    linking,
    officers,
    own_works,
    pictures,
    posters,
    practice,
    registered,
    reminders,
    report,
    settings,
)
from handlers.approvals import ask
from handlers.articles import READ_WORDS, choose_topic, newest, open_article, topics
from handlers.award import award, page
from handlers.award_sheet import sheet
from handlers.beginnings import begin
from handlers.calendar import calendar
from handlers.campaigns import campaign, campaigns
from handlers.cases import case_reply
from handlers.certificate_papers import find_certificate
from handlers.checks import checks
from handlers.consent import ask_consent, asking_anew, consent, privacy
from handlers.contact import contact
from handlers.contest import attempt, open_round, take_guess
from handlers.contest_desk import contest, one_round
from handlers.contest_results import results
from handlers.delivered import render
from handlers.desk import desk
from handlers.desk_steps import desk_step, take_question
from handlers.downloads import make_file
from handlers.essays import essay, take_essay
from handlers.fallback import attachment, missed_number, not_known
from handlers.following import followed
from handlers.help import help_page
from handlers.inbox import inbox
from handlers.joining import choose_unit, my_unit
from handlers.language import choose_language, languages
from handlers.menu import menu
from handlers.more import more
from handlers.office import office
from handlers.own_data import ask_to_erase, erase, my_data
from handlers.pack import pack
from handlers.planreport import PERIOD, planreport, take_period
from handlers.planreport_files import plan_file
from handlers.posters import poster_of
from handlers.prizes import prize, take_holder
from handlers.quiz import quiz
from handlers.search import ask_question, search
from handlers.start import start
from handlers.stats import stats
from handlers.stop import stop
from handlers.units import units

__all__ = [
    "ABOUT", "ROUTES", "case_reply", "find_certificate", "followed", "make_file", "poster_of",
    "render",
]  # fmt: skip

ABOUT = later("Sourced information from your trade union: rights, events, search. Automatic.")

_ALL: tuple[Route, ...] = (
    command("stop", stop, words("stop, leave, unsubscribe"), later("Leave: nothing is sent")),
    command("start", start, words("start, hello, hi"), later("Begin")),
    command("menu", menu, words("menu, home, back"), later("Everything at a glance")),
    command("help", help_page, words("help, how"), later("What you can write")),
    command("language", languages, words("language, languages"), later("Choose your language")),
    command("topics", topics, words("topics, subjects"), later("Articles by topic")),
    command("read", newest, READ_WORDS, later("The newest articles"), code=NUMBERED),
    command("search", ask_question, words("search, find"), later("Search the articles")),
    command("quiz", quiz, words("quiz, practice, contest"), later("Questions to practise with")),
    command("calendar", calendar, words("calendar, holidays"), later("Marked days ahead")),
    command("remind", reminders.reminders, words("remind, my dates"), later("Dates of your own")),
    command("award", award, words("award, the award"), later("The national award")),
    command(
        "report",
        report.report,
        words("report, report a post, is it true"),
        later("Have a doubtful post checked"),
    ),
    command("case", cases.case, words("my reports, case"), later("Your reports"), code=CASE_CODED),
    command("contact", contact, words("contact, phone number"), later("Speak with a person")),
    command("settings", settings.settings, words("settings"), later("What is sent, and when")),
    command("privacy", privacy, words("privacy"), later("What is kept about you")),
    command("mydata", my_data, words("my data"), later("All that is kept, as a file")),
    command("erase", ask_to_erase, words("erase, delete"), later("Erase everything about you")),
    command(
        "unit", my_unit, words("unit, my unit"), later("The unit you belong to"), code=UNIT_CODED
    ),
    command("link", linking.link, words("link, my chats"), later("Join your chats")),
    command("unlink", linking.unlink, words("unlink"), later("Take a chat out")),
    command("office", office, words("officers' page")),
    command("inbox", inbox, words("inbox"), later("What you were sent lately")),
    command("broadcast", broadcast.broadcast, words("broadcast, send a message")),
    command("campaigns", campaigns, words("campaigns")),
    command("pack", pack, words("approved pack")),
    command("units", units, words("units")),
    command("stats", stats, words("stats, statistics")),
    command("poster", posters.poster, words("poster"), code=UNIT_CODED),
    command("invite", invitations.invite, words("invite")),
    command("officers", officers.officers, words("officers")),
    command("contest", contest, words("manage contests")),
    command("desk", desk, words("desk")),
    command("planreport", planreport, words("plan report, reports of the plan")),
    command("activity", activity.activity, words("activity, report an activity")),
    command("deputy", deputies.deputy, words("deputy")),
    command("audit", officers.audit, words("audit")),
    command("more", more, words("more choices")),
    command("subscribe", ask_consent, words("subscribe, join")),
    action("language", choose_language),
    action("award", page),
    action("report", report.step),
    action("case", cases.one_case),
    action("check", checks),
    action("desk", desk_step),
    action("plan", plan_file),
    action("activity", activity.step),
    action("enter", entering.enter),
    action("bring", entering.bring),
    action("reach", entering.no_contact),
    action("agree", entering.agree),
    action("work", own_works.work),
    action("works", registered.works),
    action("dossier", registered.dossier),
    action("sheet", sheet),
    action("topic", choose_topic),
    action("article", open_article),
    action("practice", practice.practise),
    action("practised", practice.practised),
    action("answer", practice.answer),
    action("consent", consent),
    action("set", settings.part),
    action("pick", settings.pick_topic),
    action("often", settings.choose_often),
    action("day", settings.choose_day),
    action("at", settings.choose_time),
    action("quiet", settings.choose_quiet),
    action("zone", settings.choose_zone),
    action("calendar", settings.choose_calendar),
    action("remind", reminders.change),
    action("erase", erase),
    action("unit", choose_unit),
    action("link", linking.join),
    action("unlink", linking.take_out),
    action("prefer", linking.prefer),
    action("campaigns", campaigns),
    action("campaign", campaign),
    action("draft", broadcast.change),
    action("ask", ask),
    action("begin", begin),
    action("picture", pictures.picture),
    action("inbox", inbox),
    action("pack", pack),
    action("units", units),
    action("stats", stats),
    action("round", open_round),
    action("try", attempt),
    action("result", results),
    action("certificate", certificates.certificate),
    action("rounds", one_round),
    action("prize", prize),
    action("essay", essay),
    action("poster", posters.poster),
    action("invite", invitations.choose),
    action("accept", invitations.accept),
    action("officers", officers.officers),
    action("office", officers.one_office),
    action("deputy", deputies.choose),
    action("audit", officers.audit),
    state("search", search),
    state("practice", practice.typed),
    state(report.PARTS, report.take),
    sent(report.PARTS, report.take),
    state(report.WORDS, report.take_words),
    state(cases.ANSWER, cases.take_answer),
    state(desk_answer.CLAIM, desk_answer.take_claim_text),
    state(desk_answer.SUMMARY, desk_answer.take_summary),
    state(desk_answer.SOURCE, desk_answer.take_source),
    state("desk.question", take_question),
    state(PERIOD, take_period),
    *(
        state(f"activity.{field}", activity.take, takes_numbers=field == "people")
        for field in (*activity.FIELDS, activity.SURE)
    ),
    *(
        sent(f"activity.{field}", activity.refuse_file)
        for field in (*activity.FIELDS, activity.SURE)
    ),
    state("settings.time", settings.choose_time),
    state("settings.quiet", settings.choose_quiet),
    state("settings.zone", settings.choose_zone),
    state("unit.code", my_unit),
    state("draft.text", broadcast.take_text),
    state("draft.source", broadcast.take_source),
    state("draft.audience", broadcast.take_audience),
    state("draft.at", broadcast.take_time),
    state("draft.alt", pictures.take_alt),
    sent("draft.picture", pictures.take_picture),
    sent("draft.alt", pictures.take_picture),
    state("try.guess", take_guess, takes_numbers=True),
    state("prize.holder", take_holder),
    state("essay.text", take_essay),
    state("certificate.holder", certificates.take_holder),
    state("certificate.sure", certificates.take_holder),
    state("poster.unit", posters.poster),
    state("award.title", entering.take_title),
    state("award.link", entering.take_link),
    state("award.contact", entering.take_contact),
    state("award.consent", entering.ask_again),
    state("award.change", own_works.take),
    *(
        sent(f"award.{what}", entering.refuse_file)
        for what in ("title", "link", "contact", "consent")
    ),
    sent("award.change", own_works.refuse_file),
    *(state(f"invite.{what}", invitations.take) for what in ("role", "unit", "topic", "label")),
    state("remind.label", reminders.take_label),
    state("remind.date", reminders.take_date),
    otherwise("forwarded", report.take_forwarded),
    otherwise("attachment", attachment),
    otherwise("old", not_known),
    otherwise("number", missed_number),
    otherwise("empty", menu),
    otherwise("text", search),
)
ROUTES = tuple(replace(route, handler=asking_anew(route.handler)) for route in _ALL)

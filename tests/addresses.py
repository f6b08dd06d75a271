"""Every page of the portal, with an address that shows something. Driven from ``url_map``: a view
that is in neither table fails tests/test_routes.py, so that no page is left out of the checks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from portal.accounts import erasing
from portal.accounts.models import Person
from portal.agreements import signing
from portal.agreements.drafting import Promise
from portal.core import clock
from portal.core.database import db
from portal.core.tokens import draw, sign
from portal.ideas import deciding, voting, writing
from portal.ideas.lifecycle import Publication, Stage
from portal.ideas.writing import Draft
from portal.mail.models import DemoMail, Outgoing
from portal.policy import Actor, Role
from portal.programs import planning
from portal.programs.lifecycle import SessionStage
from portal.programs.models import Admission, Measure, ProgramPartner
from portal.programs.paths import seat_path
from portal.settings import marking
from portal.settings.choosing import Section
from portal.settings.models import ClosedDays, HouseText, Reply
from portal.surveys import instruments, reporting, wall
from portal.surveys.models import Quote
from tests import factories
from tests.surveys.conftest import agreeing, counted, surveyed

HOSTILE_FREE = Draft(title="Seed swap", happens="We swap seeds.", need="Gardens are empty.")


@dataclass(frozen=True, slots=True)
class World:
    """A library in which every page has something to show, and who sees it all: ``everybody`` is
    staff, a partner, an author and a guest at once."""

    everybody: Person
    idea: int
    pending: int
    refused: int
    planned: int
    program: int
    registration: int
    code: str
    agreement: int
    mail: int
    held: int
    told: int
    just_come: int
    wall: str
    mark: str
    reply: int
    places: dict[str, int]  # a branch, a room and a topic, as the settings' addresses call them
    stay: str


def world() -> World:
    instruments.seed()
    who = factories.person(Role.ADMINISTRATOR, name="Maya Lindqvist")
    staff = Actor(id=who.id, grants=frozenset({(Role.ADMINISTRATOR, None)}))
    idea = factories.idea(author_id=who.id, topic_id=factories.topic().id)
    deciding.reindex(idea)
    voting.cast(idea.id, person_id=who.id)
    organisation = factories.organisation(who, name="Repair Guild")
    factories.offer(idea, organisation)
    pending = writing.propose(HOSTILE_FREE, author=Actor(id=factories.person().id))
    refused = factories.idea(
        author_id=who.id, title="Kites", publication=Publication.NOT_PUBLISHED, published_at=None
    )
    planned = factories.idea(title="Chess for beginners")
    planning.begin(planned.id, by=staff)
    rules = HouseText(kind="rules", lang="en", words="Be kind.", html="<p>Be kind.</p>")
    db.session.merge(rules)
    program = factories.program(idea)
    factories.kept(ProgramPartner(program_id=program.id, organisation_id=organisation.id))
    factories.session(program, starts=clock.now() - timedelta(hours=1))
    seat = factories.registration(factories.session(program, number=2), name="Gus")
    later, off = clock.now() + timedelta(days=14), SessionStage.CANCELLED
    factories.session(program, number=3, starts=later, stage=off, reason="No heating")
    agreement = signing.send(
        program.id, organisation_id=organisation.id, promise=_promise(), by=staff
    )
    just_come = factories.program(title="Story walk", admission=Admission.OPEN)
    walk = factories.session(just_come, starts=clock.now() - timedelta(hours=1), capacity=0)
    factories.kept(ClosedDays(first=date(2099, 12, 24), last=date(2099, 12, 26), why="Winter"))
    db.session.flush()
    return World(
        everybody=who,
        idea=idea.id,
        pending=pending.id,
        refused=refused.id,
        planned=planned.id,
        program=program.id,
        registration=seat.id,
        code=seat.code,
        agreement=agreement.id,
        mail=_mail(),
        held=_held(staff),
        told=_held(staff, public=True),
        just_come=just_come.id,
        wall=wall.picture(walk.id),
        mark=_mark(staff),
        reply=factories.kept(Reply(title=f"Too long {idea.id}", words="Make it shorter.")).id,
        places={
            "branches": factories.branch().id,
            "rooms": factories.room().id,
            "topics": factories.topic().id,
        },
        stay=stay_link(),
    )


def _mark(staff: Actor) -> str:
    """A mark that is worn."""
    name = marking.draw(factories.picture(), by=staff)
    marking.wear(name, by=staff)
    return name


def stay_link() -> str:
    """The link in the mail to somebody who wants to leave."""
    leaving = factories.person()
    leaves_at = erasing.ask(leaving.id, withdraws_ideas=False)
    return f"/stay/{leaving.id}/{sign('stay', leaving.id, erasing.version(leaves_at))}"


def _held(staff: Actor, *, public: bool = False) -> int:
    """A program that took place and was asked about; its results are written, or ``public``."""
    program = factories.program(
        factories.idea(stage=Stage.HELD, votes=42, title="Mend things together")
    )
    surveyed(counted(program, heads=31), *agreeing(12))
    factories.kept(Quote(program_id=program.id, words="I mended it.", chosen_by=staff.signed_in_id))
    lamps = factories.kept(Measure(program_id=program.id, what="Lamps", target=3, kind="own"))
    delivered = {lamps.id: reporting.Delivered(words="Four lamps", met=True)}
    reporting.save(
        program.id, by=staff, sentence="It worked.", next_step="Again.", delivered=delivered
    )
    if public:
        reporting.publish(program.id, by=staff)
    return program.id


def _promise() -> Promise:
    return Promise(
        library="Alder Creek Public Library",
        partner="Repair Guild",
        program="Repair café",
        plan_number=1,
        goal="People mend what they have.",
        need="We throw out lamps.",
        votes=30,
        age_group="Everybody",
        sittings=("December 5, 10 a.m.",),
        measures=(("Visits", 30),),
        library_tasks=(),
        partner_tasks=("Six menders",),
        survey="five questions",
        contact="the desk",
    )


def _mail() -> int:
    sent = factories.kept(
        Outgoing(dedupe_key=draw(), kind="shown", due_at=clock.now(), address="x@example.org")
    )
    kept = DemoMail(
        outgoing_id=sent.id, address="x@example.org", subject="Hello", words="Hello", html="Hello"
    )
    return factories.kept(kept).id


Address = Callable[[World], list[str]]

PAGES: dict[str, Address] = {
    "accounts.ask_to_stay": lambda w: [w.stay],
    "accounts.code_app": lambda w: ["/sign-in/app"],
    "accounts.password": lambda w: ["/me/password"],
    "accounts.second_step": lambda w: ["/sign-in/second-step"],
    "accounts.sign_in": lambda w: ["/sign-in"],
    "accounts.sign_in_code": lambda w: ["/sign-in/code"],
    "accounts.sign_in_link": lambda w: ["/sign-in/link/nobody"],
    "accounts.sign_in_password": lambda w: ["/sign-in/password"],
    "accounts.still_waiting": lambda w: ["/sign-in/waiting/1"],
    "accounts.ways": lambda w: ["/me/sign-in"],
    "agreements.offer": lambda w: ["/partners/offer", f"/partners/offer?idea={w.idea}"],
    "agreements.paper": lambda w: [f"/partner/agreements/{w.agreement}"],
    "accounts.name": lambda w: ["/me/name"],
    "answers.answer": lambda w: [f"/staff/ideas/{w.idea}/answer"],
    "appeals.ask": lambda w: [f"/ideas/{w.refused}/appeal"],
    "demo_mail.index": lambda w: ["/demo/mail"],
    "demo_mail.show": lambda w: [f"/demo/mail/{w.mail}"],
    "counter.idea": lambda w: ["/staff/ideas/new"],
    "counter.seat": lambda w: [f"/staff/events/{w.program}/2/seat"],
    "dates.change": lambda w: [f"/staff/events/{w.program}/2/date"],
    "desk.code": lambda w: [f"/staff/events/{w.just_come}/1/code"],
    "desk.close": lambda w: [f"/staff/events/{w.program}/1/close"],
    "desk.door": lambda w: [f"/staff/events/{w.program}/1/door"],
    "desk.event": lambda w: [f"/staff/events/{w.program}"],
    "desk.event_list": lambda w: ["/staff/events", "/staff/events?show=held"],
    "desk.idea_list": lambda w: ["/staff/ideas"],
    "desk.today": lambda w: ["/staff"],
    "desk_people.index": lambda w: ["/staff/settings/people"],
    "desk_places.closed_days": lambda w: ["/staff/settings/closed-days"],
    "desk_places.edit": lambda w: [
        f"/staff/settings/{kind}/{which}"
        for kind, one in w.places.items()
        for which in ("new", one)
    ],
    "desk_places.index": lambda w: [
        f"/staff/settings/{kind}" for kind in ("branches", "rooms", "topics")
    ],
    "desk_settings.index": lambda w: ["/staff/settings"],
    "desk_settings.mail_settings": lambda w: ["/staff/settings/mail"],
    "desk_settings.mark": lambda w: [
        "/staff/settings/mark",
        f"/staff/settings/mark?tried={w.mark}",
    ],
    "desk_settings.reply": lambda w: [
        "/staff/settings/replies/new",
        f"/staff/settings/replies/{w.reply}",
    ],
    "desk_settings.reply_list": lambda w: ["/staff/settings/replies"],
    "desk_settings.rules": lambda w: ["/staff/settings/rules"],
    "desk_settings.section": lambda w: [f"/staff/settings/{name}" for name in Section],
    "desk_results.answers": lambda w: [f"/staff/events/{w.held}/1/answers"],
    "desk_results.edit": lambda w: [f"/staff/events/{w.held}/results"],
    "desk_results.preview": lambda w: [f"/staff/events/{w.told}/results/preview"],
    "held.enter": lambda w: ["/staff/events/held"],
    "me.leave": lambda w: ["/me/leave"],
    "me.mail": lambda w: ["/me/mail"],
    "me.show": lambda w: ["/me"],
    "results.ledger": lambda w: ["/results"],
    "results.show": lambda w: [f"/results/{w.told}"],
    "desk_partners.everybody": lambda w: ["/staff/partners/all"],
    "desk_partners.index": lambda w: ["/staff/partners"],
    "ideas.edit": lambda w: [f"/ideas/{w.idea}/edit"],
    "ideas.index": lambda w: ["/ideas", "/ideas?q=repair", "/ideas?q=kayak", "/ideas?stage=held"],
    "ideas.new": lambda w: ["/ideas/new?title=repair"],
    "moderation.index": lambda w: ["/staff/review"],
    "moderation.show": lambda w: [f"/staff/review/{w.pending}"],
    "notifications.ask_all": lambda w: [
        f"/stop/{w.everybody.id}/{sign('stop-all', w.everybody.id)}"
    ],
    "notifications.ask_guest": lambda w: [f"/stop/guest/{'x' * 22}/{sign('stop-guest', 'x' * 22)}"],
    "notifications.ask_idea": lambda w: [
        f"/stop/{w.everybody.id}/{w.idea}/{sign(f'stop-idea-{w.everybody.id}', w.idea)}"
    ],
    "pages.accessibility": lambda w: ["/accessibility"],
    "pages.help": lambda w: ["/help"],
    "pages.notices": lambda w: ["/notices"],
    "pages.partners": lambda w: ["/partners"],
    "pages.privacy": lambda w: ["/privacy"],
    "pages.rules": lambda w: ["/rules"],
    "programs.index": lambda w: ["/events"],
    "programs.seat": lambda w: [seat_path(w.registration, 1)],
    "programs.session": lambda w: [f"/events/{w.program}/2"],
    "programs.show": lambda w: [f"/events/{w.program}"],
    "programs.ticket": lambda w: [f"/t/{w.code}"],
    "public.home": lambda w: ["/"],
    "public.idea": lambda w: [f"/ideas/{w.idea}", f"/ideas/{w.pending}"],
    "quiet.ideas": lambda w: ["/staff/ideas/quiet"],
    "reports.ideas": lambda w: ["/staff/reports/ideas?step=published"],
    "reports.index": lambda w: ["/staff/reports", "/staff/reports?year=2001&branch=0"],
    "reports.promises": lambda w: ["/staff/reports/promises"],
    "reports.sessions": lambda w: ["/staff/reports/sessions", "/staff/reports/sessions?age=0-5"],
    "survey.at_wall": lambda w: [w.wall],
    "survey.thanks": lambda w: ["/s/thanks"],
    "survey.welcome": lambda w: ["/s/"],
    "transfer.up": lambda w: [
        f"/staff/settings/{kind}/file"
        for kind in ("branches", "rooms", "topics", "closed-days", "people")
    ],
    "wizard.new": lambda w: ["/staff/events/new"],
    "wizard.show": lambda w: [f"/staff/ideas/{w.planned}/plan/{n}" for n in range(1, 6)],
    "workspace.events": lambda w: ["/partner/events"],
    "workspace.offers": lambda w: ["/partner/offers"],
    "workspace.overview": lambda w: ["/partner"],
}
NO_PAGES: dict[str, Address] = {
    "desk_settings.tried_mark": lambda w: ["/staff/settings/mark/x.png"],
    "desk_settings.tried_style": lambda w: ["/staff/settings/look/aa0000.css"],
    "health.alive": lambda w: ["/healthz"],
    "health.ready": lambda w: ["/readyz"],
    "ideas.similar": lambda w: ["/ideas/similar?title=repair"],  # a part of ideas.new
    "programs.calendar": lambda w: ["/events.ics"],
    "programs.one_calendar": lambda w: [f"/events/{w.program}/2.ics"],
    "reports.sheet": lambda w: ["/staff/reports/statistics.csv"],
    "reports.way": lambda w: ["/staff/reports/way"],  # a part of desk.today
    "settings.mark": lambda w: ["/mark/x.png"],
    "settings.style": lambda w: ["/theme-x.css"],
    "transfer.down": lambda w: [
        f"/staff/settings/{kind}.csv" for kind in ("branches", "rooms", "topics", "people")
    ],
}

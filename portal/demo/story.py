"""Tell the demo's story through the same actions people use, each at its own time."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import sqlalchemy as sa

from portal import clock, zones
from portal.addresses import canonical_email, name_key
from portal.advocates import actions as advocates
from portal.advocates import caring, detailing, importing, signals, wishes
from portal.advocates.models import Advocate, Company, Sector, Signal
from portal.campaigns import actions as campaigns
from portal.campaigns import exceptions, inviting, suggesting
from portal.campaigns.later import snooze
from portal.campaigns.models import Action, Campaign, Invitation
from portal.clicks.loading import Who, store
from portal.clicks.models import Kind as Came
from portal.clicks.models import What
from portal.companies import actions as companies
from portal.config import settings
from portal.consent import actions as consent
from portal.consent import asking
from portal.consent.actions import Circumstances
from portal.consent.models import OrgApproval, OrgVerdict, Purpose, Scope
from portal.db import db
from portal.demo import people, portraits
from portal.demo.people import Persona, Told
from portal.embeds import actions as blocks
from portal.errors import there
from portal.events import actions as events
from portal.events.models import Event, Format, Speaker
from portal.handovers import actions as handovers
from portal.handovers.models import Said
from portal.history.actions import SYSTEM
from portal.incentives import actions as incentives
from portal.incentives import codes, gifts, pool
from portal.incentives.models import Choice, Offer, OfferKind, Reward, RewardState, RuleKind
from portal.interviews import actions as interviews
from portal.interviews.models import Medium
from portal.links import actions as links
from portal.links.models import Kind
from portal.mails import actions as mails
from portal.media import actions as media
from portal.media.models import UploadKind
from portal.nominations import actions as nominations
from portal.outbox import delivery
from portal.outbox.catalogue import MAILS
from portal.outbox.models import Message
from portal.outbox.models import State as MailState
from portal.placements import actions as placements
from portal.placements.models import Kind as PlaceKind
from portal.placements.models import Outcome
from portal.privacy import actions as privacy
from portal.publishing import rendering, signoff
from portal.publishing.basis import Basis
from portal.publishing.grounds import Ground
from portal.publishing.models import Asset, Proposal
from portal.publishing.placing import Page
from portal.publishing.queries import PICKED
from portal.referrals import actions as referrals
from portal.referrals import (
    known,
    prospect_ledger,
    prospect_rewards,
    risk,
    stage_file,
    vanity,
    work,
)
from portal.referrals.models import Lead, Referral, Severity, Stage
from portal.renaming import actions as renaming
from portal.renewals import actions as renewals
from portal.renewals.models import Renewal
from portal.renewals.queries import question
from portal.review import actions as review
from portal.settings import actions as choices
from portal.staff import actions as staff
from portal.staff.models import Role, Staff
from portal.submissions import actions as submissions
from portal.submissions import attaching, kinds, recrediting
from portal.submissions.models import Credit, Prompt, PromptKind, Relationship, Submission

PASSWORD = "paper lantern by the door"
CSV = Path(__file__).with_name("customers-100.csv")
REFERRAL_TERMS = {
    "counts_days": 180,
    "hold_days": 2,
    "most_each": 5,
    "budget_cents": 500_000,
    "prospect_promise": "your first month of planning free",
    "prospect_cents": 12_000,
}
SEEN_BY = Circumstances(ip_hash="demo", user_agent="Firefox")
BODY = """Dear {first_name},

you have planned your rounds with Fernhill for a while now, and people who are still choosing ask
us what it is really like. You know that better than we do.

Would you tell them? You choose what you are glad to give, and you decide what we may show.

With thanks
{sender}"""


def tell() -> None:
    """Fill an empty database with the whole program; its mails go to the SMTP server as they are
    written, each at its hour of the story."""
    rosa = employ()
    introduce(by=rosa)
    gift, credit = make_offers(rosa)
    early = people.PEOPLE[:9] + people.PEOPLE[15:16] + people.PEOPLE[19:]
    arrive(early, days=360)
    third = ask_for_reviews_elsewhere(by=rosa)
    post()
    with clock.ago(days=135):
        first = campaign("First voices", offer=gift, referral_offer=None, days=75, by=rosa)
    post()
    for told in people.FIRST:
        contribute(told, first, by=rosa)
    post()
    with clock.ago(days=60):
        campaigns.close(first, by=rosa)
    arrive([one for one in people.PEOPLE if one not in early], days=100)
    import_customers(rosa)
    learn_how_they_are(rosa)
    plan_event(rosa)
    with clock.ago(days=16):
        second = campaign("Autumn voices", offer=gift, referral_offer=credit, days=45, by=rosa)
        suggesting.suggest(second, people.SUGGESTED, seen=second.version, by=rosa)
        db.session.flush()
    post()
    for told in people.SECOND:
        contribute(told, second, by=rosa)
    post()
    answer_elsewhere(third, by=rosa)
    speak(by=rosa)
    for answer in people.COMPANIES:
        speak_for_the_company(*answer, by=rosa)
    with clock.ago(days=8):
        old, new = people.RENAMED
        renaming.rename(find(Company, name=old), new, seen=old, by=rosa)
        db.session.flush()
    with clock.ago(days=6):
        privacy.ask_for_correction(person("Jonas"), people.CORRECTION)
    post()
    refer(second, by=rosa)
    post()
    pay(by=rosa)
    decide(second)
    plan_ahead(gift, by=rosa)
    show_elsewhere(by=rosa)
    mind_gift_rules(by=rosa)
    post()
    db.session.commit()


def post() -> None:
    """What the worker does all along: whatever is due by now is handed over, when it was due."""
    due = sa.func.coalesce(Message.not_before, Message.created_at)
    waiting = sa.select(Message.id, due.label("due")).where(Message.state == MailState.QUEUED)
    db.session.commit()
    for number, at in db.session.execute(
        waiting.where(due <= datetime.now(UTC)).order_by(due, Message.id)
    ).all():
        with clock.ago(seconds=(datetime.now(UTC) - at).total_seconds()):
            delivery.deliver(number)


def employ() -> Staff:
    """Rosa owns the program, Theo edits, Vera looks."""
    with clock.ago(days=260):
        for name, role in (("Rosa", Role.OWNER), ("Theo", Role.EDITOR), ("Vera", Role.VIEWER)):
            staff.invite(f"{name.lower()}@fernhill.example", name=name, role=role, by=SYSTEM)
            db.session.flush()
            staff.set_password(find(Staff, email=f"{name.lower()}@fernhill.example"), PASSWORD)
    return find(Staff, email="rosa@fernhill.example")


def introduce(*, by: Staff) -> None:
    """What Rosa chose on the settings page, over what the portal was started with."""
    with clock.ago(days=258):
        line = "Route planning for people who fix things"
        days = {"received": 2, "contacted": 14, "qualified": 10, "meeting": 21}
        said = {f"usual_days_{stage}": str(number) for stage, number in days.items()}
        said["brand_tagline"] = line
        choices.change(settings(), said, by=by)
        mails.reword(
            MAILS["approved"],
            subject="{first_name}, your {action} is in good hands",
            opening="Dear {first_name},\n\nwe read your {action} over our first coffee today, and "
            "accepted it. Thank you for taking the time.",
            seen=0,
            by=by,
        )


def make_offers(rosa: Staff) -> tuple[Offer, Offer]:
    with clock.ago(days=250):
        gift = Offer(
            name="Gift card, 25 euros",
            kind=OfferKind.GIFT_CARD,
            reward="a €25 gift card",
            value_cents=2500,
            currency="EUR",
            charity="Médecins Sans Frontières",
            terms="One per person and action, for a complete contribution, whatever it says. "
            "Sent by mail within two weeks. Not for people whose employer forbids gifts.",
        )
        credit = Offer(
            name="Referral credit, 200 euros",
            kind=OfferKind.CREDIT,
            reward="a credit of €200",
            value_cents=20000,
            currency="EUR",
            terms="Once per new customer who came through your link, when they have signed. "
            "Deducted from the next invoice.",
        )
        for offer in (gift, credit):
            incentives.save_offer(offer, by=rosa)
    return gift, credit


def arrive(personas: list[Persona], *, days: int) -> None:
    """People whose stories follow."""
    with clock.ago(days=days):
        db.session.add_all([customer(persona) for persona in personas])
        db.session.flush()


def import_customers(rosa: Staff) -> None:
    """A hundred customers from a file."""
    with clock.ago(days=90):
        file = importing.read(CSV.read_bytes(), CSV.name)
        advocates.apply_import(advocates.plan_import(file), by=rosa)
        for persona in people.AGAIN:
            db.session.add(customer(persona))
        db.session.flush()
        twins = [find(Company, name=name) for name in people.ONE_COMPANY]
        companies.merge(twins[1], into=twins[0], by=rosa)


def learn_how_they_are(rosa: Staff) -> None:
    """What Fernhill knows of some: answers, tickets, renewals; and who looks after whom."""
    for who, kind, value, words, days, closed in people.SIGNALS:
        with clock.ago(days=days):
            day = clock.now().date()
            signals.note(person(who), kind, value=value, words=words, at=day, by=rosa)
        if closed is not None:
            with clock.ago(days=closed):
                ticket = find(Signal, advocate_id=person(who).id, kind=kind, words=words)
                signals.close_ticket(ticket, by=rosa)
    theo = find(Staff, email="theo@fernhill.example")
    with clock.ago(days=80):
        for who, tags in people.TAGS.items():
            caring.tag(person(who), tags, by=rosa)
            caring.look_after(person(who).company, theo if "pilot" in tags else rosa, by=rosa)


def customer(persona: Persona) -> Advocate:
    years = random.Random(persona.email).uniform(0.6, 5)
    return Advocate(
        company=Company(
            name=persona.company, name_key=name_key(persona.company), sector=Sector(persona.sector)
        ),
        first_name=persona.first_name,
        last_name=persona.last_name,
        email=persona.email,
        email_key=canonical_email(persona.email),
        job_title=persona.title,
        customer_since=(clock.now() - timedelta(days=365 * years)).date(),
    )


def campaign(name: str, *, offer, referral_offer, days: int, by: Staff) -> Campaign:
    """Draft a campaign and send it to everyone who may be asked: it asks for reviews, too (T19)."""
    made = campaigns.draft(
        name=name,
        actions=[action.value for action in Action],
        audience={},
        offer=offer,
        referral_offer=referral_offer,
        rewarding_stage="won",
        deadline=(clock.now() + timedelta(days=days)).date(),
        subject_line="{first_name}, what would you tell others about Fernhill?",
        body=BODY,
        why="You plan your rounds with Fernhill every day, and you told us plainly when something "
        "did not work. That is the voice people trust.",
        owner=by,
        referral_terms=REFERRAL_TERMS,
    )
    campaigns.send(made, by=by)
    db.session.flush()
    return made


def ask_for_reviews_elsewhere(*, by: Staff) -> Campaign:
    """Reviews without a reward, which may be posted on Google too: everyone is asked (T19)."""
    with clock.ago(days=352):
        asked = campaigns.draft(
            name="How it is going",
            actions=[Action.REVIEW.value],
            audience={},
            offer=None,
            referral_offer=None,
            rewarding_stage="won",
            deadline=(clock.now() + timedelta(days=50)).date(),
            subject_line="{first_name}, how is Fernhill working for you?",
            body=BODY,
            why="",
            owner=by,
            elsewhere={
                "platform": "google",
                "platform_url": "https://maps.google.example/fernhill",
            },
        )
        campaigns.send(asked, by=by)
        db.session.flush()
    return asked


def answer_elsewhere(asked: Campaign, *, by: Staff) -> None:
    """Two answer that, and Mira says that she posted hers."""
    for told in people.ELSEWHERE:
        contribute(told, asked, by=by)
    mira = person("Mira")
    review_of_hers = find(Submission, advocate_id=mira.id, action=Action.REVIEW)
    with clock.ago(days=330):
        handovers.declare(review_of_hers, Said.POSTED, by=mira)


def contribute(told: Told, to: Campaign, *, by: Staff) -> None:
    """One person's contribution, from the first click to what became of it."""
    who = person(told.who)
    invitation = find(Invitation, campaign_id=to.id, advocate_id=who.id)
    with clock.ago(days=told.days, minutes=25):
        inviting.open(invitation)
        if "photo" in told.yes:
            who.photo_id = media.store(portraits.draw(told.who), by=who).id
        submission = submissions.start(invitation, Action(told.action), by=who)
        if submission.promise:
            choice = Choice(told.choice or "declined")
            submissions.take_offer(submission, choice, choice is not Choice.DECLINED, by=who)
        for prompt in submission.prompt_set.prompts:
            if prompt.key in told.answers:
                value = told.answers[prompt.key]
                if prompt.kind is PromptKind.EVENT:
                    value = kinds.event_answer(find(Event, title=value), who.time_zone)
                submissions.answer(submission, prompt, value, seen=None, by=who)
            elif prompt.kind is PromptKind.FILES and "logo" in told.yes:
                bring_logo(submission, prompt)
            elif not prompt.required and told.fate != "draft":
                empty = [] if prompt.kind in {"results", "files"} else ""
                submissions.answer(submission, prompt, empty, seen=None, by=who)
    if told.fate == "draft":
        return
    with clock.ago(days=told.days):
        relation = Relationship(told.relation)
        title, credit = who.job_title, Credit(told.credit)
        submissions.introduce(submission, job_title=title, relation=relation, credit=credit, by=who)
        asked = [Purpose(name) for name in submission.prompt_set.purposes]
        choices = {purpose: purpose.value in told.yes for purpose in asked}
        submissions.choose(submission, choices, by=who)
        submissions.submit(submission, relation=relation, circumstances=SEEN_BY, by=who)
    settle(told, submission, by=by)


def bring_logo(submission: Submission, prompt: Prompt) -> None:
    data = portraits.draw_logo(submission.advocate.company.name)
    who = submission.advocate
    attaching.attach(submission, prompt, data, "logo.png", UploadKind.LOGO, by=who)


def settle(told: Told, submission: Submission, *, by: Staff) -> None:
    """What staff decided two days later, and what the advocate did after that."""
    decided = max(told.days - 2, 0)
    with clock.ago(days=decided):
        seen = submission.version
        if told.fate == "signoff":
            signoff.propose_words(submission, told.edit, note=told.note, seen=seen, by=by)
        elif told.fate == "changes":
            review.ask_for_change(submission, seen=seen, by=by, note=told.note)
        elif told.fate == "declined":
            review.decline(submission, seen=seen, by=by, ground=Ground.PERSONAL, note=told.note)
        elif told.fate != "submitted":
            review.approve(submission, seen=seen, by=by)
    if told.fate in {"published", "withdrawn-words"} and told.action != "review":
        with clock.ago(days=max(decided - 1, 0)):
            proposal = signoff.publish_or_propose(
                submission,
                headline=told.headline,
                excerpt=told.excerpt,
                basis=Basis(
                    "The customer’s own report", by, clock.now().date(), told.expected_results
                ),
                fair_cut=True,
                by=by,
            )
        if isinstance(proposal, Proposal):
            with clock.ago(days=max(decided - 2, 0)):
                read = proposal.seal(rendering.proposed(proposal))
                author = submission.advocate
                signoff.approve(proposal, seen=read, by=author, circumstances=SEEN_BY)
    if told.since:
        with clock.ago(days=told.days - 7):
            credit, who = Credit(told.since), submission.advocate
            recrediting.recredit(submission, credit, {}, by=who, circumstances=SEEN_BY)
    if told.fate == "planned":
        appear_later(submission, told.headline, by=by)
    if told.fate == "withdrawn-words":
        with clock.ago(days=30):
            consent.withdraw(
                there(submission.receipt),
                Purpose.WORDS,
                by=submission.advocate,
                circumstances=SEEN_BY,
            )


def appear_later(submission: Submission, headline: str, *, by: Staff) -> None:
    """Approved, and to appear on a morning next week: on the stories page, not on the front."""
    day = (clock.now() + timedelta(days=8)).replace(hour=8, minute=0, second=0, microsecond=0)
    pages = [Page.STORIES, Page.REFERRALS]
    signoff.publish_or_propose(submission, headline=headline, at=day, pages=pages, by=by)


def speak_for_the_company(
    who: str, name: str, title: str, email: str, scopes, answer: str, note: str, days: int, *, by
) -> None:
    """Rosa asks a company for its own yes (Olivia asks hers herself), and somebody answers."""
    submission = db.session.scalars(
        sa.select(Submission)
        .where(Submission.advocate_id == person(who).id)
        .order_by(Submission.id)
        .limit(1)
    ).one()
    company = submission.advocate.company
    asked = [Scope(scope) for scope in scopes]
    with clock.ago(days=days + 1):
        approval = asking.ask(
            company,
            asking.Colleague(name, email, title),
            asked,
            by=submission.advocate if who == "Olivia" else by,
            receipt=submission.receipt,
        )
    with clock.ago(days=days):
        if answer == "approved":
            asking.approve(
                approval,
                asking.Yes(
                    asked, on_web=True, in_sales="logo" in scopes, name=name, title=title,
                    authorised=True, text_sha256=there(submission.current).sha256,
                ),
            )  # fmt: skip
        elif answer == "change-asked":
            asking.ask_for_change(approval, note)
        elif answer == "forbidden":
            asking.forbid(approval, note)


def approver_link() -> str:
    """The link of a company's press office, which said yes and may take it back."""
    answered = sa.select(OrgApproval).where(OrgApproval.verdict == OrgVerdict.APPROVED)
    newest = db.session.scalars(answered.order_by(OrgApproval.id).limit(1)).one()
    return links.mint(Kind.COMPANY, newest)


def asked_link() -> str:
    """The link of somebody who was asked and has not answered."""
    waiting = sa.select(OrgApproval).where(OrgApproval.verdict == OrgVerdict.PENDING)
    return links.mint(
        Kind.COMPANY, db.session.scalars(waiting.order_by(OrgApproval.id).limit(1)).one()
    )


def refer(to: Campaign, *, by: Staff) -> None:
    """Olivia recommends Fernhill; her leads stand at every stage."""
    olivia = person("Olivia")
    invitation = find(Invitation, campaign_id=to.id, advocate_id=olivia.id)
    with clock.ago(days=14):
        inviting.open(invitation)
        referral = referrals.join(
            invitation,
            choice=Choice.ACCEPTED,
            employer_allows=True,
            share_text="It plans our rounds so that I see my children before they sleep. Ask me "
            "anything.",
            show_name=True,
            circumstances=SEEN_BY,
            by=olivia,
        )
        links = {"": referral.links[0]}
        for label in dict.fromkeys(lead[0] for lead in people.LEADS if lead[0]):
            links[label] = referrals.add_link(referral, label, by=olivia)
    for label, name, company, email, stage, tells, days in people.LEADS:
        with clock.ago(days=days):
            lead = referrals.receive(
                links[label],
                name=name,
                email=email,
                company=company,
                message="",
                wants_marketing=False,
                tells_referrer=tells,
            )
            db.session.flush()
        for place, step in enumerate(path_to(Stage(stage)), 1):
            with clock.ago(days=days * (1 - place / 6)):
                db.session.flush()
                referrals.move(lead, step, seen=lead.version, by=by)
    visit(referral)
    sell(referral, by=by)
    keep_promise(by=by)


def keep_promise(*, by: Staff) -> None:
    """Elif has got what she was promised; Kwame’s waits in the queue."""
    theirs = there(prospect_ledger.of(find(Lead, name="Elif Aydin")))
    with clock.ago(hours=2):
        note = "Taken off invoice 2041."
        prospect_rewards.give(theirs, note=note, seen=len(theirs.entries), by=by)


def prospect_link() -> str:
    """What Elif finds in the mail about it."""
    return links.mint(Kind.PROSPECT, find(Lead, name="Elif Aydin"))


def visit(referral: Referral) -> None:
    """Some opened the links without a word, a few by the code on a van."""
    today = datetime.now(UTC).date()
    hits = [
        (
            Who(
                What.LINK,
                link.id,
                today - timedelta(days=n % 11),
                9 + n % 8,
                f"{n:024x}",
                Came.VISIT,
            ),
            "qr" if n % 5 == 0 else "link",
        )
        for place, link in enumerate(referral.links)
        for n in range(17 if place == 0 else 4)
    ]
    store(hits)


def sell(referral: Referral, *, by: Staff) -> None:
    """What sales noted of the leads, the list of customers known elsewhere, a file from the CRM."""
    with clock.ago(days=20):
        known.add(b"Company,Website\nOld Mill Boilers,https://oldmillboilers.example\n", by=by)
        risk.change("per-hour", is_on=True, severity=Severity.HOLD, threshold=4, seen=0, by=by)
    with clock.ago(days=13):
        vanity.choose(referral, "olivias-rounds", by=referral.advocate)
    for name, owner, euros, crm_id, note in people.SALES:
        lead = find(Lead, name=name)
        with clock.ago(days=2):
            work.describe(
                lead, owner=find(Staff, name=owner), value_cents=euros and euros * 100,
                currency="EUR", crm_id=crm_id, seen=lead.version, by=by,
            )  # fmt: skip
            if note:
                work.note(lead, note, by=by)
    with clock.ago(hours=2):
        stage_file.upload(people.DEALS.encode(), "deals-this-week.csv", by=by)


def on_a_working_day(days: int, *, hour: int) -> datetime:
    """From Monday to Friday, in so many days or soon after, as a clock in Berlin has it."""
    day = (datetime.now(UTC) + timedelta(days=days)).date()
    day += timedelta(days=7 - day.weekday() if day.weekday() > 4 else 0)
    return zones.moment(datetime.combine(day, time(hour)), "Europe/Berlin")


def plan_event(rosa: Staff) -> None:
    """An evening with two customers on the stage, three weeks from now."""
    for first_name, zone in people.CLOCKS.items():
        wishes.live_in(person(first_name), zone)
    with clock.ago(days=30):
        events.plan(
            title="The map and the road",
            description="Two people who plan service rounds talk about what a plan does not know.",
            starts_at=on_a_working_day(23, hour=16),
            minutes=60,
            time_zone="Europe/Berlin",
            place="https://meet.fernhill.example/map-and-road",
            format=Format.PANEL,
            seats=2,
            by=rosa,
        )


def speak(*, by: Staff) -> None:
    """Luca has his place at it; Amara waits for an answer."""
    speaker = find(Speaker, advocate_id=person("Luca").id)
    with clock.ago(days=2):
        events.confirm(speaker, speaker.event, by=by)


def decide(running: Campaign) -> None:
    """Ingrid picks what she is asked for, Jonas pauses, Yuki wants to be asked later."""
    ingrid, jonas, yuki = (person(name) for name in ("Ingrid", "Jonas", "Yuki"))
    with clock.ago(days=70):
        wishes.prefer(
            ingrid, paused_until=None, asks_for=["review", "referral"], ask_every=180,
            wants_updates=True, by=ingrid,
        )  # fmt: skip
        pause = clock.now().date() + timedelta(days=180)
        wishes.prefer(
            jonas, paused_until=pause, asks_for=[], ask_every=None, wants_updates=False, by=jonas
        )
    talk()
    with clock.ago(days=3):
        snooze(find(Invitation, campaign_id=running.id, advocate_id=yuki.id), 7, by=yuki)


def show_elsewhere(*, by: Staff) -> None:
    """A block for a page of the company's own site, in the order Rosa chose."""
    with clock.ago(days=40):
        block = blocks.make("For our pricing page", by=by)
        newest = sa.select(Asset).join(Asset.submission).where(Submission.action.in_(PICKED))
        for asset in db.session.scalars(newest.order_by(Asset.id).limit(4)):
            blocks.pick(block, asset, by=by)
        blocks.move_up(block, block.picks[1].asset, by=by)
    use_elsewhere(by=by)


def mind_gift_rules(*, by: Staff) -> None:
    """A country where nothing may be given, and an exception Theo asks for: Rosa has to agree."""
    why = "Gifts to many professions are barred there: our counsel, 3 November."
    gifts.write_down(RuleKind.COUNTRY, "Korea", 0, "EUR", why, by=by)
    theo = find(Staff, email="theo@fernhill.example")
    why = "The council’s register of gifts allows up to 25 EUR a year: mail of 12 November."
    exceptions.ask(person("Samuel"), whole_company=False, reason=why, by=theo)


def use_elsewhere(*, by: Staff) -> None:
    """Where sales put Mira's words; and a deck that never had a yes, found last week."""
    mira, clara = published_by("Mira"), published_by("Clara")
    with clock.ago(days=60):
        for kind, place in people.PLACES:
            since = clock.now().date()
            placements.record_use(
                mira, kind, place, owner=by, by=by, since=since, names_company=False
            )
    with clock.ago(days=9):
        slides = ("Partner day slides, page 3", "Leaflet for the trade fair")
        _, printed = (
            placements.record_use(clara, kind, place, owner=by, by=by, names_company=False)
            for kind, place in zip((PlaceKind.DECK, PlaceKind.PRINT), slides, strict=True)
        )
    with clock.ago(days=7):
        proof = placements.Proof("The rest of the leaflets went to recycling; a new print is out.")
        placements.finish(there(printed.takedown), Outcome.STOPPED, proof, by=by)
    placements.look_around()
    stay_in_a_deck(by=by)
    with clock.ago(days=2):
        renewals.nightly()  # Mira’s review is a year old in thirty days


def stay_in_a_deck(*, by: Staff) -> None:
    """Ruth took her words off the web, and has another job by now: so she is asked again, and says
    yes once more to one deck, and to nothing else."""
    ruth = published_by("Ruth")
    author = ruth.submission.advocate
    with clock.ago(days=28):
        slide, day = "Deck for hospitals, slide 4", clock.now().date()
        placements.record_use(
            ruth, PlaceKind.DECK, slide, owner=by, by=by, since=day, names_company=False
        )
    with clock.ago(days=13):
        said = {name: getattr(author, name) for name in detailing.OF_PERSON}
        title = {"job_title": "Chief Operating Officer"}
        detailing.correct(author, said | title, same_job=False, by=by)
    with clock.ago(days=12):
        renewals.nightly()
    asked = find(Renewal, submission_id=ruth.submission.id)
    with clock.ago(days=11):
        read = question(asked).seal
        renewals.keep(asked, seen=read, by=author, circumstances=SEEN_BY)


def published_by(first_name: str) -> Asset:
    theirs = sa.select(Asset).join(Asset.submission).join(Submission.advocate)
    return db.session.scalars(theirs.where(Advocate.first_name == first_name).limit(1)).one()


def talk() -> None:
    """Wei is in the middle of a story, and would rather tell it."""
    who = person("Wei")
    story = find(Submission, advocate_id=who.id, action=Action.CASE_STUDY)
    with clock.ago(days=1):
        interviews.ask(
            story.invitation,
            reason=story.subject,
            slots=[on_a_working_day(5, hour=10), on_a_working_day(8, hour=14)],
            time_zone="Europe/Berlin",
            medium=Medium.VIDEO,
            phone="",
            topics="What the spring floods taught us about planning ahead.",
            by=who,
        )


def path_to(stage: Stage) -> list[Stage]:
    """The stages somebody passes on the way."""
    along = [Stage.CONTACTED, Stage.QUALIFIED, Stage.MEETING, Stage.WON]
    if stage is Stage.RECEIVED:
        return []
    if stage in along:
        return along[: along.index(stage) + 1]
    return [Stage.CONTACTED, stage]


def pay(*, by: Staff) -> None:
    """The older rewards were sent, two of them as codes; the newest wait for a decision."""
    older = db.session.scalars(sa.select(Reward).order_by(Reward.id).limit(5)).all()
    with clock.ago(days=95):
        kept = pool.upload(people.CODES.encode(), "gift-cards.csv", gift_of(older[0]), by=by)
        pool.apply(kept, by=by)
    for place, reward in enumerate(older):
        with clock.ago(days=90):
            incentives.move(reward, RewardState.APPROVED, by=by)
            if place < 2 and not reward.donated:
                codes.give(reward, by=by)
            elif place < 4:
                note = "Sent by mail on the same day, order 20817."
                incentives.move(reward, RewardState.ISSUED, note=note, by=by)


def gift_of(reward: Reward) -> Offer:
    return db.session.get_one(Offer, reward.promise["offer_id"])


def plan_ahead(gift: Offer, *, by: Staff) -> None:
    """A campaign still being written, a file that somebody looked at and did not import, and a
    customer whom a colleague proposes."""
    vera = db.session.scalars(sa.select(Staff).filter_by(name="Vera")).one()
    for first_name, reason in people.PROPOSED.items():
        with clock.ago(days=3):
            nominations.propose(person(first_name), reason, by=vera)
    with clock.ago(days=2):
        campaigns.draft(
            name="Winter stories",
            actions=[Action.CASE_STUDY.value, Action.WEBINAR.value],
            audience={"tag": "pilot"},
            offer=gift,
            referral_offer=None,
            rewarding_stage="won",
            deadline=(clock.now() + timedelta(days=70)).date(),
            subject_line="{first_name}, how was your first winter with Fernhill?",
            body=BODY,
            why="",
            owner=by,
            reminders=(5, 12),
        )
        advocates.upload(CSV.read_bytes(), "customers-november.csv", by=by)
    come_again("Mira", "mira+events@saltbridge.example")


def come_again(who: str, email: str) -> None:
    """Somebody is here a second time, by another address."""
    mine = person(who)
    twice = {"first_name": mine.first_name, "last_name": mine.last_name}
    with clock.ago(days=2):
        again = Advocate(company=mine.company, email=email, email_key=email, **twice)
        db.session.add(again)


def person(first_name: str) -> Advocate:
    persona = next(p for p in people.PEOPLE if p.first_name == first_name)
    return find(Advocate, email_key=persona.email)


def find(model: type, **values):
    return db.session.scalars(sa.select(model).filter_by(**values)).one()


def ways_in() -> list[tuple[str, Callable[[], str]]]:
    """What the demo prints: whose link it is, and how to make a fresh one."""
    running = find(Campaign, slug="autumn-voices")

    def link(first_name: str) -> Callable[[], str]:
        who = person(first_name)
        return lambda: inviting.link(find(Invitation, campaign_id=running.id, advocate_id=who.id))

    def elsewhere() -> str:
        there = find(Campaign, slug="how-it-is-going")
        clara = find(Invitation, campaign_id=there.id, advocate_id=person("Clara").id)
        return inviting.link(clara)

    return [
        ("Noor was just invited", link("Noor")),
        ("Yuki opened nothing yet either", link("Yuki")),
        ("Samuel works for a council: no reward is offered", link("Samuel")),
        ("Wei stopped half-way through a case study", link("Wei")),
        ("Clara has sent a review, and may post it on Google too", elsewhere),
        ("Sofia was asked for a change", link("Sofia")),
        ("Luca has a place at an event", link("Luca")),
        ("Olivia recommends Fernhill and follows her leads", link("Olivia")),
    ]

"""The people of the demo: customers of Fernhill, which plans routes for field-service teams.

All of them, their companies and their words are invented.
"""

from dataclasses import dataclass, field

from portal.advocates.models import SignalKind
from portal.placements.models import Kind

YES_TO_ALL = ("words", "name", "company", "logo", "photo", "sales", "reference", "recording")


@dataclass(frozen=True)
class Persona:
    first_name: str
    last_name: str
    title: str
    company: str
    email: str
    sector: str = "private"


@dataclass(frozen=True)
class Told:
    """One contribution: what was said, how long ago (days), and what became of it."""

    who: str
    action: str
    days: int
    answers: dict
    yes: tuple[str, ...] = ("words", "name", "company")
    choice: str | None = "accepted"
    relation: str = "none"
    credit: str = "full"
    since: str = ""  # the credit chosen a week later, in its place
    fate: str = "published"  # draft submitted changes approved planned published declined …
    note: str = ""
    headline: str = ""
    excerpt: str = ""
    expected_results: str = ""  # ours, beside figures
    edit: dict = field(default_factory=dict)  # what staff would rather have it say, by key
    extra: dict = field(default_factory=dict)


PEOPLE = [
    Persona("Mira", "Okafor", "Operations Director", "Saltbridge Utilities", "mira@saltbridge.example"),
    Persona("Tomás", "Herrera", "Head of Service", "Calder Lift Services", "tomas@calderlift.example"),
    Persona("Ingrid", "Solheim", "Fleet Manager", "Nordvik Heating", "ingrid@nordvik.example"),
    Persona("Priya", "Raman", "Dispatch Lead", "Pinewell Facilities", "priya@pinewell.example"),
    Persona("Daniel", "Osei", "Regional Manager", "Brackwater Pest Control", "daniel@brackwater.example"),
    Persona("Elke", "Brandt", "Disponentin", "Hartsfeld Solar", "elke@hartsfeld.example"),
    Persona("Jonas", "Weber", "Service Coordinator", "Oakline Appliances", "jonas@oakline.example"),
    Persona("Hannah", "Kaplan", "Office Manager", "Moorgate Drainage", "hannah@moorgate.example"),
    Persona("Luca", "Moretti", "Technical Director", "Ponte Ascensori", "luca@ponte-ascensori.example"),
    Persona("Sofia", "Lindqvist", "Customer Success Lead", "Vattern Cooling", "sofia@vattern.example"),
    Persona("Ben", "Carter", "Founder", "Carter & Daughters Plumbing", "ben@carterdaughters.example"),
    Persona("Amara", "Diallo", "Head of Operations", "Sahel Solar Services", "amara@sahelsolar.example"),
    Persona("Wei", "Chen", "Planning Manager", "Harbour Elevators", "wei@harbourelevators.example"),
    Persona("Noor", "Haddad", "Field Operations Manager", "Cedar Fire Safety", "noor@cedarfire.example"),
    Persona("George", "Pell", "Workshop Lead", "Pell Brothers", "george@pellbrothers.example"),
    Persona("Ruth", "Abara", "Service Director", "Abara Medical Devices", "ruth@abaramedical.example"),
    Persona("Olivia", "Grant", "Managing Director", "Grant Window Care", "olivia@grantwindows.example"),
    Persona("Samuel", "Berg", "Head of Depot", "Tarn Valley Council", "samuel@tarnvalley.example", "public"),
    Persona("Yuki", "Tanaka", "Logistics Planner", "Minato Water Filters", "yuki@minatowater.example"),
    Persona("Clara", "Novak", "Operations Analyst", "Novak Kitchens", "clara@novakkitchens.example"),
]  # fmt: skip

# Companies that came in once more, under a longer name; two of the rows were joined since.
AGAIN = [
    Persona("Emil", "Brandt", "Werkstattleiter", "Hartsfeld Solar GmbH", "emil@hartsfeld.example"),
    Persona("Joy", "Lam", "Site Manager", "Harbour Elevators Ltd", "joy@harbourelevators.example"),
]
ONE_COMPANY = ("Hartsfeld Solar", "Hartsfeld Solar GmbH")
RENAMED = ("Pinewell Facilities", "Pinewell Places")  # and its yes was to the name before

CORRECTION = "My last name is Weber-Lang since June. Please change it everywhere."

PLACES = (
    (Kind.DECK, "Pitch deck autumn, slide 7"),
    (Kind.DEAL, "Offer to a water utility"),
    (Kind.DEAL, "Offer to a town’s works department"),
)

FIRST = [  # told in answer to the first campaign
    Told(
        "Mira", "quote", 128,
        {
            "use": "Eleven dispatchers, about 140 engineers on the road",
            "words": "Before, a burst main meant twenty phone calls and a whiteboard. Now the nearest "
            "crew that holds the right certificate is moving before I have put the phone down. If you "
            "are considering it, do the first month with your grumpiest dispatcher in the room: ours "
            "found every rule we had never written down.",
        },
        yes=("words", "name", "company", "photo", "sales"),
    ),
    Told(
        "Tomás", "case-study", 121,
        {
            "situation": "We keep about 3,900 lifts running in two cities, with 62 technicians and "
            "contracts that promise somebody on site within two hours when a person is stuck.",
            "problem": "Planning happened in the heads of two people. When one of them was on holiday "
            "we missed the two hours every other day, and nobody could say why one technician drove "
            "past three open jobs to reach a fourth.",
            "why": "It was the only planner that let us say “this technician may open this make of "
            "controller” as a rule, and the only one that told us what it could not do: it does not "
            "order parts, and they said so in the first call.",
            "change": "We started with one district and the rules on paper. It took six weeks rather "
            "than the three we had hoped for, because our certificates were a mess. Since then the "
            "morning plan is ready at seven, and when somebody is stuck the app shows who is nearest "
            "and allowed. Dispatchers still overrule it about one time in ten, and it asks them why.",
            "results": [
                {"metric": "Calls reached within two hours", "before": "81 %", "after": "96 %",
                 "period": "March to August", "how": "Contract report, all entrapments"},
                {"metric": "Kilometres per job", "before": "14.2", "after": "9.8",
                 "period": "March to August", "how": "Vehicle trackers, 62 vans"},
            ],
            "advice": "Clean up your certificates first. And let the technicians see the plan a week "
            "before you switch, so that they find the mistakes instead of suffering them.",
        },
        yes=YES_TO_ALL,
        headline="Two cities, 3,900 lifts, and a plan that is ready at seven",
    ),
    Told(
        "Ingrid", "review", 126,
        {
            "rating": 5, "headline": "The winter we stopped guessing",
            "worked": "Boiler failures come in waves when it drops below minus fifteen. The plan "
            "rebuilds itself while we talk to the customer, and the drivers trust it because it knows "
            "which roads are closed.",
            "lacking": "The map is slow on our oldest tablets.",
        },
    ),
    Told(
        "Priya", "review", 111,
        {
            "rating": 4, "headline": "Good planner, patient support",
            "worked": "Recurring visits and holidays finally live in one place. Support answered a "
            "question about split shifts the same afternoon and changed the help page afterwards.",
            "lacking": "Reports cannot be scheduled; I export them by hand every Monday.",
        },
        choice="donated",
    ),
    Told(
        "Daniel", "review", 98,
        {
            "rating": 3, "headline": "Does the main job, needs care",
            "worked": "Routes are shorter than what we drew ourselves, by roughly a fifth.",
            "lacking": "Setting up our treatment intervals took three weeks and two calls. The mobile "
            "app lost a signature once; it has not happened since the March update.",
        },
        yes=("words", "name"), since="anonymous",
    ),
    Told(
        "Elke", "review", 84,
        {
            "rating": 2, "headline": "Nice idea, not for rooftops yet",
            "worked": "Planning by skill works, and the team is friendly and honest.",
            "lacking": "It cannot plan two people who must arrive together, and on a roof that is the "
            "whole job. We work around it with a fake appointment. They told us it is on the list.",
        },
        yes=("words",), choice="declined", credit="anonymous",
    ),
    Told(
        "Jonas", "review", 77,
        {
            "rating": 1, "headline": "Wrong tool for a shop like ours",
            "worked": "Cancelling was easy and they helped us export everything.",
            "lacking": "We are four people with fixed rounds. Every change of plan cost more time than "
            "it saved. Somebody should have told us that before we bought it.",
        },
        yes=("words", "name", "company"), choice=None,
    ),
    Told(
        "Ruth", "quote", 72,
        {
            "use": "Service visits for hospital equipment",
            "words": "Auditors ask which engineer touched which device, and when. We used to look for a "
            "week; now it is one page.",
        },
        yes=("words", "name", "company", "sales"), fate="withdrawn-words",
    ),
    Told(
        "Clara", "quote", 66,
        {
            "use": "Kitchen fitters, two depots",
            "words": "What changed is the tone in the morning. Nobody shouts across the yard any more "
            "because everyone can see the same plan. It did not make us faster in the first month, and "
            "I would tell anyone to expect that. From the second month on we fit one more kitchen a week.",
        },
        yes=("words", "name"), relation="partner",
        excerpt="What changed is the tone in the morning. Nobody shouts across the yard any more "
        "because everyone can see the same plan. It did not make us faster in the first month, and "
        "I would tell anyone to expect that.",
        expected_results="Firms of this size fit one to three more orders a week after half a year.",
    ),
    Told(
        "Daniel", "quote", 70,
        {
            "use": "Pest control in four towns",
            "words": "Each site used to have a folder, and each folder a gap. Now the next visit "
            "stands on the calendar before we leave the last one. Setting it up was dull work, and "
            "nobody has asked me for a folder since.",
        },
        yes=("words", "name", "company"), choice="declined", fate="planned",
        headline="No folder, and no gap",
    ),
]  # fmt: skip

SECOND = [  # told in answer to the running campaign
    Told(
        "Hannah", "review", 6,
        {
            "rating": 4, "headline": "Emergencies first, without the drama",
            "worked": "When a drain backs up on a Saturday the on-call list and the map are the same "
            "screen. That alone was worth the change.",
            "lacking": "I would like to see the price of a job next to its slot.",
        },
        fate="submitted",
    ),
    Told(
        "Luca", "quote", 5,
        {
            "use": "Lift maintenance, 28 technicians",
            "words": "Our technicians were sceptical for exactly one week. Then the new man reached a "
            "site he had never seen with the right spare part, because the plan had told him which "
            "controller was in the basement. I would not go back, but I would budget for the training.",
        },
        yes=("words", "name", "company", "sales"), fate="submitted",
    ),
    Told(
        "Sofia", "case-study", 9,
        {
            "situation": "We look after cold rooms for 640 food shops between Jönköping and Örebro.",
            "problem": "A cold room that fails on a Friday costs a shop its weekend. We learned of "
            "failures from angry calls.",
            "why": "It could take alarms from our sensors as jobs, and it was honest about its limits.",
            "change": "Alarms become visits without a human in between, and the shop sees the van on "
            "the map. Complaints fell by half.",
            "advice": "Decide first who may overrule the plan, and write the name down.",
        },
        fate="changes",
        note="This is a wonderful account. “Complaints fell by half” needs a number we can point to: "
        "how many before, how many after, over which months? The results table is made for it.",
    ),
    Told(
        "Ben", "quote", 11,
        {
            "use": "Six vans, family business",
            "words": "My daughter runs the office from a laptop at the kitchen table and I have not "
            "missed a call-out since May. It is not cheap for a firm of our size. It is cheaper than "
            "the second receptionist we were about to hire.",
        },
        yes=("words", "name", "company", "sales"), fate="approved",
    ),
    Told(
        "Olivia", "quote", 12,
        {
            "use": "Window cleaning, nine vans",
            "words": "I see my children before they sleep, which I did not before. The plan is ready "
            "at six and it is a good one, the teams swap jobs between themselfs and I hear about it "
            "after. What I would tell others is that the first two weeks are hard.",
        },
        yes=("words", "name", "company"), fate="signoff",
        edit={
            "words": "I see my children before they sleep, which I did not before. The plan is ready "
            "at six and it is a good one. The teams swap jobs between themselves, and I hear about it "
            "afterwards. What I would tell others is that the first two weeks are hard.",
        },
        note="Two small slips of the pen and one long sentence; nothing else is touched. Is this "
        "still how you would say it?",
    ),
    Told(
        "Amara", "webinar", 4,
        {
            "topic": "Planning service rounds where half the villages have no street names",
            "format": "An interview, with questions you see beforehand",
            "event": "The map and the road",
            "bio": "Amara Diallo runs operations for Sahel Solar Services, which keeps 11,000 home "
            "solar systems working across three countries.",
        },
        yes=("name", "company", "recording"), choice="donated", fate="submitted",
    ),
    Told(
        "Luca", "webinar", 8,
        {
            "topic": "One week of sceptics: how our technicians came to trust a plan they had not made",
            "format": "A panel with two other customers",
            "event": "The map and the road",
            "bio": "Luca Moretti looks after the technical side of Ponte Ascensori in Bologna. He has "
            "repaired lifts for nineteen years, and planned who repairs them for six.",
        },
        yes=("name", "company", "recording"), choice="declined", fate="approved",
    ),
    Told(
        "Wei", "case-study", 3,
        {
            "situation": "Forty-one high-rise buildings, nine technicians, one harbour tunnel that "
            "closes without warning.",
            "problem": "We planned around the tunnel by gossip.",
        },
        fate="draft",
    ),
    Told(
        "George", "review", 13,
        {
            "rating": 2, "headline": "Ask Dave at the depot",
            "worked": "Fine on the whole.",
            "lacking": "Dave Hutchins at your Leeds office, mobile 07700 900461, promised us a "
            "discount and then moved house.",
        },
        fate="declined", note="It names a private person and gives their phone number. The rest of "
        "your review is welcome at any time, whatever the rating.",
    ),
]  # fmt: skip

CLOCKS = {"Luca": "Europe/Rome", "Amara": "Africa/Dakar"}  # which clock they look at

# What companies said of their own: (whose contribution, who answers, their role, mail, scopes,
# answer, note, days ago). Nobody asked the others yet, so they are not named.
COMPANIES = [
    ("Mira", "Farah Siddiqui", "Head of Communications", "press@saltbridge.example",
     ("name", "logo"), "approved", "", 126),
    ("Tomás", "Lucía Prado", "Legal Counsel", "legal@calderlift.example",
     ("name", "logo", "story"), "approved", "", 120),
    ("Ingrid", "Lars Nordvik", "Owner", "lars@nordvik.example",
     ("name",), "approved", "", 123),
    ("Priya", "Dev Anand", "Brand Manager", "brand@pinewell.example",
     ("name",), "approved", "", 116),
    ("Jonas", "Greta Lang", "Managing Director", "greta@oakline.example",
     ("name",), "pending", "", 3),
    ("Ruth", "Kofi Mensah", "Compliance Officer", "compliance@abaramedical.example",
     ("name",), "forbidden", "We name no suppliers. It is nothing about you.", 100),
    ("Ben", "Ruby Carter", "Partner", "ruby@carterdaughters.example",
     ("name",), "change-asked", "Please write “Carter and Daughters”, without the “&”.", 6),
    ("Olivia", "Hugh Grantham", "Operations", "hugh@grantwindows.example",
     ("name",), "pending", "", 4),
]  # fmt: skip

# Leads through Olivia’s links: (label, name, company, mail, stage, tells her, days ago)
ELSEWHERE = [  # told in answer to the campaign whose reviews may be posted on another site
    Told(
        "Mira",
        "review",
        340,
        {
            "rating": 4,
            "headline": "Two years in, and still in use",
            "worked": "Planned outages and urgent ones share one board now. New dispatchers need a "
            "morning, not a week, before they plan alone.",
            "lacking": "Changing a service area means calling support; I would rather do it myself.",
        },
        yes=("words", "name", "company"),
        choice=None,
    ),
    Told(
        "Clara",
        "review",
        336,
        {
            "rating": 3,
            "headline": "Solid, with a learning curve",
            "worked": "The analysis of driving time is better than what I built in a spreadsheet.",
            "lacking": "Exports use their own names for columns, so every report starts with renaming.",
        },
        yes=("words",),
        choice=None,
    ),
]

# What Fernhill suggests for passing a link on with.
SUGGESTED = """We plan our service rounds with Fernhill. It draws up the day’s visits and tells \
customers when we come. Ask me how we use it."""

LEADS = [
    ("", "Marek Zielinski", "Zielinski Doors", "marek@zielinskidoors.example", "received", False, 1),
    ("Maya at the chamber", "Maya Fischer", "Fischer Gardens", "maya@fischergardens.example", "contacted", True, 5),
    ("Maya at the chamber", "Ola Nilsen", "Nilsen Chimneys", "ola@nilsenchimneys.example", "unqualified", False, 9),
    ("My brother-in-law", "Robert Haas", "Haas Roofing", "robert@haasroofing.example", "qualified", True, 8),
    ("Chamber newsletter", "Dina Petrov", "Petrov Pools", "dina@petrovpools.example", "meeting", False, 10),
    ("Chamber newsletter", "Kwame Boateng", "Boateng Generators", "kwame@boateng.example", "won", True, 12),
    ("Chamber newsletter", "Ines Costa", "Costa Awnings", "ines@costaawnings.example", "lost", False, 11),
    ("Chamber newsletter", "Ama Boateng", "Boateng Generators", "ama@boateng.example", "qualified", False, 4),
    ("", "Elif Aydin", "Aydin Lifts", "elif@aydinlifts.example", "won", False, 13),
]  # fmt: skip

# What the sales people noted: who, owner, value in euros, CRM id, note.
SALES = [
    ("Kwame Boateng", "Theo", 14_400, "D-1041", "Twelve vans, starts in January."),
    ("Dina Petrov", "Theo", 7_200, "D-1047", "Wants to see the phone view with her foreman."),
    ("Robert Haas", "Rosa", 4_800, "D-1052", ""),
    ("Ines Costa", "Theo", 3_600, "D-1044", "Stays with paper for this season."),
    ("Ama Boateng", "Theo", None, "D-1058", ""),
]
DEALS = """CRM id,Stage,Notes
D-1047,Closed Won,Signed after the visit
D-1052,Meeting,Tuesday at ten
D-1058,Contract Sent,
D-1099,Working,Not from a recommendation
"""

# Gift cards Rosa bought; nobody’s.
CODES = "Code,Value,Currency\n" + "".join(
    f"FERN-{n * 7919 % 9000 + 1000}-{n * 104_729 % 9000 + 1000},25,EUR\n" for n in range(1, 25)
)

# What Fernhill knows of how people are doing: who, kind, number, words, days ago, closed days ago.
SIGNALS = [
    ("Mira", SignalKind.NPS, 9, "Saves the dispatchers an hour a day.", 40, None),
    ("Mira", SignalKind.RENEWAL, None, "Renewed for two years", 31, None),
    ("Mira", SignalKind.TICKET, None, "Map tiles load slowly on the wall screen", 70, 66),
    ("Mira", SignalKind.USAGE, 88, "Eleven of twelve dispatchers plan every day", 5, None),
    (
        "Tomás",
        SignalKind.COMMUNITY,
        None,
        "Answered three questions on rules in the forum",
        20,
        None,
    ),
    ("Elke", SignalKind.NPS, 4, "Two people on one roof: still not possible.", 30, None),
    ("Hannah", SignalKind.CSAT, 5, "Quick help on a Saturday", 12, None),
    ("Ruth", SignalKind.TICKET, None, "Certificates do not show in the phone app", 6, None),
    ("Yuki", SignalKind.USAGE, 91, "", 9, None),
    ("Clara", SignalKind.NOTE, None, "Would speak at a meet-up, but not before March.", 25, None),
]
TAGS = {
    "Mira": ["pilot", "speaker"],
    "Tomás": ["pilot"],
    "Clara": ["speaker"],
    "Noor": ["pilot"],
    "Hannah": ["small team"],
}

# Whom Vera, who looks after these accounts, proposes to ask, and why.
PROPOSED = {
    "Priya": "She runs dispatch for three sites now, and told me she would gladly compare notes "
    "with somebody who is about to start.",
}

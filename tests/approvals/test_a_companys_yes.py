"""Two gates: a company is named only when its person and the company both said yes (T28)."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from portal.advocates.models import Advocate, Company
from portal.campaigns.models import Action
from portal.consent import actions as consent
from portal.consent import asking, companies
from portal.consent.actions import Circumstances
from portal.consent.models import Clause, OrgApproval, OrgVerdict, Purpose, Scope
from portal.db import db
from portal.history.models import Entry
from portal.submissions.models import Submission
from tests.contributing import ANSWERS, EVERYTHING, company_agrees

NAME = "Analytical Engines"
JO = {"name": "Jo Smith", "email": "jo@analytical.example", "scopes": ["name"]}
YES = {
    "scopes": ["name"],
    "channels": ["web"],
    "reach": "everywhere",
    "name": "Jo Smith",
    "title": "Head of Press",
    "authorised": "y",
}


@pytest.fixture
def quote(published, saved) -> str:
    """Ada's quote, public; nobody asked her company. Its address."""
    return published(company=False)


@pytest.fixture
def ask(as_ada, saved):
    """Ada asks Jo; Jo's link as it came by mail."""

    def ask(**more):
        one = saved(Submission)[0].id
        return as_ada.post(f"/me/submissions/{one}/company", data=JO | more)

    return ask


@pytest.fixture
def jos_link(ask, post_mail, mailroom):
    def jos_link(**more) -> str:
        assert ask(**more).status_code == 303
        post_mail()
        mail = mailroom.text(mailroom.to("jo@analytical.example")[-1])
        return re.search(r"http://localhost(/company/\S+)", mail).group(1)

    return jos_link


@pytest.fixture
def approve(as_stranger):
    def approve(link: str, **more):
        page = as_stranger.get(link).text
        seen = re.search(r'name="seen" value="(\w*)"', page).group(1)
        return as_stranger.post(f"{link}/approval", data=YES | {"seen": seen} | more)

    return approve


def test_T28_a_company_is_named_when_it_said_yes_itself_and_until_it_takes_that_back(
    quote, jos_link, approve, as_stranger, as_ada, as_rosa, ada, saved
):
    one = saved(Submission)[0].id
    assert NAME not in as_stranger.get(quote).text
    assert "shown once the company says yes" in as_ada.get(f"/me/submissions/{one}").text
    link = jos_link(why="Could you look at this, Jo?")
    page = as_stranger.get(link).text
    for said in (ANSWERS["words"], NAME, "Ada Lovelace", "Could you look at this, Jo?"):
        assert said in page
    assert NAME not in as_stranger.get(quote).text
    assert "Jo Smith was asked on" in as_ada.get(f"/me/submissions/{one}").text

    assert approve(link).status_code == 303
    assert NAME in as_stranger.get(quote).text
    assert NAME in as_stranger.get("/stories").text
    assert "You said yes on" in as_stranger.get(link).text
    assert "both said yes" in as_ada.get(f"/me/submissions/{one}").text
    assert "both agreed" in as_rosa.get(f"/staff/submissions/{one}").text
    assert "Approved, Jo Smith" in as_rosa.get(f"/staff/customers/{ada}").text
    [approval] = saved(OrgApproval)
    assert approval.authority == "I am authorised to decide this for Analytical Engines."

    assert as_stranger.post(f"{link}/withdrawal").status_code == 303
    assert NAME not in as_stranger.get(quote).text
    assert ANSWERS["words"] in as_stranger.get(quote).text


def test_T28_the_company_alone_names_nobody(published, as_stranger):
    address = published(allows=EVERYTHING - {Purpose.COMPANY}, company=False)
    assert NAME not in as_stranger.get(address).text


def test_T28_the_persons_withdrawal_is_enough(published, as_stranger, act, ada, saved):
    address = published()
    assert NAME in as_stranger.get(address).text

    def withdraw():
        receipt = db.session.get(Submission, saved(Submission)[0].id).receipt
        person = db.session.get(Advocate, ada)
        consent.withdraw(receipt, Purpose.COMPANY, by=person, circumstances=Circumstances())

    act(withdraw)
    assert NAME not in as_stranger.get(address).text


@pytest.mark.parametrize(
    ("limit", "shown"),
    [
        ({"channels": ["sales"]}, False),
        ({"reach": "some", "territory": "Germany"}, False),  # the web is read everywhere
        ({"channels": ["web", "sales"]}, True),
        ({"until": "2099-01-01"}, True),
    ],
)
def test_T28_a_yes_reaches_as_far_as_it_was_given(
    quote, jos_link, approve, as_stranger, limit, shown
):
    assert approve(jos_link(), **limit).status_code == 303
    assert (NAME in as_stranger.get(quote).text) is shown


def test_T28_a_yes_ends_on_its_last_day(quote, as_stranger, act, saved, wait):
    last = datetime.now(UTC).date() + timedelta(days=10)

    def agree():
        submission = db.session.get(Submission, saved(Submission)[0].id)
        company_agrees(submission, until=last)

    act(agree)
    wait(days=10)
    assert NAME in as_stranger.get(quote).text
    wait(days=11)
    assert NAME not in as_stranger.get(quote).text


def test_T28_a_story_names_its_company_only_with_a_yes_to_the_story(
    published, act, as_stranger, saved
):
    address = published(Action.CASE_STUDY, company=False)

    def agree(*scopes):
        submission = db.session.get(Submission, saved(Submission)[0].id)
        company_agrees(submission, scopes=scopes)

    act(lambda: agree(Scope.NAME))
    assert NAME not in as_stranger.get(address).text
    act(lambda: agree(Scope.STORY))
    assert NAME in as_stranger.get(address).text


def test_T28_a_yes_to_one_story_is_none_to_other_words(published, act, as_stranger, saved):
    address = published(Action.CASE_STUDY, company=False)

    def agree():
        submission = db.session.get(Submission, saved(Submission)[0].id)
        company_agrees(submission, text_sha256="0" * 64)

    act(agree)
    assert NAME not in as_stranger.get(address).text


def test_T28_a_no_blocks_whatever_else_was_said_and_nobody_asks_again(
    quote, jos_link, approve, as_stranger, as_ada, as_rosa, act, saved
):
    def agree():
        company_agrees(db.session.get(Submission, saved(Submission)[0].id))

    act(agree)
    assert NAME in as_stranger.get(quote).text
    link = jos_link()
    assert as_stranger.post(f"{link}/refusal", data={"note": "Not now."}).status_code == 303
    assert NAME not in as_stranger.get(quote).text
    one = saved(Submission)[0]
    again = as_ada.post(f"/me/submissions/{one.id}/company", data=JO)
    assert again.status_code == 409
    assert "does not want to be named" in again.text
    company = saved(Company)[0].id
    again = as_rosa.post(f"/staff/companies/{company}/approvals", data=JO | {"about": 0})
    assert again.status_code == 409
    assert approve(link).status_code == 303  # whoever said no may change their mind
    assert NAME in as_stranger.get(quote).text


def test_T28_a_contract_that_forbids_it_is_the_companys_no(
    quote, as_rosa, as_stranger, act, saved, post_mail, mailroom
):
    def agree():
        company_agrees(db.session.get(Submission, saved(Submission)[0].id))

    act(agree)
    before = len(post_mail())
    company = saved(Company)[0].id
    page = f"/staff/companies/{company}/approvals"
    answer = as_rosa.post(page, data=JO | {"about": 0, "clause": Clause.FORBIDS.value})
    assert answer.status_code == 303
    assert NAME not in as_stranger.get(quote).text
    assert len(post_mail()) == before
    noted = saved(OrgApproval)[-1]
    assert noted.verdict is OrgVerdict.FORBIDDEN
    assert as_rosa.post(f"/staff/approvals/{noted.id}/closing").status_code == 303
    assert NAME in as_stranger.get(quote).text


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("jo@gmail.com", "Anybody can have an address at gmail.com"),
        ("jo@web.de", "Anybody can have an address at web.de"),
        ("jo@elsewhere.example", "own domain: analytical.example"),
        ("jo@notanalytical.example", "own domain: analytical.example"),
        ("ada@analytical.example", "Enter a colleague’s address"),
        ("jo", "Enter a mail address"),
    ],
)
def test_T28_only_an_address_at_the_companys_own_domain_is_asked(quote, ask, saved, email, said):
    answer = ask(email=email)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{email}"' in answer.text
    assert saved(OrgApproval) == []


def test_T28_the_domain_of_its_website_counts_and_free_mail_never(app, save):
    company = Company(name="Byte", name_key="byte", website="https://www.byte.example/contact")
    company_id = save(company)
    person = {"first_name": "G", "last_name": "M", "email": "g@gmx.de", "email_key": "g@gmx.de"}
    save(Advocate(company_id=company_id, **person))
    with app.app_context():
        byte = db.session.get(Company, company_id)
        assert companies.domains(byte) == ["byte.example"]
        assert companies.objection("pr@uk.byte.example", byte) == ""
        assert companies.objection("pr@GMX.de", byte).startswith("Anybody")


def test_T28_without_the_persons_own_yes_nobody_is_asked(published, ask, as_ada, saved):
    published(allows=EVERYTHING - {Purpose.COMPANY}, company=False)
    assert ask().status_code == 409
    page = as_ada.get(f"/me/submissions/{saved(Submission)[0].id}/company").text
    assert "nothing to ask" in page
    assert saved(OrgApproval) == []


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ({"authorised": ""}, "Confirm that you may decide"),
        ({"scopes": []}, "Choose what you approve"),
        ({"channels": []}, "Choose where it may be used"),
        ({"reach": "some", "territory": ""}, "Enter the countries"),
        ({"title": ""}, "Enter your role"),
    ],
)
def test_T28_a_yes_says_who_gives_it_and_how_far_it_goes(
    quote, jos_link, approve, saved, missing, said
):
    answer = approve(jos_link(), **missing)
    assert answer.status_code == 422
    assert said in answer.text
    assert saved(OrgApproval)[0].verdict is OrgVerdict.PENDING


def test_a_yes_is_to_what_was_on_the_page(quote, jos_link, approve, saved):
    answer = approve(jos_link(), seen="0" * 64)
    assert answer.status_code == 409
    assert "Look at it once more" in answer.text
    assert saved(OrgApproval)[0].verdict is OrgVerdict.PENDING


def test_a_change_asked_for_reaches_both_sides(
    quote, jos_link, as_stranger, as_ada, as_rosa, post_mail, mailroom, saved
):
    link = jos_link()
    note = "Call us Analytical, please, not Analytical Engines."
    assert as_stranger.post(f"{link}/change-request", data={"note": ""}).status_code == 422
    assert as_stranger.post(f"{link}/change-request", data={"note": note}).status_code == 303
    post_mail()
    for address in ("ada@analytical.example", "rosa@acme.example"):
        assert note in mailroom.text(mailroom.to(address)[-1])
    assert note in as_ada.get("/me").text
    assert note in as_rosa.get(f"/staff/companies/{saved(Company)[0].id}/approvals").text


def test_whoever_asked_for_a_change_is_asked_anew_without_typing_it_again(
    quote, jos_link, as_stranger, as_rosa, saved
):
    address = f"/staff/companies/{saved(Company)[0].id}/approvals"
    assert 'value="jo@' not in as_rosa.get(address).text
    as_stranger.post(f"{jos_link()}/change-request", data={"note": "Write it with an accent."})
    asked = saved(OrgApproval)[0]
    page = as_rosa.get(address, query_string={"approval": asked.id}).text
    assert f'value="{asked.email}"' in page
    assert f'value="{asked.approver}"' in page
    for scope in asked.asked:
        assert re.search(rf'checked[^>]*value="{scope}"', page)
    about = saved(Submission)[0].id
    assert f'<option selected value="{about}">' in page
    assert 'value="jo@' not in as_rosa.get(f"{address}?approval={asked.id + 1}").text
    again = {"about": about, "name": asked.approver, "email": asked.email, "scopes": asked.asked}
    assert as_rosa.post(address, data=again).status_code == 303
    page = as_rosa.get(address).text
    assert "Ask somebody there" in page
    assert 'value="jo@' not in page


def test_a_link_shows_nothing_any_more_once_the_words_are_taken_back(
    quote, jos_link, as_stranger, as_ada, saved
):
    link = jos_link()
    as_ada.post(f"/me/submissions/{saved(Submission)[0].id}/withdrawal")
    page = as_stranger.get(link).text
    assert ANSWERS["words"] not in page
    assert "Lovelace" not in page.partition("Exactly this")[2]


def test_asking_the_same_person_twice_is_asking_once(quote, ask, saved, post_mail, mailroom):
    for _ in range(2):
        assert ask().status_code == 303
    assert len(saved(OrgApproval)) == 1
    post_mail()
    assert len(mailroom.to("jo@analytical.example")) == 1


def test_one_reminder_comes_by_itself_and_others_at_most_every_three_days(
    quote, ask, ada, browser_of, saved, post_mail, mailroom, wait
):
    as_ada = browser_of(advocate=ada)
    ask()
    post_mail()
    one, [approval] = saved(Submission)[0].id, saved(OrgApproval)
    reminder = f"/me/submissions/{one}/company/{approval.id}/reminder"
    assert as_ada.post(reminder).status_code == 409
    assert "Remind Jo" not in as_ada.get(f"/me/submissions/{one}/company").text
    wait(days=3, minutes=1)
    as_ada = browser_of(advocate=ada)
    assert "Remind Jo" in as_ada.get(f"/me/submissions/{one}/company").text
    assert as_ada.post(reminder).status_code == 303
    assert as_ada.post(reminder).status_code == 409
    post_mail()
    mails = mailroom.to("jo@analytical.example")
    assert [mail["Subject"].startswith("Once more") for mail in mails] == [False, True]
    wait(days=6)
    post_mail()  # a reminder sent by hand takes the place of the automatic one
    assert len(mailroom.to("jo@analytical.example")) == 2


def test_nobody_is_reminded_who_has_answered(
    quote, jos_link, approve, post_mail, mailroom, wait, browser_of, rosa, saved
):
    approve(jos_link())
    wait(days=6)
    post_mail()
    subjects = [mail["Subject"] for mail in mailroom.to("jo@analytical.example")]
    assert not any(subject.startswith("Once more") for subject in subjects)
    as_rosa = browser_of(staff=rosa)
    assert as_rosa.post(f"/staff/approvals/{saved(OrgApproval)[0].id}/reminder").status_code == 409


def test_a_company_in_general_can_be_asked_by_staff(
    quote, as_rosa, as_stranger, post_mail, mailroom, approve, saved, wait
):
    page = f"/staff/companies/{saved(Company)[0].id}/approvals"
    assert "The company in general" in as_rosa.get(page).text
    assert as_rosa.post(page, data=JO | {"about": 0, "clause": "silent"}).status_code == 303
    wait(seconds=11)  # it could have been undone
    post_mail()
    mail = mailroom.text(mailroom.to("jo@analytical.example")[-1])
    assert "Rosa at Acme asks you" in mail
    link = re.search(r"http://localhost(/company/\S+)", mail).group(1)
    assert ANSWERS["words"] not in as_stranger.get(link).text
    assert approve(link).status_code == 303
    assert NAME in as_stranger.get(quote).text
    story = as_rosa.post(page, data=JO | {"about": 0, "scopes": ["story"], "clause": "silent"})
    assert story.status_code == 409


def test_only_the_person_and_staff_see_what_was_asked(
    quote, ask, as_charlie, as_vera, as_stranger, saved
):
    ask()
    one, company, approval = saved(Submission)[0].id, saved(Company)[0].id, saved(OrgApproval)[0].id
    assert as_charlie.get(f"/me/submissions/{one}/company").status_code == 404
    assert as_charlie.post(f"/me/submissions/{one}/company", data=JO).status_code == 404
    assert as_vera.get(f"/staff/companies/{company}/approvals").status_code == 200
    assert as_vera.post(f"/staff/companies/{company}/approvals", data=JO).status_code == 403
    assert as_vera.post(f"/staff/approvals/{approval}/closing").status_code == 403
    assert as_stranger.get("/company/guessed").status_code == 404


def test_every_answer_is_in_the_history(quote, jos_link, approve, as_stranger, saved):
    link = jos_link()
    approve(link)
    as_stranger.post(f"{link}/withdrawal")
    about = [(e.verb, e.by) for e in saved(Entry) if e.about == "org_approval:1"]
    assert about == [
        ("asked", f"advocate:{saved(Submission)[0].advocate_id}"),
        ("approved", "org_approval:1"),
        ("withdrawn", "org_approval:1"),
    ]


def test_asking_knows_no_company_that_said_no(app, act, ada):
    def go():
        company = db.session.get(Advocate, ada).company
        by = db.session.get(Advocate, ada)
        jo = asking.Colleague("Jo", "jo@analytical.example")
        asking.forbid(asking.ask(company, jo, [Scope.NAME], by=by))
        with pytest.raises(asking.NotAllowed):
            asking.ask(company, jo, [Scope.NAME], by=by)

    act(go)

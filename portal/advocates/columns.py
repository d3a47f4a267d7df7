"""Which heading means what: the spellings of common exports, HubSpot and Salesforce among them."""

import unicodedata
from collections.abc import Mapping

LABELS = {
    "email": "mail address",
    "first_name": "first name",
    "last_name": "last name",
    "name": "name",
    "company": "company",
    "external_id": "customer id",
    "job_title": "job title",
    "phone": "phone",
    "city": "city",
    "country": "country",
    "language": "language",
    "time_zone": "time zone",
    "customer_since": "customer since",
    "website": "website",
    "sector": "sector",
    "owner": "who looks after the company",
    "tags": "tags",
    "stopped": "asked us to stop",
    "left": "left the company",
}

# Best spelling first: of “Phone 1” and “Mobile” in one file, the first is taken.
SPELLINGS = {
    "email": "email emailaddress workemail businessemail primaryemail contactemail mail "
    "mailaddress emailadresse courriel",
    "first_name": "firstname givenname forename vorname prénom first",
    "last_name": "lastname surname familyname nachname nom last",
    "name": "fullname name contactname contact",
    "company": "company companyname accountname account organisation organization "
    "organisationname organizationname primarycompany associatedcompany "
    "primaryassociatedcompany accountaccountname employer firma "
    "unternehmen entreprise",
    "external_id": "customerid contactid recordid recordidcontact customernumber "
    "externalid crmid kundennummer id",
    "job_title": "jobtitle title position jobposition role funktion",
    "phone": "phone1 phone phonenumber businessphone workphone mobilephonenumber mobilephone "
    "mobile telephone telefon tel phone2",
    "city": "city mailingcity billingcity town ort stadt ville",
    "country": "country countryregion mailingcountry billingcountry land pays",
    "language": "language preferredlanguage sprache langue locale",
    "time_zone": "timezone hstimezone zeitzone fuseauhoraire",
    "customer_since": "customersince subscriptiondate becameacustomerdate clientsince kundeseit "
    "startdate",
    "website": "website websiteurl companydomainname homepage webseite url web",
    "sector": "sector industry accountindustry branche",
    "owner": "owner companyowner accountowner accountownerfullname accountaccountowner "
    "contactowner contactownerfullname contactcontactowner owneremail contactowneremail "
    "accountowneremail ownername ownerfullname lookedafterby wholooksafterthecompany "
    "accountmanager customersuccessmanager csm betreuer zuständig kundenbetreuer",
    "stopped": "askedustostop emailoptout optedout optedoutofemail hasoptedoutofemail optout "
    "unsubscribed unsubscribedfromallemail donotemail",
    "left": "left leftthecompany leftcompany hasleft nolongerthere nolongeratcompany",
    "tags": "tags tag labels label contacttags stichwörter schlagwörter étiquettes",
}


def key(heading: str) -> str:
    """The letters and digits of a heading, which is what spellings are compared by."""
    plain = unicodedata.normalize("NFC", heading).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def recognise(headings: list[str], said: Mapping[str, str] | None = None) -> dict[str, int]:
    """Field → number of its column, for every field some heading stands for.

    What staff ``said`` (field → heading; an empty one: leave it out) goes before the spellings.
    """
    if said:
        known = {field: headings.index(named) for field, named in said.items() if named in headings}
        taken = set(known.values())
        rest = {f: c for f, c in recognise(headings).items() if f not in said and c not in taken}
        return known | rest
    keys = [key(heading) for heading in headings]
    found = {}
    for field, spellings in SPELLINGS.items():
        column = next((keys.index(s) for s in spellings.split() if s in keys), None)
        if column is not None:
            found[field] = column
    return found


def twice(headings: list[str], columns: dict[str, int]) -> str | None:
    """A heading we would use, but which stands over two columns."""
    keys = [key(heading) for heading in headings]
    return next((headings[c] for c in columns.values() if keys.count(keys[c]) > 1), None)

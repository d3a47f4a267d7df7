"""T9: what must not stand in an ask or an offer, and what may."""

import pytest

from portal.incentives.copylint import gag, objection

BAD = {
    "Leave us a 5-star review on our page": "5-star",
    "We’d love five stars from you": "five stars",
    "Would you give us ★★★★★?": "★★★",
    "Could you write a positive review?": "positive review",
    "We are after a few glowing customer quotes": "glowing customer quotes",
    "A quick, nice testimonial would help us": "nice testimonial",
    "If you love us, tell others": "If you love",
    "If you’re happy, leave a review": "If you’re happy",
    "If you have a minute and if you are really satisfied, write": "if you are really satisfied",
    "Enjoying our product? Tell the world": "Enjoying our product?",
    "Rate us highly and help us grow": "Rate us highly",
    "You get it only if your review is positive": "only if your review is positive",
    "A gift card for a good word": "card for a good",
    "Help us get the best rating": "best rating",
    "Write one and you could win a tablet": "you could win",
    "Everyone takes part in our prize draw": "prize draw",
    "Schreiben Sie uns eine positive Bewertung": "positive Bewertung",
    "Über fünf Sterne würden wir uns freuen": "fünf Sterne",
    "Wenn Sie mit uns zufrieden sind, sagen Sie es weiter": "Wenn Sie mit uns zufrieden",
    "Unter allen Antworten verlosen wir ein Tablet": "verlosen",
    "Ein Gutschein für eine gute Bewertung": "Gutschein für eine gute",
    "a\nglowing\n review": "glowing review",
    "A voucher in return for your recommendation": "in return for your recommendation",
    "Say something nice about us": "say something nice",
    "Bewerten Sie uns positiv": "Bewerten Sie uns positiv",
    "Mit etwas Glück gibt es ein Tablet zu gewinnen": "zu gewinnen",
    "Geben Sie uns die volle Punktzahl": "volle Punktzahl",
}

GOOD = [
    "We’d like your honest experience, good or bad.",
    "Everyone invited gets a €25 gift card for a complete review; the rating makes no difference.",
    "What worked well, and what did not?",
    "How many stars would you give, from one to five?",
    "Thank you for your feedback last spring.",
    "You won us over when you said the mobile app lags.",
    "It takes five minutes, and you can stop half-way.",
    "If you would like to speak at a webinar, choose it.",
    "Wir möchten Ihre ehrliche Erfahrung hören, gut oder schlecht.",
    "Alle Eingeladenen erhalten einen Gutschein über 25 €, was immer sie schreiben.",
    "Wenn Sie keine Einladung mehr möchten, klicken Sie hier.",
    "We will read your words with care.",
    "Tell us more if you like.",
    "Rated 4 out of 5 stars on average.",
    "Ihre Worte bleiben, wie sie sind; die Bewertung ändert nichts an der Prämie.",
]


@pytest.mark.parametrize("text", BAD)
def test_T9_words_that_buy_praise_are_named(text):
    assert BAD[text].casefold() in objection(text).casefold()
    assert objection(text)


@pytest.mark.parametrize("text", GOOD)
def test_T9_honest_words_pass(text):
    assert objection(text) == ""


@pytest.mark.parametrize(
    "terms",
    [
        "You grant us an irrevocable licence.",
        "We hold a perpetual right to your words.",
        "You give us the exclusive rights.",
        "You must not criticise us in public.",
        "No negative reviews within a year.",
        "Sie räumen uns das ausschließliche Nutzungsrecht ein.",
        "Unwiderruflich.",
    ],
)
def test_T22_terms_that_gag_or_keep_words_for_good_are_named(terms):
    assert gag(terms)


@pytest.mark.parametrize(
    "terms",
    [
        "A non-exclusive licence you can withdraw at any time.",
        "One per person and action, for a complete contribution, whatever it says.",
        "Say what was bad as well.",
    ],
)
def test_T22_plain_terms_pass(terms):
    assert gag(terms) == ""

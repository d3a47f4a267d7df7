"""What the worker does every few seconds for all campaigns."""

from collections.abc import Iterator

from portal.campaigns import actions, sending


def steps() -> Iterator[str]:
    """Do what is due, a piece at a time; commit after each."""
    for campaign in sending.scheduled():
        actions.send_scheduled(campaign)
        yield campaign.slug
    for campaign_id in sending.on_their_way():
        sending.move_on(campaign_id)
        yield f"campaign:{campaign_id}"

"""When two spellings are one mailbox, and two one company."""


def canonical_email(address: str) -> str:
    """The form under which two spellings of one mailbox meet: lower case, IDN as punycode.

    No dot or plus folding: those are signals for a person to weigh, not identity.
    """
    local, _, domain = address.strip().rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}".lower()


def name_key(name: str) -> str:
    """The form under which two spellings of one company meet."""
    return " ".join(name.split()).casefold()


def masked(address: str) -> str:
    """Enough of an address for its owner to know it: ``s•••@smith.info``."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"

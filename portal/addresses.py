"""When two spellings are one mailbox, and two one company."""

GMAIL = {"gmail.com", "googlemail.com"}


def canonical_email(address: str) -> str:
    """The form under which two spellings of one mailbox meet: lower case, IDN as punycode.

    No dot or plus folding: those are signals for a person to weigh, not identity.
    """
    local, _, domain = address.strip().rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}".lower()


def folded(address: str) -> str:
    """What is most likely one mailbox behind its many spellings: no plus tag, none of Gmail's
    dots. Empty for what is no address."""
    local, _, domain = canonical_email(address).rpartition("@")
    local = local.partition("+")[0]
    if domain in GMAIL:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}" if local else ""


def parents(domain: str) -> list[str]:
    """A domain and those it is a part of: ``eu.acme.example``, ``acme.example``."""
    parts = domain.split(".")
    return [".".join(parts[place:]) for place in range(len(parts) - 1)]


def akin(one: str, other: str) -> bool:
    """Whether two domains are one, or one is a part of the other."""
    return one in parents(other) or other in parents(one)


def name_key(name: str) -> str:
    """The form under which two spellings of one company meet."""
    return " ".join(name.split()).casefold()


def masked(address: str) -> str:
    """Enough of an address for its owner to know it: ``s•••@smith.info``."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"

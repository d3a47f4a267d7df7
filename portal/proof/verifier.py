#!/usr/bin/env python3
"""Check this evidence: python3 verify.py (Python 3.8 or newer, nothing to install).

Checks the fingerprint of every file, that each choice hashes to what the ledger says, that the
ledger's links join up, and, where openssl 3 is installed, the signature. Says what was changed.
"""

import base64
import hashlib
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError)
UNSIGNED = {"manifest.json", "manifest.sig"}


def main():
    try:
        manifest = json.loads((HERE / "manifest.json").read_text("utf-8"))
        faults = list(changed_files(manifest))
    except UNREADABLE as error:
        manifest, faults = {}, [f"manifest.json: it cannot be read ({error})"]
    try:
        faults += changed_events()
    except UNREADABLE as error:
        faults.append(f"consent/: the ledger cannot be read ({error})")
    signed = signature(manifest)
    if signed is False:
        faults.append("manifest.json: it is not what was signed (manifest.sig)")
    for fault in faults:
        print("CHANGED  " + fault)
    if faults:
        return 1
    print(f"ok       every file is as it was packed: {manifest['about']}")
    print("ok       every choice and every link of the ledger is as it was written")
    if signed is None:
        print("open     the signature was not checked: openssl 3 was not found")
        return 2
    print(f"ok       signed with key {manifest['key']}")
    print(f"Last step: see that this key is listed at {manifest['keys_at']}")
    return 0


def changed_files(manifest):
    files = manifest["files"]
    for path, told in sorted(files.items()):
        file = HERE / path
        if not file.is_file():
            yield f"{path}: it is missing"
        elif sha256(file.read_bytes()) != told:
            yield f"{path}: its fingerprint is not the one in manifest.json"
        elif path.startswith("words/") and told != file.stem:
            yield f"{path}: the words do not have the fingerprint they are filed under"
    for file in HERE.rglob("*"):
        path = file.relative_to(HERE).as_posix()
        if file.is_file() and path not in files and path not in UNSIGNED:
            yield f"{path}: it was added, the manifest does not name it"


def changed_events():
    events = json.loads((HERE / "consent" / "events.json").read_text("utf-8"))
    chain = json.loads((HERE / "consent" / "chain.json").read_text("utf-8"))
    told = {link["id"]: link for link in chain}
    for event in events:
        name = f"consent event {event['id']}"
        link = told.get(event["id"])
        if digest(event["facts"]) != event["hash"]:
            yield f"{name}: it does not hash to what the ledger says"
        if digest(event["wording"]) != event["facts"]["statement"]:
            yield f"{name}: its wording is not the one that was agreed to"
        if not link or (link["hash"], link["previous"]) != (
            event["hash"], event["facts"]["previous"],
        ):  # fmt: skip
            yield f"{name}: it has no place in the chain"
    for before, after in zip(chain, chain[1:]):
        if after["previous"] != before["hash"]:
            yield f"consent event {after['id']}: it does not join the one before it"


def signature(manifest):
    """True or False; None where it cannot be checked."""
    key = HERE / "public-key.pem"
    command = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", str(key)]
    command += ["-in", str(HERE / "manifest.json"), "-sigfile", str(HERE / "manifest.sig")]
    try:
        answer = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except OSError:
        return None
    if b"unknown option" in answer.stdout.lower():
        return None
    return answer.returncode == 0 and manifest.get("key") == thumbprint(key)


def thumbprint(key):
    """The key's name by RFC 7638, from its PEM."""
    lines = [line for line in key.read_text().splitlines() if not line.startswith("-----")]
    x = base64url(base64.b64decode("".join(lines))[-32:])
    return base64url(hashlib.sha256(canonical({"crv": "Ed25519", "kty": "OKP", "x": x})).digest())


def canonical(item):
    text = json.dumps(item, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8")


def digest(item):
    return sha256(canonical(item))


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


if __name__ == "__main__":
    sys.exit(main())

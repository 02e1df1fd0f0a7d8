"""Breaks template.yaml in several places: the translator or the linter must see each of them.
What they do not see is broken in tests/contract/tests/broken.rs.
broken.py TEMPLATE PARAMETER=VALUE ..., which are the parameters of a domain name."""

import json
import sys

from cfnlint.api import ManualArgs, lint
from translate import Invalid, translate

# What is replaced, once; by what; and what is then said. The translator stops at the first fault, so each of
# these has a template of its own.
TRANSLATED = [
    ("      MemorySize: 128\n", "      Memory: 128\n", "property Memory not defined"),
    ("RestApiId: !Ref ChatApi", "RestApiId: !Ref NoApi", "RestApiId must be a valid reference"),
    ("BatchSize: 10\n", "Batch: 10\n", "property Batch not defined"),
]
# The linter says all at once, so these share one template.
LINTED = [
    ("      MemorySize: 1024\n", "      MemorySize: 64\n", "E3034 64 is"),
    ("      Timeout: 120\n", "      Timeout: 1200\n", "E3717 1200 is"),
    ("        - !Ref VerifySessions\n", "        - !Ref VerifySesions\n", "E1020 'VerifySesions'"),
    ("    Condition: SendsMail\n", "    Condition: SendMails\n", "E3015 'SendMails'"),
    ("RetentionInDays: !Ref LogRetentionDays", "RetentionInDays: 31", "E3030 31 is"),
    ("KeyType: RANGE", "KeyType: SORT", "'KeyType': 'SORT'"),
    ("        - { AttributeName: gsi1sk, AttributeType: S }\n", "", "gsi1sk"),
    ("https://${HttpApi}.", "https://${HttpApis}.", "'HttpApis'"),
    ("          - Effect: Deny\n", "          - Effect: Refuse\n", "'Refuse'"),
    ("  KeysTableName:\n    Value: ", "  KeysTableName:\n    Val: ", "'Val' was unexpected"),
]
# What only the linter with a domain name sees.
OF_DOMAIN = [
    ("CertificateArn: !Ref CertificateArn", "CertificateArn: !Ref DomainName", "'DomainName'} is"),
    ("HostedZoneId: !Ref HostedZoneId", "HostedZoneId: !Ref CertificateArn", "} is longer than 44"),
]


def broken(text, faults):
    """The text with these faults."""
    for before, after, _ in faults:
        if before not in text:
            sys.exit(f"template.yaml has no {before!r}, which broken.py breaks")
        text = text.replace(before, after, 1)
    return text


def said(text, parameters):
    """What the translator says of a template, or else the linter."""
    try:
        translated = translate(text, parameters)
    except Invalid as error:
        return [str(error)]
    config = ManualArgs(regions=["us-east-1"])
    if parameters:
        config = ManualArgs(
            regions=["us-east-1"], parameters=[parameters], mandatory_checks=["W1030"]
        )
    matches = lint(json.dumps(translated), config=config)
    return [f"{match.rule.id} {match.message}" for match in matches]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        whole = file.read()
    domain = dict(argument.split("=", 1) for argument in sys.argv[2:])
    if lines := said(broken(whole, OF_DOMAIN), {}):
        sys.exit("\n".join(["without a domain name this is found, too:"] + lines))
    tries = [([fault], {}) for fault in TRANSLATED] + [(LINTED, {}), (OF_DOMAIN, domain)]
    unseen = []
    for faults, parameters in tries:
        lines = said(broken(whole, faults), parameters)
        for before, after, expected in faults:
            if not any(expected in line for line in lines):
                unseen.append(f"{before!r} became {after!r}, and nothing says {expected!r}")
        if unseen:
            sys.exit("\n".join(unseen + lines))
    count = sum(len(faults) for faults, _ in tries)
    print(f"{count} faults were put into template.yaml, and each was found.")


main()

"""Translates a SAM template into the CloudFormation that a deployment makes of it:
translate.py FROM TO [PARAMETER=VALUE ...]."""

import json
import os
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class NoManagedPolicies:
    """Names of AWS's own policies are not looked up."""

    def load(self):
        return {}


class Invalid(Exception):
    """What the translator says of a template that it does not take."""


def translate(text, parameters):
    """The translated template, as JSON's types."""
    template = yaml_parse(text)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            # `sam deploy` replaces the directory by the bucket that it has copied it to.
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    try:
        return transform(template, parameters, NoManagedPolicies())
    except InvalidDocumentException as error:
        raise Invalid("\n".join(cause.message for cause in error.causes)) from error


def main():
    with open(sys.argv[1], encoding="utf-8") as source:
        text = source.read()
    parameters = dict(argument.split("=", 1) for argument in sys.argv[3:])
    try:
        translated = translate(text, parameters)
    except Invalid as error:
        sys.exit(str(error))
    with open(sys.argv[2], "w", encoding="utf-8") as target:
        json.dump(translated, target, indent=2)


if __name__ == "__main__":
    main()

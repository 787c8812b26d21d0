"""Recorded answers of the rules that are plain functions."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from support import VECTORS

from sluice import validate_dict_response, validate_list_response
from sluice.compat.mcp_authflow_resource import is_safe_url
from sluice.compat.mcp_authflow_resource.validation import json_error, require_dict, require_list
from sluice.metadata import challenge, metadata_path

RULES = json.loads((VECTORS / "rules.json").read_text())


@pytest.mark.parametrize("case", RULES["is_safe_url"], ids=lambda case: f"{case['url']}-{case['allow_localhost']}")
def test_urls_that_secrets_may_be_sent_to(case: dict[str, Any]) -> None:
    assert is_safe_url(case["url"], case["allow_localhost"]) is case["expect"]


@pytest.mark.parametrize("case", RULES["validate_list_response"])
def test_lists(case: dict[str, Any]) -> None:
    answer = SimpleNamespace(success=case["success"], error=case["error"], data=case["data"])
    data, error = validate_list_response(answer, case["context"], case["key"])
    assert {"data": data, "error": error} == case["expect"]
    wanted = data if error is None else json_error(error)
    assert require_list(answer, case["context"], case["key"]) == wanted


@pytest.mark.parametrize("case", RULES["validate_dict_response"])
def test_objects(case: dict[str, Any]) -> None:
    answer = SimpleNamespace(success=case["success"], error=case["error"], data=case["data"])
    data, error = validate_dict_response(answer, case["context"])
    assert {"data": data, "error": error} == case["expect"]
    assert require_dict(answer, case["context"]) == (data if error is None else json_error(error))


def test_challenges_cannot_be_broken_out_of() -> None:
    assert challenge() == "Bearer"
    assert challenge(error='a", realm="b\r\nX: y') == "Bearer error=\"a', realm='bX: y\""


def test_metadata_lies_below_the_well_known_path() -> None:
    assert metadata_path("https://a.example") == "/.well-known/oauth-protected-resource"
    assert metadata_path("https://a.example/mcp/") == "/.well-known/oauth-protected-resource/mcp"

"""Answers of a backend's API, checked before a tool makes something of them; errors as texts for a model."""

from __future__ import annotations

import json
import logging
from typing import Any, Protocol

logger = logging.getLogger("sluice.responses")


class ApiResponse(Protocol):
    """What a backend's client gives: any object with these three."""

    success: bool
    error: str | None
    data: Any


def json_error(message: str) -> str:
    """`{"error": message}`"""
    return json.dumps({"error": message})


def validate_list_response(
    response: ApiResponse, context: str, key: str | None = None
) -> tuple[list[dict[str, Any]], str | None]:
    """The objects of a list, or an error; elements that are no objects are left out.

    The list is the data itself, or that member of it which is called `key`, `context` or `context` + "s".
    """
    if not response.success:
        return [], response.error or f"Failed to fetch {context}"
    data = response.data
    if data is None:
        return [], None
    if isinstance(data, dict):
        name = next((name for name in (key, context, f"{context}s") if name and name in data), None)
        if name is None:
            # What the backend calls its members is not for the model.
            logger.debug("%s: none of the members %s is the list", context, sorted(map(str, data)))
            return [], f"Backend returned {context} in unexpected format"
        data = data[name]
    if not isinstance(data, list):
        return [], f"Backend returned invalid {context} format: expected list, got {type(data).__name__}"
    objects = [item for item in data if isinstance(item, dict)]
    if len(objects) < len(data):
        logger.warning("%s: %d elements are no objects and were left out", context, len(data) - len(objects))
    return objects, None


def validate_dict_response(response: ApiResponse, context: str) -> tuple[dict[str, Any] | None, str | None]:
    """The data, which has to be there and be an object, or an error."""
    if not response.success:
        return None, response.error or f"Failed to fetch {context}"
    data = response.data
    if data is None:
        return None, f"No {context} data returned from backend"
    if not isinstance(data, dict):
        return None, f"Backend returned invalid {context} format: expected dict, got {type(data).__name__}"
    return data, None


def require_list(response: ApiResponse, context: str, key: str | None = None) -> list[dict[str, Any]] | str:
    """The list, or the error as json_error() writes it: what a tool can return as it is."""
    objects, error = validate_list_response(response, context, key)
    return objects if error is None else json_error(error)


def require_dict(response: ApiResponse, context: str) -> dict[str, Any] | str:
    """The object, or the error as json_error() writes it."""
    data, error = validate_dict_response(response, context)
    return data if data is not None else json_error(error or f"Failed to fetch {context}")

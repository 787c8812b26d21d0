"""The names of `mcp_authflow_resource.validation`."""

from sluice.responses import (
    ApiResponse,
    json_error,
    require_dict,
    require_list,
    validate_dict_response,
    validate_list_response,
)

__all__ = ["ApiResponse", "json_error", "require_dict", "require_list", "validate_dict_response", "validate_list_response"]

"""How the OpenAPI description names our ways to sign in."""

from typing import Any, ClassVar

from django.utils.translation import get_language
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator


class TokenScheme(OpenApiAuthenticationExtension):
    """A personal token in the Authorization header."""

    target_class = "portal.core.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "agora_…"}


class SessionScheme(OpenApiAuthenticationExtension):
    """The session of the page."""

    target_class = "portal.core.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """The session cookie."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


class KeptSchema(SchemaGenerator):
    """The description is the same for everybody and takes seconds to write: once per process and language."""

    kept: ClassVar[dict[tuple[Any, ...], dict[str, Any]]] = {}

    def get_schema(self, request: Any = None, public: bool = False) -> Any:  # noqa: FBT001, FBT002  as it is called
        """What drf-spectacular writes."""
        if not public:
            return super().get_schema(request, public)
        key = (get_language(), self.api_version, request is None)
        if key not in self.kept:
            self.kept[key] = super().get_schema(request, public)
        return self.kept[key]

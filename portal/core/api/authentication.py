"""Who calls the API: a token in the header, or the session of the page."""

from django.utils.translation import gettext as _
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from portal.core.models import ApiToken, User
from portal.core.services import tokens


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer agora_…`; a read token only reads."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        header = authentication.get_authorization_header(request).split()
        if not header or header[0].lower() != b"bearer":
            return None
        secret = header[1].decode("ascii", "replace") if len(header) == 2 else ""
        token = tokens.find(secret)
        if token is None:
            raise exceptions.AuthenticationFailed(_("This token is unknown, expired or revoked."))
        if token.scope == ApiToken.Scope.READ and request.method not in {"GET", "HEAD", "OPTIONS"}:
            raise exceptions.PermissionDenied(_("This token may only read."))
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class SessionAuthentication(authentication.SessionAuthentication):
    """The page's own session, CSRF-checked; anonymous callers get 401, not 403."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"

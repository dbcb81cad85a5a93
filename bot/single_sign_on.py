"""Who does the company's identity provider say this is? OpenID Connect's code flow with PKCE, proven before anything is believed.

Only the provider is asked over the network. Its keys and addresses are read once and again when a token names a key that is not known.
"""

import asyncio
import base64
import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp
import jwt

from admin.ports import SignOnFailed, SignOnTry

ALGORITHMS = ("RS256", "RS384", "RS512", "ES256", "ES384", "PS256")
SCOPE = "openid profile email"
ANSWER_SECONDS = 10.0
CLOCKS_APART_SECONDS = 60

Json = dict[str, Any]  # Any: JSON of the provider.


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """As settings name it. issuer is the address under which `/.well-known/openid-configuration` stands."""

    issuer: str
    client_id: str
    client_secret: str


class OpenIdConnect:
    """Sends people to the provider and reads what it sends them back with."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._found: Json | None = None
        self._keys: dict[str | None, jwt.PyJWK] = {}

    async def address(self, attempt: SignOnTry) -> str:
        """Where the browser goes to log in. Raises SignOnFailed when the provider does not answer."""
        found = await self._discover()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).rstrip(b"=")
        asked = {
            "response_type": "code",
            "client_id": self._provider.client_id,
            "redirect_uri": attempt.redirect_uri,
            "scope": SCOPE,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": challenge.decode(),
            "code_challenge_method": "S256",
        }
        where = str(found["authorization_endpoint"])
        return f"{where}{'&' if '?' in where else '?'}{urlencode(asked)}"

    async def names(self, attempt: SignOnTry, code: str) -> tuple[str, ...]:
        """By which names the person who came back with this code may be known here, the surest first. Raises SignOnFailed."""
        claims = await self._claims(attempt, code)
        if claims.get("nonce") != attempt.nonce:
            raise SignOnFailed("refused")
        names = [claims.get("preferred_username")]
        if claims.get("email_verified") is True:
            # An address that nobody has proven could be anybody's.
            names.append(claims.get("email"))
        return tuple(str(name) for name in names if name)

    async def _claims(self, attempt: SignOnTry, code: str) -> Json:
        found = await self._discover()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": attempt.redirect_uri,
            "client_id": self._provider.client_id,
            "client_secret": self._provider.client_secret,
            "code_verifier": attempt.verifier,
        }
        answer = await self._ask("POST", str(found["token_endpoint"]), form)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise SignOnFailed("refused")
        try:
            key = await self._key(jwt.get_unverified_header(token).get("kid"))
            return jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                audience=self._provider.client_id,
                issuer=self._provider.issuer,
                leeway=CLOCKS_APART_SECONDS,
                options={"require": ["exp", "iat", "aud", "iss", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise SignOnFailed("refused") from error

    async def _key(self, key_id: str | None) -> jwt.PyJWK:
        """The provider's key of that id, looked up anew when it is not known: providers change their keys."""
        if key_id not in self._keys:
            found = await self._discover()
            answer = await self._ask("GET", str(found["jwks_uri"]))
            self._keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(answer).keys}
        if key_id not in self._keys:
            raise SignOnFailed("refused")
        return self._keys[key_id]

    async def _discover(self) -> Json:
        if self._found is None:
            found = await self._ask("GET", f"{self._provider.issuer}/.well-known/openid-configuration")
            if found.get("issuer", "").rstrip("/") != self._provider.issuer:
                raise SignOnFailed("refused")
            self._found = found
        return self._found

    async def _ask(self, method: str, url: str, form: dict[str, str] | None = None) -> Json:
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.request(method, url, data=form, allow_redirects=False) as response,
            ):
                if response.status != 200:
                    raise SignOnFailed("refused")
                answer = await response.json(content_type=None)
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:  # noqa: UP041  # aiohttp raises asyncio's name
            raise SignOnFailed("down") from error
        except ValueError as error:
            raise SignOnFailed("refused") from error
        if not isinstance(answer, dict):
            raise SignOnFailed("refused")
        return answer

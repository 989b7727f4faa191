"""An OpenID Connect provider in a process of its own: Authlib's authorization server behind Tornado.

    python -m tests.plugins.identity_provider PORT

It keeps the rules (registered redirect address, PKCE with S256, codes that work once, client authentication), except
where a person's `mischief` tells it to lie. People are made by PUT /people/{name}; a browser logs in as one by
GET /as/{name}.
"""

import asyncio
import json
import os
import sys
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from authlib.common.security import generate_token
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, AuthorizationServer, ClientMixin, OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from joserfc.jws import JWSRegistry
from tornado.httputil import HTTPServerRequest
from tornado.web import Application, RequestHandler

CLIENT_ID = "nexus"
CLIENT_SECRET = "the-secret-between-nexus-and-its-provider"


@dataclass
class Person:
    """Somebody at the provider, and how it lies about them."""

    subject: str
    claims: dict[str, Any]
    #: "claims": replaced in the ID token, None leaves one out; "algorithm"; "key": "other"; "hide_email": it is only in
    #: userinfo; "userinfo": replaced there
    mischief: dict[str, Any] = field(default_factory=dict)


@dataclass
class Code(AuthorizationCodeMixin):
    """An authorization code that was handed out."""

    person: Person
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> None:
        return None

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class Client(ClientMixin):
    """NexusAI, as the provider knows it."""

    def __init__(self, redirect_uri: str) -> None:
        self.redirect_uri = redirect_uri

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class World:
    """Everything that the provider remembers."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.redirect_uri = ""
        self.people: dict[str, Person] = {}
        self.codes: dict[str, Code] = {}
        self.tokens: dict[str, Person] = {}
        self.key = _new_key()
        #: the status of every reply, while it is ill
        self.illness = 0

    def rotate(self) -> None:
        self.key = _new_key()


class CodeGrant(AuthorizationCodeGrant):
    """The authorization code grant; whoever comes without PKCE is sent away."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)
    world: World

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        data = request.payload.data
        if data.get("code_challenge_method") != "S256" or not data.get("nonce"):
            raise InvalidRequestError("PKCE with S256 and a nonce are needed")
        self.world.codes[code] = Code(
            request.user,
            data["redirect_uri"],
            request.scope,
            data["nonce"],
            data["code_challenge"],
            data["code_challenge_method"],
        )

    def query_authorization_code(self, code: str, _client: Client) -> Code | None:
        return self.world.codes.get(code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        self.world.codes = {code: known for code, known in self.world.codes.items() if known is not authorization_code}

    def authenticate_user(self, authorization_code: Code) -> Person:
        return authorization_code.person


class IdTokens(OpenIDCode):
    """Makes ID tokens, true ones and others."""

    world: World

    def exists_nonce(self, _nonce: str, _request: OAuth2Request) -> bool:
        return False

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        return {"iss": self.world.issuer, "aud": [client.get_client_id()]}

    def generate_user_info(self, user: Person, _scope: str) -> dict[str, Any]:
        hidden = ("email", "email_verified") if user.mischief.get("hide_email") else ()
        return {"sub": user.subject} | {name: value for name, value in user.claims.items() if name not in hidden}

    def resolve_client_private_key(self, _client: Client) -> RSAKey:
        return self.world.key

    def encode_id_token(self, token: dict[str, Any], request: OAuth2Request) -> str:
        honest: str = super().encode_id_token(token, request)
        mischief = request.user.mischief
        claims = jwt.decode(honest, self.world.key).claims | mischief.get("claims", {})
        claims = {name: value for name, value in claims.items() if value is not None}
        algorithm = mischief.get("algorithm", "RS256")
        key: Any = _new_key(str(self.world.key.kid)) if mischief.get("key") == "other" else self.world.key
        if algorithm == "HS256":
            key = OctKey.import_key(CLIENT_SECRET)
        header = {"alg": algorithm, "kid": self.world.key.kid}
        return jwt.encode(header, claims, key, registry=JWSRegistry(algorithms=[algorithm]))


class Server(AuthorizationServer):
    """Authlib's server, with Tornado's requests and replies."""

    def __init__(self, world: World) -> None:
        super().__init__(scopes_supported=["openid", "email", "profile"])
        self.world = world
        self.register_token_generator("default", self._token)
        grant = type("Grant", (CodeGrant,), {"world": world})
        tokens = type("Tokens", (IdTokens,), {"world": world})
        self.register_grant(grant, [tokens(require_nonce=True), CodeChallenge(required=True)])

    def query_client(self, client_id: str) -> Client | None:
        return Client(self.world.redirect_uri) if client_id == CLIENT_ID else None

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        self.world.tokens[token["access_token"]] = request.user

    def send_signal(self, *_arguments: Any, **_options: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: Any) -> OAuth2Request:
        return request if isinstance(request, OAuth2Request) else _request_of(request)

    def handle_response(self, status: int, body: Any, headers: Any) -> tuple[int, Any, Any]:
        return status, body, headers

    def _token(self, scope: str = "", **_options: Any) -> dict[str, Any]:
        return {"token_type": "Bearer", "access_token": generate_token(40), "expires_in": 300, "scope": scope}


class Page(RequestHandler):
    """What all pages share."""

    def initialize(self, world: World, server: Server) -> None:
        self.world = world
        self.server = server

    def prepare(self) -> None:
        if self.world.illness and not self.request.path.startswith("/control"):
            self.set_status(self.world.illness)
            self.finish("<h1>ill</h1>")

    def answer(self, status: int, body: Any, headers: Any) -> None:
        self.set_status(status)
        for name, value in headers:
            self.set_header(name, value)
        self.finish(body if isinstance(body, dict | str) else "")


class Metadata(Page):
    def get(self) -> None:
        issuer = self.world.issuer
        self.finish(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "userinfo_endpoint": f"{issuer}/userinfo",
                "jwks_uri": f"{issuer}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                # a lie that must not matter: the relying party pins its algorithms
                "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            }
        )


class Keys(Page):
    def get(self) -> None:
        self.finish(dict(KeySet([self.world.key]).as_dict(private=False)))


class Authorize(Page):
    def get(self) -> None:
        person = self.world.people.get(self.get_cookie("idp_person", "") or "")
        try:
            grant = self.server.get_consent_grant(self.request, end_user=person)
        except OAuth2Error as error:
            self.answer(400, str(error), [])
            return
        self.answer(*self.server.create_authorization_response(grant.request, person, grant=grant))


class Token(Page):
    def post(self) -> None:
        self.answer(*self.server.create_token_response(self.request))


class UserInfo(Page):
    def get(self) -> None:
        person = self.world.tokens.get(self.request.headers.get("Authorization", "").removeprefix("Bearer "))
        if person is None:
            self.send_error(401)
            return
        self.finish({"sub": person.subject} | person.claims | person.mischief.get("userinfo", {}))


class People(Page):
    def put(self, name: str) -> None:
        self.world.people[name] = Person(**json.loads(self.request.body))


class LogIn(Page):
    def get(self, name: str) -> None:
        self.set_cookie("idp_person", name)


class Control(Page):
    def post(self) -> None:
        wanted = json.loads(self.request.body)
        self.world.redirect_uri = wanted.get("redirect_uri", self.world.redirect_uri)
        self.world.illness = wanted.get("illness", 0)
        if wanted.get("rotate"):
            self.world.rotate()


def _request_of(request: HTTPServerRequest) -> OAuth2Request:
    form = dict(parse_qsl(request.body.decode()))

    class Request(OAuth2Request):
        @property
        def args(self) -> dict[str, str]:
            return dict(parse_qsl(request.query))

        @property
        def form(self) -> dict[str, str]:
            return form

    found = Request(request.method or "", request.full_url(), headers=dict(request.headers))
    found.payload = BasicOAuth2Payload(found.args | form)
    return found


def _new_key(kid: str | None = None) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid or generate_token(8), "use": "sig"})


async def serve(port: int) -> None:
    """Serve until the process ends."""
    world = World(f"http://localhost:{port}")
    parts = {"world": world, "server": Server(world)}
    Application(
        [
            (r"/\.well-known/openid-configuration", Metadata, parts),
            (r"/jwks", Keys, parts),
            (r"/authorize", Authorize, parts),
            (r"/token", Token, parts),
            (r"/userinfo", UserInfo, parts),
            (r"/people/(\w+)", People, parts),
            (r"/as/(\w+)", LogIn, parts),
            (r"/control", Control, parts),
        ]
    ).listen(port, "localhost")
    await asyncio.Event().wait()


if __name__ == "__main__":
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    asyncio.run(serve(int(sys.argv[1])))

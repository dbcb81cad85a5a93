"""Which settings exist, what they mean and which values they take. Read once, in `bot/app.py` and the commands, never further in."""

import secrets
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_PACKS = Path(__file__).parent.parent / "knowledge" / "packs"


class WrongSettings(Exception):
    """Some settings cannot be used; the message names all of them. Fix the environment and start again."""


class Settings(BaseSettings):
    """Every `SAPA_…` variable. The README's table is checked against these descriptions."""

    model_config = SettingsConfigDict(env_prefix="SAPA_", env_file=".env", extra="ignore", frozen=True)

    database_url: str = Field(
        "",
        description="Database; empty: a SQLite file under `SAPA_VAR`. `postgresql://…` for several machines.",
    )
    var: Path = Field(Path("var"), description="Folder for the SQLite file, models and the secret key.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on.")
    public_url: str = Field("", description="How WAHA reaches us. Set: media go by URL; empty: as base64.")
    secret_key: SecretStr = Field(
        SecretStr(""), description="Signs log-ins; made and kept under `SAPA_VAR` when empty."
    )
    pack: str = Field(
        "umroh", description="Trade: which knowledge pack is loaded (umroh, telco, bank, retail)."
    )
    chats: Path | None = Field(
        None,
        description="Folder with your own conversation scripts, played before a text goes live; empty: the pack's.",
    )
    waha_url: str = Field("", description="WAHA's address; empty: the built-in WhatsApp simulator.")
    waha_api_key: SecretStr = Field(SecretStr(""), description="WAHA's API key.")
    waha_session: str = Field("default", pattern=r"^[a-zA-Z0-9_-]{1,54}$", description="WAHA's session name.")
    waha_hmac_key: SecretStr = Field(
        SecretStr(""), description="Set: unsigned or wrongly signed webhooks get 401."
    )
    telegram_token: SecretStr = Field(
        SecretStr(""), description="Telegram bot token for staff alerts; empty: no alerts are sent."
    )
    telegram_chat_id: str = Field("", description="Telegram chat that gets the alerts.")
    telegram_api_url: str = Field("", description="A self-hosted Bot API server.")
    llm_base_url: str = Field(
        "",
        description="An OpenAI-compatible server. Read and checked, not used yet: the embedded engine always answers.",
    )
    llm_api_key: SecretStr = Field(SecretStr(""), description="Its key. Not used yet.")
    llm_model: str = Field("", description="Its model. Not used yet.")
    pacing: Literal["", "human", "off"] = Field(
        "", description="`human`: seen, typing, pause, send (default with a real WAHA); `off`: at once."
    )
    burst_ms: int | None = Field(
        None,
        ge=0,
        le=60_000,
        description="Quiet time before the bot answers; default 1500 with pacing, 0 without.",
    )
    stale_after: int = Field(
        900, ge=0, description="Seconds after which a message gets one late reply; 0: never."
    )
    human_idle_hours: float = Field(
        24, gt=0, description="A conversation held by staff falls back to the bot after so long without them."
    )
    prompt_approval: bool = Field(
        False, description="`on`: a second person approves each prompt before it goes live."
    )
    timezone: str = Field("Asia/Jakarta", description="Times without offset are in it.")
    admin_password: SecretStr = Field(
        SecretStr(""), description="Password of the first ADMIN, user `admin`; empty: made and printed once."
    )
    demo_password: SecretStr = Field(
        SecretStr(""), description="Password of all demo users; empty: made and printed."
    )
    oidc_issuer: str = Field(
        "", description="Single sign-on (OpenID Connect): the issuer's address; empty: passwords only."
    )
    oidc_client_id: str = Field(
        "", description="Single sign-on: our client id at the issuer; our way back is `/login/sso/back`."
    )
    oidc_client_secret: SecretStr = Field(
        SecretStr(""), description="Single sign-on: our client secret at the issuer.", validate_default=True
    )
    smtp_url: str = Field("", description="Mail server, `smtp://user:password@host:port`. Not used yet.")
    sms_gateway_url: str = Field("", description="SMS gateway's address. Not used yet.")
    rfm_ruleset: Literal["v1", "v2"] = Field(
        "v2",
        description="Which RFM ruleset scores customers: `v1` as the document has it, `v2` with its gaps closed.",
    )
    log_format: Literal["console", "json"] = Field("console", description="How log lines look.")
    metrics_token: SecretStr = Field(
        SecretStr(""), description="Bearer token for `/metrics` from other machines; empty: loopback only."
    )

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        try:
            # Not the list of all zones, which takes longer to read than all other settings together.
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"{value!r} is no time zone; write one like Asia/Jakarta") from error
        return value

    @field_validator("pack")
    @classmethod
    def _known_pack(cls, value: str) -> str:
        # Reading the packs themselves would take longer than all settings together.
        known = sorted(path.parent.name for path in _PACKS.glob("*/pack.toml"))
        if value not in known:
            raise ValueError(f"there is no pack {value!r}; there are: {', '.join(known)}")
        return value

    @field_validator("chats")
    @classmethod
    def _there(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_dir():
            raise ValueError(
                f"there is no folder {value}; name the one that holds your scripts, or leave it out"
            )
        return value

    @field_validator("host")
    @classmethod
    def _is_one_word(cls, value: str) -> str:
        if not value or any(letter.isspace() for letter in value):
            raise ValueError(f"{value!r} is no address to listen on; write one like 127.0.0.1 or 0.0.0.0")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: str) -> str:
        if value and not value.startswith(("smtp://", "smtps://")):
            raise ValueError("must begin with smtp:// or smtps://")  # It may hold a password: not repeated.
        return value

    @field_validator(
        "public_url", "waha_url", "llm_base_url", "telegram_api_url", "oidc_issuer", "sms_gateway_url"
    )
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError(f"{value!r} must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("oidc_client_secret")
    @classmethod
    def _whole_single_sign_on(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        if info.data.get("oidc_issuer") and not (
            info.data.get("oidc_client_id") and value.get_secret_value()
        ):
            raise ValueError(
                "SAPA_OIDC_ISSUER needs SAPA_OIDC_CLIENT_ID and SAPA_OIDC_CLIENT_SECRET beside it"
            )
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite", "postgresql", "postgres://")):
            raise ValueError("must begin with sqlite:// or postgresql://")
        return value

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def is_simulated(self) -> bool:
        """No WAHA is configured, so the built-in simulator plays WhatsApp."""
        return not self.waha_url

    @property
    def is_paced(self) -> bool:
        return self.pacing == "human" or (self.pacing == "" and not self.is_simulated)

    @property
    def burst_seconds(self) -> float:
        if self.burst_ms is not None:
            return self.burst_ms / 1000
        return 1.5 if self.is_paced else 0.0

    @property
    def database(self) -> str:
        """The database's address, with the default filled in."""
        return self.database_url or f"sqlite:///{(self.var / 'sapa.db').resolve()}"

    @property
    def scripts(self) -> Path:
        """The folder of the conversation scripts: the company's own, else the pack's."""
        return self.chats or _PACKS / self.pack / "chats"

    @property
    def models(self) -> Path:
        return self.var / "models"

    @property
    def llm_is_on(self) -> bool:
        return bool(self.llm_base_url and self.llm_model)


def read_settings() -> Settings:
    """The settings of this process, from the environment and `.env`. Raises WrongSettings naming every wrong one."""
    try:
        settings = Settings()
    except ValidationError as error:
        lines = [f"  SAPA_{'_'.join(map(str, e['loc'])).upper()}: {_plain(e['msg'])}" for e in error.errors()]
        raise WrongSettings("These settings cannot be used:\n" + "\n".join(lines)) from error
    settings.var.mkdir(parents=True, exist_ok=True)
    return settings


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")


def secret_key(settings: Settings) -> str:
    """The signing key: the configured one, or one made once and kept under `SAPA_VAR`, readable by its owner only."""
    configured = settings.secret_key.get_secret_value()
    if configured:
        return configured
    kept = settings.var / "secret-key"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(48))
    return kept.read_text().strip()

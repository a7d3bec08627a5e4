"""The keys that S3 requests are signed with: looked at for each request, because they may be in files that change."""

from aiobotocore.credentials import AioCredentials
from aiobotocore.session import AioSession
from botocore.credentials import CredentialProvider, ReadOnlyCredentials
from pydantic import SecretStr

METHOD = "autocrea"


def session(access_key_id: SecretStr | None, secret_access_key: SecretStr | None) -> AioSession:
    """A session that signs with these keys as they then are; without them, with the machine's own identity."""
    made = AioSession()
    if access_key_id is not None and secret_access_key is not None:
        keys = _PresentKeys(access_key_id, secret_access_key)
        made.get_component("credential_provider").insert_before("env", _Provider(keys))
    return made


class _PresentKeys(AioCredentials):
    """What botocore asks before it signs."""

    def __init__(self, access_key_id: SecretStr, secret_access_key: SecretStr) -> None:
        super().__init__(
            access_key_id.get_secret_value(), secret_access_key.get_secret_value(), method=METHOD
        )
        self._access_key_id = access_key_id
        self._secret_access_key = secret_access_key

    async def get_frozen_credentials(self) -> ReadOnlyCredentials:  # type: ignore[override]
        # Kubernetes exchanges all files of a secret at once; a request between two of them is refused, and tried again.
        return ReadOnlyCredentials(
            self._access_key_id.get_secret_value(), self._secret_access_key.get_secret_value(), None
        )


class _Provider(CredentialProvider):
    METHOD = METHOD

    def __init__(self, keys: _PresentKeys) -> None:
        super().__init__()
        self._keys = keys

    async def load(self) -> AioCredentials:
        return self._keys

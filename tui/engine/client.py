"""docker-py's low-level client, made fit for a screen: no proxies, a known API version, quiet."""

from __future__ import annotations

import logging
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

import requests
import urllib3
from docker.api.client import APIClient
from docker.errors import APIError, DockerException
from docker.tls import TLSConfig

from tui.engine.errors import EngineError, unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.engine.address import Address

_POOL = 32

# Both write warnings to stderr, which is the screen.
urllib3.disable_warnings()
logging.getLogger("urllib3").setLevel(logging.CRITICAL)
warnings.filterwarnings("ignore", module="docker|requests|urllib3")


class Client(APIClient):
    """An APIClient that never takes proxies or certificates from the environment.

    requests would merge proxy variables and REQUESTS_CA_BUNDLE into each call, which costs time
    and breaks engines behind TLS.
    """

    @property
    def trust_env(self) -> bool:
        """Say no, whatever requests sets."""
        return False

    @trust_env.setter
    def trust_env(self, value: bool) -> None:
        pass


def _tls(address: Address) -> TLSConfig | bool:
    if address.tls is None:
        return False
    tls = address.tls
    pair = (str(tls.cert), str(tls.key)) if tls.cert and tls.key else None
    return TLSConfig(client_cert=pair, ca_cert=str(tls.ca) if tls.ca else None, verify=tls.verify)


def make_client(address: Address, version: str, timeout: int | None) -> Client:
    """Make a client that speaks API `version`, each call answered within `timeout` seconds, if any."""
    with translated():
        return Client(
            base_url=address.url,
            version=version,
            timeout=timeout,  # type: ignore[arg-type]  # requests takes None for no limit
            tls=_tls(address),
            max_pool_size=_POOL,
        )


@contextmanager
def translated() -> Iterator[None]:
    """Turn what docker-py and requests raise into EngineError and Unreachable."""
    try:
        yield
    except APIError as error:
        raise EngineError(_words(error)) from error
    except requests.exceptions.InvalidJSONError as error:
        raise EngineError("the engine's answer is no JSON") from error
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise unreachable(error) from error
    except DockerException as error:
        if isinstance(error.__context__ or error.__cause__, (OSError, requests.exceptions.RequestException)):
            raise unreachable(error) from error
        raise EngineError(str(error)) from error
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        # What docker-py, and who asks through it, makes of JSON of another shape.
        raise EngineError("the engine's answer makes no sense") from error


def _words(error: APIError) -> str:
    """Take the engine's own explanation, without the frame that docker-py puts around it."""
    return str(error.explanation or "").strip() or f"the engine answered {error.status_code}"

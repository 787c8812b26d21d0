"""What the SDK raises, besides ValueError and TypeError for wrong use."""


class SluiceError(Exception):
    """Base of all others."""


class SluiceUnavailable(SluiceError):
    """Sluice gave no answer that could be used. Says nothing about the token: answer 503, not 401."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotAllowed(SluiceError):
    """Who asks Sluice did not prove it, or may not ask: a mistake of this server's configuration."""

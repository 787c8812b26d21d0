"""What has to work where nothing but the wheel and its dependencies is installed."""

import sluice
from sluice import FrictionConfig, LocalFriction, ToolFriction

friction = LocalFriction(FrictionConfig(tools={"delete_note": ToolFriction(target_rate=0.03)}))
verdicts = [friction.decide(sluice.ANONYMOUS, "delete_note") for _ in range(100)]
assert verdicts[0].refusal is None and verdicts[-1].refusal is not None
assert callable(sluice.SluiceMiddleware) and callable(sluice.SluiceVerifier) and "site-packages" in sluice.__file__

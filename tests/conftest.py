"""What all tests share."""

from hypothesis import HealthCheck, settings

# How long an example takes says more about the machine's other work than about the code: speed is bench/'s.
settings.register_profile("wirewatch", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("wirewatch")

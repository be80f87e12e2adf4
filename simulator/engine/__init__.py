"""The engine: takes open turns of all rooms, understands them in one batch, proposes replies, routes them.

Stages, in order: understand (models_zoo) -> respond (rules, known exchanges) -> route (one joint
uncertainty against the scenario's threshold). Models never run in a request or a consumer.
"""

"""The models: backbones, the understanding model, its uncertainty, training, serving and the store.

PyTorch only; nothing here knows Django. ``types``, ``labels``, ``manifest`` and ``store`` do not import
torch, so that a web process can read them at no cost.
"""

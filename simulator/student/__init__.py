"""The simulated student: what it knows, what it says, what the picture shows.

Pure Python: a scenario (a validated YAML file) and a state go in, replies and a picture come out.
Nothing here knows of a database, a web framework or a model.
"""

"""Jobs for the worker (`manage.py db_worker`)."""

from django_tasks import task

from simulator.services.joint import joint_refit
from simulator.services.settling import erasures_settle


@task()
def refit_joint(model_version: str) -> str:
    """Learn the joint uncertainty anew; returns which one is in force then."""
    fit = joint_refit(model_version=model_version)
    return fit.version if fit is not None else "prior"


@task()
def settle_erasures() -> int:
    """Clear what erasures left outside the rows; returns how many are through with it."""
    return erasures_settle()

"""Jobs for the worker (`manage.py db_worker`)."""

from django_tasks import task

from annotation.services.run import run_execute


@task()
def execute_run(run_id: int) -> str:
    """Execute a training or prefilling run; returns how it ended."""
    return str(run_execute(run_id=run_id).status)

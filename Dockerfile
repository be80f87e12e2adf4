# syntax=docker/dockerfile:1
FROM python:3.11-slim-bookworm AS packages
WORKDIR /acts
RUN python -m venv /venv
COPY requirements.txt .
# torch first and with its own needs, which differ from build to build; all else is exactly the lock.
RUN --mount=type=cache,target=/root/.cache/pip \
    /venv/bin/pip install --constraint requirements.txt "$(grep '^torch==' requirements.txt)" \
    && /venv/bin/pip install --no-deps -r requirements.txt

FROM packages AS cluster-packages
COPY requirements-cluster.txt .
RUN --mount=type=cache,target=/root/.cache/pip /venv/bin/pip install --no-deps -r requirements-cluster.txt

FROM python:3.11-slim-bookworm AS product
RUN useradd --system --uid 1000 --create-home acts && install -d -o acts -g acts /var/acts
WORKDIR /acts
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production ACTS_VAR=/var/acts
COPY --from=packages /venv /venv
COPY . .
# Collected beside the data folder: the image carries its static files, the volume does not hide them.
ENV ACTS_STATIC=/acts/staticfiles
RUN SECRET_KEY=only-for-building python manage.py collectstatic --no-input --verbosity 0
USER 1000
VOLUME /var/acts
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://localhost:8000/readyz/', timeout=4)"]
CMD ["uvicorn", "config.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--ws-max-size", "131072", \
     "--no-server-header", "--no-proxy-headers"]

# The same with Ray, for the model replicas: docker compose builds it with --target cluster.
FROM product AS cluster
COPY --from=cluster-packages /venv /venv

FROM product

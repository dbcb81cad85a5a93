# Sapa's image: Python, the locked libraries, Sapa. Nothing to build with, nothing to test with, no root.
FROM python:3.11.14-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/sapa
WORKDIR /src
COPY requirements.lock ./
RUN /opt/sapa/bin/pip install -r requirements.lock
COPY pyproject.toml requirements.in ./
COPY bot ./bot
COPY admin ./admin
COPY ml ./ml
COPY knowledge ./knowledge
COPY storage ./storage
COPY flows ./flows
RUN /opt/sapa/bin/pip install --no-deps . && /opt/sapa/bin/python -m compileall -q /opt/sapa/lib

FROM python:3.11.14-slim-bookworm
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin sapa \
    && install -d -o sapa -g sapa -m 0700 /var/lib/sapa
COPY --from=build /opt/sapa /opt/sapa
ENV PATH=/opt/sapa/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    SAPA_VAR=/var/lib/sapa \
    SAPA_HOST=0.0.0.0 \
    SAPA_PORT=8080 \
    SAPA_LOG_FORMAT=json
USER sapa
WORKDIR /var/lib/sapa
VOLUME /var/lib/sapa
EXPOSE 8080
# Alive is enough: a service that waits for its database or trains its models must not be killed for it.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ.get('SAPA_PORT', '8080') + '/healthz', timeout=4)"]
ENTRYPOINT ["sapa"]
CMD ["serve"]

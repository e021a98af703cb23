# The monitor in a container. Everything else it needs (Prometheus ...) stands in compose.yaml.
FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md ./
COPY monitor ./monitor
COPY docs/runbooks ./docs/runbooks
RUN python -m venv /opt/sharp-eyes \
 && /opt/sharp-eyes/bin/pip install --no-cache-dir --constraint constraints.txt .

FROM python:3.11-slim
# A fixed number, so that a host folder can be given to it; the ledger's folder is made here, so that a volume inherits it.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/sharp-eyes sharp-eyes \
 && install --directory --owner=sharp-eyes --group=sharp-eyes --mode=0750 /var/lib/sharp-eyes
COPY --from=build /opt/sharp-eyes /opt/sharp-eyes
ENV PATH=/opt/sharp-eyes/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /var/lib/sharp-eyes
VOLUME /var/lib/sharp-eyes
EXPOSE 9105
# urllib raises on anything but 2xx, and so ends with 1: unhealthy.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9105/-/healthy', timeout=4)"]
ENTRYPOINT ["sharp-eyes"]
CMD ["run", "--config", "/etc/sharp-eyes/sharp-eyes.yml"]

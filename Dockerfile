# The hub, the review page and the workers in one image: compose.yaml says what each of them runs.
FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY crawler crawler
COPY docs docs
COPY review review
COPY spiders spiders
COPY storage storage
COPY variorum variorum
RUN python -m venv /opt/variorum \
 && /opt/variorum/bin/pip install --no-cache-dir ".[cluster]"

FROM python:3.12-slim
RUN useradd --create-home --uid 1000 variorum \
 && install -d -o variorum -g variorum /workspace /workspace/sites
COPY --from=build /opt/variorum /opt/variorum
ENV PATH=/opt/variorum/bin:$PATH VARIORUM_HOME=/workspace
USER variorum
WORKDIR /workspace
VOLUME /workspace
EXPOSE 8300 8765
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8300/health')"]
ENTRYPOINT ["variorum"]
CMD ["watch"]

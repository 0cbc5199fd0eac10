# The lab as an image: docker build -t dissociation . && docker run -p 8501:8501 -v lab:/cache dissociation
FROM python:3.11-slim

# Not root, and nothing that it can write to but the store of results.
RUN useradd --create-home --uid 1000 lab && mkdir /cache && chown lab:lab /cache

WORKDIR /lab
COPY requirements.txt ./
RUN python -m pip install --no-cache-dir --disable-pip-version-check -r requirements.txt
COPY .streamlit/ .streamlit/
COPY dissociation/ dissociation/
COPY pages/ pages/
COPY app.py pyproject.toml LICENSE ./
COPY tools/plotly_bundle.py tools/
RUN python tools/plotly_bundle.py

ENV DISSOCIATION_CACHE=/cache PYTHONUNBUFFERED=1
USER lab
VOLUME /cache
EXPOSE 8501

HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8501/api/health', timeout=4)"]
CMD ["python", "-m", "streamlit", "run", "app.py", "--server.address", "0.0.0.0", "--server.port", "8501"]

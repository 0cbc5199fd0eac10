"""The web front end below the pages: server, shell, controls, chart, exports and classroom."""

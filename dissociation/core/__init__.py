"""The science: data, networks, rewrites, measures, theory; knows no page and no store."""

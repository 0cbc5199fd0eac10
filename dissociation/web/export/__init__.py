"""What a visitor exports of a chart: values, pictures, a page, a report, a script."""

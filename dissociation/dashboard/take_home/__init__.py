"""What a visitor takes home of a chart: values, pictures, a page, a report, a script."""

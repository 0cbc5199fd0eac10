"""The server: routes, sockets, headers, start and end."""

"""Tornado is here and nowhere else: WebSocket, HTTP calls, files of the client, health."""

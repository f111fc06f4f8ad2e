"""The rules of the chat, one noun a file: plain functions on a transaction that know no sockets and no asyncio."""

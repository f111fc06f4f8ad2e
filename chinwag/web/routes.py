"""Every address of the server, on one page."""

from pathlib import Path

import tornado.web

from chinwag.services import files as service
from chinwag.web import files
from chinwag.web.calls import ChatHandler, OpenRpcHandler, RpcHandler
from chinwag.web.door import Missing, Site
from chinwag.web.downloads import BlobHandler, FileHandler
from chinwag.web.files import ClientHandler
from chinwag.web.health import HealthHandler, MetricsHandler, log_request
from chinwag.web.socket import SocketHandler
from chinwag.web.uploads import AvatarHandler, EmojiHandler, UploadHandler, UploadsHandler

STATIC = Path(__file__).parent.parent / "static"


def application(site: Site, openrpc: bytes) -> tornado.web.Application:
    """The web application."""
    return tornado.web.Application(
        [
            ("/ws", SocketHandler),
            ("/rpc", RpcHandler),
            ("/chat", ChatHandler),
            ("/health", HealthHandler),
            ("/metrics", MetricsHandler),
            ("/openrpc.json", OpenRpcHandler, {"document": openrpc}),
            ("/files", UploadsHandler),
            (r"/files/uploads/([\w-]{1,32})", UploadHandler),
            (r"/files/([\w-]{1,32})/([^/]*)", FileHandler),
            ("/avatar", AvatarHandler),
            (r"/avatars/(?P<user>\d{1,15})/(?P<hash>[0-9a-f]{64})", BlobHandler, {"door": service.readable_avatar}),
            ("/emoji", EmojiHandler),
            (r"/emoji/(?P<hash>[0-9a-f]{64})", BlobHandler, {"door": service.readable_emoji}),
            (r"/previews/(?P<hash>[0-9a-f]{64})", BlobHandler, {"door": service.readable_preview, "kept": False}),
            ("/.*", ClientHandler, {"files": files.load(STATIC)}),
        ],
        default_handler_class=Missing,
        log_function=log_request,
        site=site,
    )

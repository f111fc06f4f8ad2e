"""Who may import whom, and where each library may be: the layers, as a table. A module that is not in it fails."""

import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent / "chinwag"

# What everybody shares: it imports nothing of ours but what is named.
WORDS = {
    "errors": "",
    "changes": "",
    "clock": "",
    "logs": "",
    "config": "errors",
    "limits": "errors",
    "frames": "",
    "meters": "",
}
# Services never see the hub, the hub never sees services. `rpc`, `dispatch` and, for what concerns a connection, `live`
# are where the two meet; `app` and `cli` alone know every part.
MAY_IMPORT = {
    **WORDS,
    "store": "meters store changes clock errors",
    "services": "services store changes clock limits errors",
    "blobs": "errors",
    "kinds": "",
    "decoder": "",
    "pictures": "errors",
    "files": "blobs kinds pictures services store changes errors",
    "fetch": "",
    "pages": "fetch",
    "previews": "pages fetch services store changes errors",
    "push": "meters fetch services store changes clock errors",
    "hub": "meters frames changes",
    "bus": "hub changes",
    "bus_redis": "bus hub changes",
    "presence": "hub bus changes",
    "alarm": "services store errors",
    "indexer": "services store changes",
    "resync": "hub services store changes errors",
    "live": "services hub presence store changes errors",
    "jsonrpc": "store errors",
    "rpc": "services live limits store changes",
    "dispatch": "meters rpc jsonrpc hub live limits store errors",
    "pipeline": "dispatch jsonrpc hub store",
    "schema": "rpc changes errors",
    "web": "meters web pipeline dispatch jsonrpc frames live hub files kinds services store changes config errors",
    "app": "meters alarm indexer resync web dispatch rpc live schema blobs files previews push services hub bus "
    "bus_redis presence limits store config changes errors",
    "cli": "app services store config logs errors",
    "__main__": "cli",
    "__init__": "",
}
# Where a library may be imported; after a colon the only names that may be taken from it there.
LIBRARIES = {
    "sqlalchemy": "store services:Row app:Engine",
    "alembic": "store/migrate store/migrations",
    "psycopg": "store",
    "sqlite3": "store/engine store/search_sqlite",
    "redis": "bus_redis",
    "tornado": "web app fetch",
    "prometheus_client": "meters web/health",
    "cryptography": "services/webpush",
    "argon2": "services/passwords",
    "markdown_it": "services/markdown",
    "nh3": "services/markdown",
    "argparse": "cli config",
    "asyncio": "store/writer hub bus bus_redis presence alarm indexer resync dispatch web app cli pictures files fetch "
    "previews push",
    "PIL": "decoder",
    "obstore": "blobs",
    "resource": "decoder app",
    "threading": "store/breaker store/readers store/writer services/search:Lock app",
    "socket": "store/breaker web/socket web/wire web/listener app fetch",
    "subprocess": "cli",
    "json": "jsonrpc decoder",
}


def modules() -> dict[str, Path]:
    """Every module of ours, by its path without the ending: `store/users`."""
    return {path.relative_to(ROOT).with_suffix("").as_posix(): path for path in sorted(ROOT.rglob("*.py"))}


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """All that a module imports, also within functions: the module, and the name that is taken from it or nothing."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports by a dot"
            yield from ((node.module or "", alias.name) for alias in node.names)


def ours(path: Path) -> set[str]:
    """The modules of ours that a module imports."""
    known = modules()
    found = set()
    for module, name in imports(path):
        head, *rest = module.split(".")
        if head == "chinwag":
            whole, parent = "/".join([*rest, name]), "/".join(rest)
            found.add(next((one for one in (whole, f"{whole}/__init__", parent) if one in known), "__init__"))
    return found


def test_every_module_is_in_the_table_and_the_table_names_nothing_that_is_gone() -> None:
    assert {name.split("/")[0] for name in modules()} == set(MAY_IMPORT)


def test_each_layer_imports_only_what_it_may() -> None:
    wrong = []
    for name, path in modules().items():
        layer = name.split("/")[0]
        allowed = {"__init__", *MAY_IMPORT[layer].split()}
        wrong += [f"{name} imports {one}" for one in ours(path) if one.split("/")[0] not in allowed]
    assert wrong == []


def test_the_table_allows_nothing_that_nobody_needs() -> None:
    used: dict[str, set[str]] = {layer: set() for layer in MAY_IMPORT}
    for name, path in modules().items():
        used[name.split("/")[0]] |= {one.split("/")[0] for one in ours(path)} - {"__init__"}
    assert used == {layer: set(allowed.split()) for layer, allowed in MAY_IMPORT.items()}


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {name: ours(path) - {name} for name, path in modules().items()}
    tuple(graphlib.TopologicalSorter(graph).static_order())


def test_each_library_is_where_it_may_be_and_nowhere_else() -> None:
    wrong = []
    for name, path in modules().items():
        for module, taken in imports(path):
            library = module.split(".")[0]
            if library in LIBRARIES and not allowed_in(name, LIBRARIES[library], taken):
                wrong.append(f"{name} imports {taken} of {module}")
    assert wrong == []


def allowed_in(name: str, places: str, taken: str) -> bool:
    """Whether a library may be imported in a module, and this of it."""
    for place in places.split():
        where, _, only = place.partition(":")
        if name == where or name.startswith(f"{where}/"):
            return not only or taken == only
    return False

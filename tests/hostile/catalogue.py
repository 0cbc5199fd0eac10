"""What nobody should send: hand-made, as data, by where it arrives. The tests beside it send it.

`SCRIPT` is what a text has to contain to run in a browser that takes it for HTML; a browser test
looks whether it has.
"""

from __future__ import annotations

from typing import NamedTuple

SCRIPT = "<img src=x onerror=window.hacked=1>"
LONG = "9" * 3_000
TRAVERSAL = [
    "../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "%2e%2e%2f%2e%2e%2fetc/passwd",
    "....//....//etc/passwd",
    "/etc/passwd\0.png",
    "file:///etc/passwd",
    "//evil.example/x",
    "\\\\evil.example\\share",
]
MARKUP = [
    SCRIPT,
    "<script>window.hacked=1</script>",
    "<svg onload=window.hacked=1>",
    "<iframe srcdoc='<script>parent.hacked=1</script>'></iframe>",
    "javascript:window.hacked=1",
    "[x](javascript:window.hacked=1)",
    "![x](x'onerror='window.hacked=1)",
    "'\"><script>window.hacked=1</script>",
    "</script><script>window.hacked=1</script>",
    "</style><script>window.hacked=1</script>",
    "<a href=javascript:window.hacked=1>x</a>",
    "<math><mi//xlink:href='data:x,<script>window.hacked=1</script>'>",
    "$\\href{javascript:window.hacked=1}{x}$",
    "<details open ontoggle=window.hacked=1>",
    "<!--<img src='--><img src=x onerror=window.hacked=1>'>",
]
INJECTION = [
    "{{7*7}}",
    "${7*7}",
    "#{7*7}",
    "__import__('os').system('true')",
    "__class__",
    "__proto__",
    "constructor",
    "'; DROP TABLE cache; --",
    "$(touch /tmp/hacked)",
    "`touch /tmp/hacked`",
    "|cat /etc/passwd",
    "%s%s%s%n",
    "{0.__class__.__mro__}",
    "level=error event=forged",
    "line\nlevel=error event=forged",
    "header\r\nSet-Cookie: hacked=1",
]
UNICODE = [
    "🦊\u202e\u0000",
    "\ufeff1",
    "\ud800",
    "é" * 400,
    "e\u0301" * 100,
    "\u200b1\u200b",
    "²",
    "Ⅷ",
    "１e３０９",
    "∞",
    "−1",
    "\x00",
    "\x1b[31mred\x1b[0m",
    "\u2028",
    "İ",
]
#: No numbers that a page could use, whatever its range.
NUMBERS = [
    *("nan", "NaN", "-nan", "+NaN", "nan(0x1)", "inf", "-inf", "Infinity", "-Infinity", "infinity"),
    *("1e308", "-1e308", "1e309", "1e400", "1.8e308", "9" * 400, "1" + "0" * 1_900, "-" + "9" * 99),
    *("-1", "-0.5", "-1e-300", "1e-400x", "0x14", "0b1", "0o7", "1,5", "1.2.3", "1e", "e1", "--1"),
    *(
        "",
        " ",
        "\t",
        "1 2",
        "twenty",
        "one",
        "None",
        "null",
        "true",
        "True",
        "[]",
        "{}",
        "()",
        "1j",
    ),
    *("20;rm -rf", "1/0", "1**9", "9" * 9, LONG),
]
WORDS = ["", " ", "NULL", "None", "undefined", "true", "0", "-1", "nan", "*", ".", ",", "a" * 1_999]
LISTS = ["scale,evil", "SCALE", "scale;duplicate", "[scale]", "scale\0", ",".join(["x"] * 900)]
RANGES = [
    *("~", "1~", "~1", "1~2~3", "2~1", "1~1", "nan~nan", "0~nan", "inf~inf", "-inf~inf", "0~inf"),
    *("1e308~1e309", "-2~-1", "0.1", "1-2", "1~2;", "a~b", "~~~~", "1e-9~1", "1~1e9"),
]
CHAINS = [
    *("scale", "scale:", "scale:nan", "scale:inf", "scale:1e308", "scale:-1", "scale:0"),
    *("scale:1:layer=9", "scale:1:layer=nan", "scale:1:layer=", "scale:1:evil=1", "scale:1:=1"),
    *("scale:1:strength=2:strength=3", "scale:1:layer=1e308", "nuisance:1e9", "nuisance:5000"),
    *("nuisance:1:group=0", "nuisance:1:group=99", "nuisance:1:incoming=evil", "duplicate:99"),
    *("evil:1", ":1", ":", ",", ",,,", "scale:1,", ",".join(["scale:2"] * 99), "scale:1;scale:2"),
    *("phantom:1:picture=" + "A" * 683, "phantom:1:picture=../x", "phantom:1e9", "__class__:1"),
    *("scale:1:name=x", "scale:1:apply=1", "scale:1:" + "a" * 1_900 + "=1", "trained:1"),
    *(";", ";;", "scale:1;seeds=99", "scale:1;evil=1", "scale:1;scale=nan", "trained;key=-1"),
    *("scale:1;pin=scale:1", "scale:1;seeds=2;seeds=3", "scale:1;" + "seeds=2;" * 200, "scale+"),
]
OTHER_CODES = [
    *(
        "0123abcd:",
        "0123abcd:1,2",
        "0123abcd:" + ",".join(["nan"] * 9),
        "zzzzzzzz:1,1,1,1,1,1,1,1,1",
    ),
    *("0123abcd:" + ",".join(["101"] * 9), "0123abcd:" + ",".join(["-1"] * 9), ":" + "1," * 9),
    *("0123abcd:" + ",".join(["1"] * 900), "0123ABCD:1,1,1,1,1,1,1,1,1", "BC2", "BC234", "bc23"),
    *("AEIO", "BC2\n", "BC23\0", "....", "%%%%", "scale#1", "scale#99", "scale+" * 20, "1,nan,3"),
    *("1,2," * 200, "1e308,1", "0,0", "1,1", ",", "-1,2"),
]
TEXTS = [*TRAVERSAL, *MARKUP, *INJECTION, *UNICODE]
#: By the kind of a parameter.
VALUES = {
    "number": [*NUMBERS, *TEXTS],
    "integer": [*NUMBERS, "2.5", "0.1", *TEXTS],
    "choice": [*WORDS, *TEXTS],
    "choices": [*LISTS, *TEXTS],
    "flag": [*WORDS, "Yes", "YES", "no no", "1", *TEXTS],
    "range": [*RANGES, *NUMBERS, *TEXTS],
    "coded": [*CHAINS, *OTHER_CODES, *NUMBERS, *TEXTS],
}
NAMES = [*TEXTS, "", " ", "unknown", "scale ", "Scale", "x" * 5_000, "v", "v=2", "scale.evil"]
#: Whole addresses, as the command line, a room and an export are given.
ADDRESSES = [
    *("", "?", "/", "//", "http://", "http://[", "http://[::1", "https://x:99999999/Map", "\0"),
    *("javascript:window.hacked=1", "data:text/html,<script>window.hacked=1</script>", "Map\0"),
    *(
        "Robustness?" + "a=1&" * 999,
        "Robustness?scale=" + "9" * 9_000,
        "Robustness?%",
        "Map?%ff%fe",
    ),
    *("Robustness?scale=1&scale=nan&scale[]=2&SCALE=3", "Robustness?scale=%00", "../Map", "Map/.."),
    *("Robustness/../../etc/passwd", "/etc/passwd", "__init__", "robustness.py", "pages/7_Map.py"),
    *("Robustness?pin=" + "scale:1," * 200, "Map?show=" + ",".join(["scale"] * 500), "Évil", "🦊"),
    *(
        "Robustness?" + "&".join(f"p{n}={n}" for n in range(150)),
        "Robustness#?scale=nan",
        "a" * 9_000,
    ),
    *(
        "Sweep?strengths=" + ",".join(map(str, range(400))),
        "Inputs?seed=1",
        "Phantom?phantom=1e308",
        "Causes?sigma=0&then=" + "scale:1," * 99,
        "Bridge?show=nan&compute=everything",
        "Linear?n_hidden=1&inputs=onehot",
    ),
]
#: Descriptions in JSON: files of the command line.
JSON_TEXTS = [
    *(
        "",
        " ",
        "null",
        "true",
        "0",
        "-1",
        "1e999",
        "NaN",
        "[NaN]",
        "Infinity",
        '""',
        '"x"',
        "[]",
        "{}",
    ),
    *(
        "[" * 50_000,
        "[" * 500 + "]" * 500,
        '{"a":' * 20_000,
        "{",
        "}",
        "[1,]",
        "{'a':1}",
        "\ufeff{}",
    ),
    *('{"measure":null}', '{"measure":{"name":"evil"}}', '{"measure":{"name":"transfer","x":1}}'),
    *('{"__class__":"os.system"}', '{"py/object":"os.system"}', '{"first":null}', '{"first":{}}'),
    *(
        '{"first":1,"second":[]}',
        "9" * 5_000,
        "[" + "{}," * 999 + "{}]",
    ),
    *(
        '{"measure":{"name":"input_noise","points":1e308}}',
        '{"measure":{"name":"input_noise"},"seeds":9e9}',
    ),
    *(
        '{"measure":{"name":"input_noise","points":2,"points":NaN}}',
        "\\x80\\x04.",
        "<x/>",
        "---\n- !!x",
    ),
    *(
        '{"measure":{"name":"input_noise"},"manipulations":[{"name":"scale","strength":1e999}]}',
        "\x00",
    ),
    '{"measure":{"name":"input_noise"},"manipulations":' + '[{"name":"scale"}' * 1 + "," * 9 + "]}",
    '{"measure":{"name":"input_noise"},"recipe":{"width":1e9}}',
    '{"measure":{"name":"input_noise"},"recipe":{"epochs":-1}}',
    '{"measure":{"name":"input_noise"},"schema":99}',
    '{"measure":{"name":"<script>window.hacked=1</script>"}}',
]


class Ask(NamedTuple):
    """A request as it goes over the wire.

    - `target`: of its first line; `method`, `headers`, `body`.
    """

    target: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


_MAP = "/api/export/csv/Map"
REQUESTS = [
    *(
        Ask(f"/api/export/{kind}/Map")
        for kind in ("exe", "CSV", "__class__", "..", "%2e%2e", "csv%00")
    ),
    *(
        Ask(f"/api/export/csv/{page}")
        for page in ("Evil", "..", "%2e%2e%2fetc", "%00", "app.py", "%ff")
    ),
    *(
        Ask(f"/api/export/csv/{page}")
        for page in ("Start", "Inputs", "a" * 2_000, "%3Cscript%3E", "Map%0a")
    ),
    *(
        Ask(f"{_MAP}?show={text}")
        for text in ("%3Cscript%3E", "%00", "%ff%fe", "%F0%9F%A6%8A", "a" * 9_000)
    ),
    *(
        Ask(f"{_MAP}?{query}")
        for query in ("a=1&" * 999, "&" * 5_000, "=" * 5_000, "%", "show=&show=nan")
    ),
    *(
        Ask(f"{_MAP}?{query}")
        for query in ("width=nan", "width=1e308", "key=-1", "phantom.picture=" + "A" * 683)
    ),
    *(
        Ask(f"/api/export/{kind}/Robustness?scale=nan")
        for kind in ("json", "page", "report", "script")
    ),
    *(
        Ask(target)
        for target in (
            "/api",
            "/api/",
            "/api/jobs",
            "/api/jobs/x",
            "/api/rooms/BC23/x",
            "/api/health/x",
        )
    ),
    *(
        Ask(target)
        for target in (
            "//evil.example",
            "/%5cevil.example",
            "/../../etc/passwd",
            "/static/../app.py",
        )
    ),
    *(
        Ask(target)
        for target in (
            "/static/..%2f..%2f..%2fetc/passwd",
            "/_stcore/../app.py",
            "/app.py",
            "/.git/config",
        )
    ),
    *(
        Ask(target)
        for target in (
            "/.streamlit/config.toml",
            "/requirements.txt",
            "/cache/models/cache.db",
            "/%00",
        )
    ),
    *(
        Ask(target)
        for target in (
            "/component/../../etc/passwd",
            "/media/../../etc/passwd",
            "/media/x.png",
            "/~root",
        )
    ),
    *(
        Ask(target)
        for target in (
            "/_stcore/upload_file/x/y",
            "/_stcore/bidi-components/../../etc/passwd",
            "/c:/x",
        )
    ),
    *(
        Ask("/api/health", method)
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "EVIL")
    ),
    *(Ask(_MAP, method, body=b"x" * 10_000) for method in ("POST", "PUT", "DELETE")),
    Ask("/_stcore/upload_file/x/y", "PUT", body=b"x" * 1_000),
    Ask("/_stcore/upload_file/../../x", "PUT", body=b"x"),
    Ask("/_stcore/upload_file/x/y", "DELETE"),
    Ask("/api/health", headers=(("Host", "evil.example"),)),
    Ask("/api/health", headers=(("Host", ""),)),
    Ask("/api/health", headers=(("Host", "a" * 5_000),)),
    Ask("/api/health", headers=(("Host", "127.0.0.1@evil.example"),)),
    Ask(
        "/api/health",
        headers=(("X-Forwarded-Host", "evil.example"), ("X-Forwarded-For", "x" * 999)),
    ),
    Ask("/api/health", headers=(("Cookie", "dissociation_host_BC23=" + "a" * 4_000),)),
    Ask("/api/health", headers=(("Cookie", "_streamlit_session=eyJ9.x.y; =;;=;"),)),
    Ask("/api/health", headers=(("Accept-Encoding", "gzip;q=nan, *;q=1e308"),)),
    Ask("/api/health", headers=(("Range", "bytes=0-99999999999,5-1,-1"),)),
    Ask("/api/plotly.min.js", headers=(("Range", "bytes=" + "0-1," * 500 + "0-1"),)),
    Ask(
        "/api/plotly.min.js",
        headers=(("If-None-Match", "x" * 5_000), ("If-Modified-Since", "evil")),
    ),
    Ask("/api/health", headers=tuple((f"X-{n}", "y") for n in range(90))),
]
#: What is no HTTP at all.
RAW_REQUESTS = [
    b"\x00" * 64,
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET /api/health HTTP/1.1\r\n\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
    b"POST /api/health HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nzz",
    b"POST /api/health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\nx",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xff" * 64,
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET /api/jobs/x HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    b"GET /api/jobs/x HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: evil\r\n\r\n",
]
#: Names of jobs and rooms that nobody has been given.
SOCKET_NAMES = [
    *(
        "unknown",
        "a" * 500,
        "..",
        "%00",
        "<script>",
        "🦊",
        "%2e%2e%2f",
        "0",
        "-1",
        "null",
        "*",
        "a b",
    ),
    *("' OR 1=1 --", "BC23", "bc23", "%ff", "a" * 5_000),
]
ORIGINS = [
    *(
        "http://evil.example",
        "https://evil.example:443",
        "null",
        "http://127.0.0.1",
        "x",
        "http://[::1",
    ),
    *(
        "file://",
        "http://127.0.0.1.evil.example",
        "http://evil.example/{host}",
        "http://{host}@evil.example",
    ),
    *(
        "http://{host}.evil.example",
        "chrome-extension://x",
        "http://",
        "//",
        "data:text/html,x",
        "{host}",
    ),
]
#: What a browser may send over a socket that only listens, and what it is told.
MESSAGES = [
    ("x" * 1_025, 1009),
    (b"\x00" * 2_000, 1009),
    ("🦊" * 5_000, 1009),
    ('{"version":' + "[" * 5_000, 1009),
    ("x" * 1_000_000, 1009),
    (["x"] * 30, 1008),
    ([b"\xff"] * 30, 1008),
    ([""] * 30, 1008),
]
#: What a chart may claim that was pressed, drawn or asked for.
EVENTS = [
    *(
        None,
        True,
        0,
        -1,
        1.5,
        float("nan"),
        10**400,
        "",
        "x",
        "-1",
        "1e3",
        "²",
        "٣",
        "９" * 9,
        "9" * 4_000,
    ),
    *(
        [],
        {},
        [[]],
        {"errors": None},
        {"errors": "x" * 9},
        {"errors": [0.5] * 8},
        {"errors": [0.5] * 10},
    ),
    *(
        {"errors": [float("nan")] * 9},
        {"errors": [float("inf")] * 9},
        {"errors": [-1] * 9},
        {"errors": [2] * 9},
    ),
    *(
        {"errors": ["0.5"] * 9},
        {"errors": [True] * 9},
        {"errors": [[0.5]] * 9},
        {"errors": {"0": 0.5}},
    ),
    *(
        {"errors": [10**400] * 9},
        {"errors": [0.5] * 100_000},
        {"errors": [None] * 9},
        {"evil": SCRIPT},
        SCRIPT,
    ),
]
#: What an environment variable may hold; none of it is a number in any range.
ENVIRONMENT_NUMBERS = [
    *(
        "nan",
        "inf",
        "-inf",
        "-1",
        "1e308",
        "1e309",
        "zero",
        "0x10",
        "1;2",
        "1 2",
        "1,000",
        "--",
        "None",
    ),
    *(
        "__import__('os')",
        "$(id)",
        "`id`",
        "9" * 400,
        SCRIPT,
        "../../etc/passwd",
        "∞",
        "-0.0001",
        "[]",
    ),
]
NO_ORIGINS = [
    "lab.example.org",
    "*",
    "null",
    "ftp://x",
    "https://x/y",
    "https://x; script-src *",
    "https://x https://y",
    "https://x,",
    "https://",
    SCRIPT,
]
ENVIRONMENT_WORDS = {
    "DISSOCIATION_LOG": ["xml", "TEXT", "json,text", "0", "/var/log/x", SCRIPT, "text json", "nan"],
    "DISSOCIATION_HOSTS": [
        "a b",
        "http://x",
        "x/y",
        "*x",
        "x,,y",
        ",",
        "a;b",
        SCRIPT,
        "*.*.*",
        "x:80",
    ],
    "DISSOCIATION_ORIGINS": [*NO_ORIGINS, "https://*.example.org"],
    "DISSOCIATION_FRAMES": [*NO_ORIGINS, "https://*", "https://a.*.org", "'unsafe-inline'"],
}

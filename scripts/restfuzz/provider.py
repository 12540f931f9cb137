"""An OpenID provider to set out for: it says who it is, and nobody ever arrives there.

Prints its address."""

import http.server
import json


class Provider(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        url = f"http://127.0.0.1:{self.server.server_port}"
        known = {
            "issuer": url,
            "authorization_endpoint": f"{url}/authorize",
            "token_endpoint": f"{url}/token",
            "jwks_uri": f"{url}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        }
        body = json.dumps({"keys": []} if self.path == "/keys" else known).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()

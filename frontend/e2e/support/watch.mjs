// What a browser complains about. A test fails on anything here that it did not have to expect.

/** Chromium writes every answer above 399 to the console; who is not signed in is told so by a 401. */
const notSignedIn = ({ words, url }) => words.includes("401 (Unauthorized)") && url.endsWith("/api/me");

/** While the server is away, connections to it fail, and Chromium says so. */
export const serverAway = ({ words }) =>
  /net::ERR_(CONNECTION_(REFUSED|RESET|CLOSED)|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED)/.test(words) ||
  /^WebSocket connection to .* failed: (Connection closed before receiving a handshake response|Error during WebSocket handshake)/.test(words) ||
  /503 \(Service Unavailable\)/.test(words);

/** An address where there is nothing. */
export const notFound = (path) => ({ words, url }) => words.includes("404 (Not Found)") && url.endsWith(path);

/** Collects console errors, uncaught exceptions and violations of the policy, from every page of the context. */
export async function watch(context, expected = []) {
  const complaints = [];
  const known = [notSignedIn, ...expected];
  const add = (kind, words, url) => {
    const complaint = { kind, words, url };
    if (!known.some((is) => is(complaint))) complaints.push(complaint);
  };

  context.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") add(message.type(), message.text(), message.location().url);
  });
  context.on("weberror", (thrown) => add("uncaught", String(thrown.error().stack ?? thrown.error()), thrown.page()?.url() ?? ""));
  await context.exposeBinding("violated", (source, words) => add("policy", words, source.page?.url() ?? ""));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (e) => {
      window.violated(`${e.effectiveDirective} blocked ${e.blockedURI} (${e.sourceFile}:${e.lineNumber}) ${e.sample}`);
    });
  });
  return complaints;
}

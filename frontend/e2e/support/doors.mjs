// A server, or pods, with Google and GitHub beside them to sign in with.
import { GitHub } from "./github.mjs";
import { OpenIdProvider } from "./provider.mjs";
import { freePort } from "./server.mjs";

const client = { clientId: "overcookied", clientSecret: "only for tests" };

/** `Server` or `Cluster`, whose `google` and `github` know it before it starts. */
export const withProviders = (Kind) =>
  class extends Kind {
    static async start(settings = {}) {
      const port = await freePort();
      const registered = (name) => ({ ...client, redirectUris: [`http://localhost:${port}/api/auth/${name}/callback`] });
      const google = await OpenIdProvider.start(registered("google"));
      const github = await GitHub.start(registered("github"));
      try {
        const server = await super.start({ ...atProviders(google, github), ...settings }, port);
        return Object.assign(server, { google, github });
      } catch (error) {
        await Promise.all([google.stop(), github.stop()]);
        throw error;
      }
    }

    async dispose() {
      await super.dispose();
      // Not there yet when the start failed.
      await Promise.all([this.google?.stop(), this.github?.stop()]);
    }
  };

function atProviders(google, github) {
  return {
    GOOGLE_CLIENT_ID: client.clientId,
    GOOGLE_CLIENT_SECRET: client.clientSecret,
    GOOGLE_ISSUER: google.url,
    GITHUB_CLIENT_ID: client.clientId,
    GITHUB_CLIENT_SECRET: client.clientSecret,
    GITHUB_URL: github.url,
    GITHUB_API_URL: github.url,
  };
}

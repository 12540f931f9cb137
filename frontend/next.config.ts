import type { NextConfig } from "next";

/**
 * The pages are files: the Rust server sends them, from the same origin as the API and the socket.
 */
const config: NextConfig = {
  output: "export",
  // play/index.html rather than play.html, so that a plain file server finds it.
  trailingSlash: true,
  // There is no image optimiser behind a file server.
  images: { unoptimized: true },
  reactStrictMode: true,
  poweredByHeader: false,
};

export default config;

import "@fontsource-variable/fredoka";
import "@fontsource-variable/nunito";
import "./globals.css";

import { type Metadata, type Viewport } from "next";
import { type ReactNode } from "react";

export const metadata: Metadata = {
  title: { default: "Overcookied", template: "%s · Overcookied" },
  description: "The cookie duel: two players, one minute, most clicks win. Golden cookies count double.",
  applicationName: "Overcookied",
  appleWebApp: { capable: true, title: "Overcookied", statusBarStyle: "black-translucent" },
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  // Into the corners of the screen; the pages keep clear of the notch by themselves.
  viewportFit: "cover",
  themeColor: "#240e18",
  colorScheme: "dark",
};

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <div className="backdrop" aria-hidden="true" />
        {children}
        <noscript>
          <p className="p-6 text-center font-bold">Overcookied is a game, and needs JavaScript to run.</p>
        </noscript>
      </body>
    </html>
  );
}

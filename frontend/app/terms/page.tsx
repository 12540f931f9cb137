import { type Metadata } from "next";
import { Terms } from "@/components/legal/Terms";
import { Page } from "@/components/ui/Page";

export const metadata: Metadata = { title: "Terms" };

export default function TermsPage() {
  return (
    <Page title="Terms" wide>
      <Terms />
    </Page>
  );
}

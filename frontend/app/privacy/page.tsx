import { type Metadata } from "next";
import { Privacy } from "@/components/legal/Privacy";
import { Page } from "@/components/ui/Page";

export const metadata: Metadata = { title: "Privacy" };

export default function PrivacyPage() {
  return (
    <Page title="Privacy" wide>
      <Privacy />
    </Page>
  );
}

"use client";

import { useLoad } from "@/components/ui/useLoad";
import { getConfig } from "@/lib/api";

/** Where to write to whoever runs this server, once that is known and if anybody said so. */
export function Operator() {
  const { load } = useLoad("config", getConfig);
  const contact = load.status === "ready" ? load.data.contact : null;
  if (contact === null) return null;
  return (
    <p>
      To ask, write to{" "}
      <a href={contact} className="font-bold underline underline-offset-2">
        {contact.replace(/^mailto:|^https:\/\//, "")}
      </a>
      .
    </p>
  );
}

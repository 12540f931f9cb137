import Link from "next/link";
import { Notice } from "@/components/play/Notice";

/** A whole page that could not hear who is there. */
export function NotAnswering({ retry }: { retry: () => void }) {
  return (
    <Notice icon="warn" title="The bakery is not answering" words="We couldn't find out who you are. It is us, not you.">
      <button type="button" className="btn" onClick={retry}>
        Knock again
      </button>
      <Link href="/" className="btn btn-plain">
        Menu
      </Link>
    </Notice>
  );
}

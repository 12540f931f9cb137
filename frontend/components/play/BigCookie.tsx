import { type RefObject } from "react";
import { Cookie } from "@/components/art/Cookie";

interface Props {
  body: RefObject<HTMLSpanElement | null>;
  bites: number;
  /** My clicks count double: the sun behind the cookie turns gold. */
  golden: boolean;
  ready: boolean;
  onPress: (at: { x: number; y: number } | null) => void;
}

export function BigCookie({ body, bites, golden, ready, onPress }: Props) {
  return (
    <>
      <div className={`sunburst ${golden ? "sunburst-gold" : ""}`} />
      <div className={`cookie-seat transition-opacity duration-300 ${ready ? "" : "opacity-60"}`}>
        <button
          type="button"
          className="cookie-button"
          aria-label="The cookie: click it"
          aria-disabled={!ready}
          // Down, not click: every finger counts by itself, and at once.
          onPointerDown={(e) => {
            if (e.button === 0) onPress({ x: e.clientX, y: e.clientY });
          }}
          // Only what comes from assistive technology gets here without a pointer or a key.
          onClick={(e) => {
            if (e.detail === 0) onPress(null);
          }}
          onContextMenu={(e) => e.preventDefault()}
        >
          <span ref={body} className="cookie-body">
            <Cookie bites={bites} className="size-full" />
          </span>
        </button>
      </div>
    </>
  );
}

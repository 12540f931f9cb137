/**
 * A server of paper: it keeps what it is sent and says what the test tells it to. Time is vitest's.
 */
import { pageClock } from "@/lib/clock";
import type { ClientMessage, ServerMessage } from "@/lib/protocol/messages";
import type { SocketParts, WireEvents } from "@/lib/socket";

export class PaperConnection {
  readonly sent: ClientMessage[] = [];
  readonly sentAt: number[] = [];
  readonly openedAt = performance.now();
  /** The code the client closed with; `true` = without one. */
  closedByClient: number | true | null = null;

  constructor(private readonly events: WireEvents) {}

  say(message: ServerMessage): void {
    this.sayText(JSON.stringify(message));
  }

  sayText(data: unknown): void {
    this.events.message(data);
  }

  close(code: number): void {
    this.events.close(code);
  }

  clicks(): number[] {
    return this.sent.flatMap(({ type, payload }) =>
      (type === "CLICK" || type === "COOKIE_CLICK") && payload.n !== undefined ? [payload.n] : [],
    );
  }
}

export class PaperServer {
  readonly connections: PaperConnection[] = [];
  random = 0;

  readonly parts: SocketParts = {
    clock: pageClock,
    random: () => this.random,
    open: (events) => {
      const connection = new PaperConnection(events);
      this.connections.push(connection);
      return {
        send: (frame) => {
          connection.sent.push(JSON.parse(frame) as ClientMessage);
          connection.sentAt.push(performance.now());
        },
        close: (code) => {
          connection.closedByClient = code ?? true;
        },
      };
    },
  };

  /** The newest connection. */
  get last(): PaperConnection {
    const last = this.connections.at(-1);
    if (last === undefined) throw new Error("nobody has connected");
    return last;
  }
}

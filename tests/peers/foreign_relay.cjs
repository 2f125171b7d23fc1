/** A relay of others, @nostr-relay/core: it judges, stores in memory, answers and tells. NIP-77 is unknown to it. */

const { createRequire } = require("node:module");

const from = createRequire(`${process.argv[2]}/`);
const { EventRepository, EventUtils } = from("@nostr-relay/common");
const { NostrRelay } = from("@nostr-relay/core");
const { WebSocketServer } = from("ws");

/** What it leaves to whoever runs it: where events lie. */
class Kept extends EventRepository {
  events = new Map();

  isSearchSupported() {
    return false;
  }

  upsert(event) {
    const isDuplicate = this.events.has(event.id);
    this.events.set(event.id, event);
    return { isDuplicate };
  }

  find(filter) {
    const found = [...this.events.values()].filter((one) => EventUtils.isMatchingFilter(one, filter));
    return found.sort((a, b) => b.created_at - a.created_at).slice(0, filter.limit ?? 500);
  }

  async destroy() {}
}

// it would answer for a second with what it found before: a node asks again, but an hour later
const relay = new NostrRelay(new Kept(), { filterResultCacheTtl: 0 });
// as many a relay it takes only some kinds
const no = { canHandle: false, message: "blocked: kind 3962 is not taken here" };
relay.register({ beforeHandleEvent: (event) => (event.kind === 3962 ? no : { canHandle: true }) });
const server = new WebSocketServer({ host: "127.0.0.1", port: Number(process.argv[3]) });
server.on("connection", (line) => {
  relay.handleConnection(line);
  line.on("message", (raw) => relay.handleMessage(line, JSON.parse(raw)));
  line.on("close", () => relay.handleDisconnect(line));
});

/** rust-nostr's SDK as it is for JavaScript, asked line by line: JSON comes in, JSON goes out. */

const { createRequire } = require("node:module");
const { createInterface } = require("node:readline");

const from = createRequire(`${process.argv[2]}/`);
from("fake-indexeddb/auto"); // it keeps what it syncs as a browser does; else it has nothing to offer
const sdk = from("@rust-nostr/nostr-sdk");

const SOON = 120; // seconds
const soon = () => sdk.Duration.fromSecs(SOON); // whoever is handed one takes it over, as with filters
const words = (kind) => new sdk.Filter().kind(new sdk.Kind(kind));
const ids = (some) => some.map((one) => one.toHex()).sort();
const why = (failed) => failed.map((one) => one.error);

let client = null;
let relay = null;
let told = null;
const news = [];

const heard = async (_, __, event) => {
  const id = event.id.toHex();
  if (told) told(id);
  else news.push(id);
  return false;
};

const doing = {
  connect: async ({ url }) => {
    const database = await sdk.NostrDatabase.indexeddb("theirs");
    client = sdk.Client.builder().database(database).build();
    await client.addRelay(url);
    const { failed } = await client.tryConnect(soon());
    relay = await client.relay(url);
    return { failed: why(failed) };
  },
  publish: async ({ line }) => {
    const { success, failed } = await client.sendEvent(sdk.Event.fromJson(line));
    return { taken: success.length, refused: why(failed) };
  },
  fetch: async ({ kind }) => {
    const events = (await client.fetchEvents(words(kind), soon())).toVec();
    return { ids: ids(events.map((one) => one.id)), areGood: events.every((one) => one.verify()) };
  },
  count: async ({ kind }) => ({ number: Number(await relay.countEvents(words(kind), soon())) }),
  listen: async ({ kind }) => {
    client.handleNotifications({ handleEvent: heard, handleMsg: async () => false });
    await client.subscribe(words(kind).limit(0));
    return {};
  },
  news: () =>
    new Promise((resolve) => {
      if (news.length) resolve({ id: news.shift() });
      else told = (id) => resolve({ id });
    }),
  keep: async ({ lines }) => {
    for (const line of lines) await client.database.save_event(sdk.Event.fromJson(line));
    return {};
  },
  sync: async ({ kind }) => {
    const options = new sdk.SyncOptions().direction(sdk.SyncDirection.Both);
    const { report, failed } = await client.sync(words(kind), options);
    const { local, remote, sent, received } = report;
    return {
      local: ids(local), remote: ids(remote), sent: ids(sent), received: ids(received),
      failed: why(failed),
    };
  },
};

(async () => {
  sdk.loadWasmSync();
  for await (const line of createInterface({ input: process.stdin })) {
    const said = JSON.parse(line);
    console.log(JSON.stringify(await doing[said.do](said)));
  }
  process.exit(0);
})();

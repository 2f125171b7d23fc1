/** nostr-tools, asked line by line: JSON comes in, JSON goes out. */

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const from = (name) => import(pathToFileURL(`${process.argv[2]}/nostr-tools/lib/esm/${name}.js`));
const { Relay } = await from("relay");
const { Negentropy, NegentropyStorageVector, NegentropySync } = await from("nip77");

let relay = null;
let machine = null;
const news = [];
let told = null;

const set = (items) => {
  const made = new NegentropyStorageVector();
  for (const [at, id] of items) made.insert(at, id);
  made.seal();
  return made;
};

const subscribed = (filters) =>
  new Promise((resolve) => {
    const found = [];
    let isLive = false;
    relay.subscribe(filters, {
      onevent: (event) => {
        if (!isLive) found.push(event.id);
        else if (told) told(event.id);
        else news.push(event.id);
      },
      oneose: () => {
        isLive = true;
        resolve({ ids: found });
      },
      onclose: (why) => resolve({ closed: why }),
    });
  });

const doing = {
  set: ({ items, limit }) => {
    machine = new Negentropy(set(items), limit);
    return {};
  },
  begin: () => ({ message: machine.initiate() }),
  next: ({ message }) => {
    const [have, need] = [[], []];
    const next = machine.reconcile(message, (id) => have.push(id), (id) => need.push(id));
    return { message: next, have, need };
  },
  connect: async ({ url }) => {
    relay = await Relay.connect(url);
    return {};
  },
  publish: ({ record }) =>
    relay.publish(record).then((said) => ({ said }), (why) => ({ refused: why.message })),
  count: ({ filters }) => relay.count(filters, {}).then((number) => ({ number })),
  subscribe: ({ filters }) => subscribed(filters),
  news: () =>
    new Promise((resolve) => {
      if (news.length) resolve({ id: news.shift() });
      else told = (id) => resolve({ id });
    }),
  sync: ({ items, filter }) =>
    new Promise((resolve) => {
      const [have, need] = [[], []];
      const sync = new NegentropySync(relay, set(items), filter, {
        onhave: (id) => have.push(id),
        onneed: (id) => need.push(id),
        onclose: (why) => resolve({ have, need, why: why ?? null }),
      });
      sync.start();
    }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const said = JSON.parse(line);
  console.log(JSON.stringify(await doing[said.do](said)));
}
process.exit(0);

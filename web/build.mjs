// Builds the script that is committed; `node build.mjs test` builds the tests. Same sources, same bytes.
import { build } from "esbuild";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";

const TARGETS = ["chrome69", "firefox68", "safari14.1"]; // BigInt and flatMap; what is younger is in OLDER
const SEALS = ["chrome80", "firefox102", "safari14.1"]; // streams, without which a report is not sealed
const OLDER = "src/pages/older.ts";
const BUNDLES = ["sign", "check", "report", "count"];
const STATIC = "../src/wayhome/web/static";
const SAID = /\bsay\(\s*"((?:[^"\\]|\\.)*)"/g;

if (process.argv[2] === "test") {
  rmSync("built", { recursive: true, force: true });
  const tests = readdirSync("test").filter((name) => /\.(test|story)\.ts$/.test(name));
  await build({
    entryPoints: [...tests.map((name) => `test/${name}`), OLDER],
    entryNames: "[name]",
    outdir: "built",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node18",
    packages: "external",
  });
} else {
  const said = {};
  for (const name of BUNDLES) {
    said[name] = await sentences(name);
    await build({ ...bundle(name), minify: true, plugins: [numbered(said[name])] });
  }
  writeFileSync(`${STATIC}/words.json`, `${JSON.stringify(said, null, 1)}\n`);
}

function bundle(name) {
  return {
    entryPoints: [`src/pages/${name}.ts`],
    outdir: STATIC,
    bundle: true,
    format: "iife",
    target: name === "report" ? SEALS : TARGETS,
    charset: "utf8",
    legalComments: "none",
    supported: { bigint: true },
    inject: [OLDER],
    define: { globalThis: "self" }, // younger than the others of its day
  };
}

// The sentences that a script says: English is the key of the translations. A page brings them in
// its language, in this order, so that the script carries numbers and no language at all.
async function sentences(name) {
  const { metafile } = await build({ ...bundle(name), metafile: true, write: false });
  const found = new Set();
  for (const path of Object.keys(metafile.inputs).filter((one) => one.startsWith("src/pages/"))) {
    const text = readFileSync(path, "utf8");
    for (const [, said] of text.matchAll(SAID)) found.add(JSON.parse(`"${said}"`));
  }
  return [...found].sort();
}

function numbered(words) {
  const load = ({ path }) => ({
    contents: readFileSync(path, "utf8").replaceAll(
      SAID,
      (_, said) => `say(${words.indexOf(JSON.parse(`"${said}"`))}`,
    ),
    loader: "ts",
  });
  return { name: "numbered", setup: (made) => void made.onLoad({ filter: /src\/pages\/.*\.ts$/ }, load) };
}

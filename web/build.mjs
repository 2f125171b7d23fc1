// Builds the script that is committed; `node build.mjs test` builds the tests. Same sources, same bytes.
import { build } from "esbuild";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";

const TARGETS = ["chrome67", "firefox68", "safari14.1"]; // BigInt, and nothing younger is needed
const BUNDLES = ["sign"];
const STATIC = "../src/wayhome/web/static";
const SAID = /\bsay\(\s*"((?:[^"\\]|\\.)*)"/g;

if (process.argv[2] === "test") {
  rmSync("built", { recursive: true, force: true });
  const tests = readdirSync("test").filter((name) => /\.(test|story)\.ts$/.test(name));
  await build({
    entryPoints: tests.map((name) => `test/${name}`),
    outdir: "built",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node18",
    packages: "external",
  });
} else {
  const words = sentences();
  await build({
    entryPoints: BUNDLES.map((name) => `src/pages/${name}.ts`),
    outdir: STATIC,
    bundle: true,
    minify: true,
    format: "iife",
    target: TARGETS,
    charset: "utf8",
    legalComments: "none",
    supported: { bigint: true },
    plugins: [numbered(words)],
  });
  writeFileSync(`${STATIC}/words.json`, `${JSON.stringify({ sign: words }, null, 1)}\n`);
}

// The sentences that the script says: English is the key of the translations. A page brings them in
// its language, in this order, so that the script carries numbers and no language at all.
function sentences() {
  const found = new Set();
  for (const name of readdirSync("src/pages")) {
    const text = readFileSync(`src/pages/${name}`, "utf8");
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

// Starts the Gmail emulator: node --require gmail_loopback.cjs gmail_emulator.mjs API PORT USERS
// USERS accounts user0@mail.example, user1@… are there, each empty, each opened by the token token0, token1 …
import { pathToFileURL } from "node:url";

const [api, port, users] = process.argv.slice(2);
const { createEmulator } = await import(pathToFileURL(api).href);
const names = Array.from({ length: Number(users) }, (_, n) => n);
await createEmulator({
  service: "google",
  port: Number(port),
  seed: {
    tokens: Object.fromEntries(names.map((n) => [`token${n}`, { login: `user${n}@mail.example`, scopes: [] }])),
    google: { users: names.map((n) => ({ email: `user${n}@mail.example` })) },
  },
});
process.stdin.on("end", () => process.exit()).resume(); // whoever started this has ended
console.log("ready");

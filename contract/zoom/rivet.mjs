// Drives @zoom/rivet, Zoom's own SDK. Takes an order a line on standard input and answers with a
// line of JSON each. Rivet knows Zoom's real addresses only; the environment leads them elsewhere.
import { Server } from "node:net";
import { createInterface } from "node:readline";

import { MarketplaceOAuthClient } from "@zoom/rivet/marketplace";
import { UsersOAuthClient, UsersS2SAuthClient } from "@zoom/rivet/users";

const { ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, WEBHOOK_SECRET } = process.env;
const { SERVER_CLIENT_ID, SERVER_CLIENT_SECRET } = process.env;
const PORT = Number(process.env.PORT);
const EVENTS_PORT = Number(process.env.EVENTS_PORT);

// Rivet listens on every interface; here it may listen on loopback only.
const listen = Server.prototype.listen;
Server.prototype.listen = function (port, ready) {
  return listen.call(this, port, "127.0.0.1", ready);
};

let stored;
const tokenStore = {
  getLatestToken: () => stored,
  storeToken: (token) => {
    stored = token;
  }
};
const users = new UsersOAuthClient({
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  webhooksSecretToken: WEBHOOK_SECRET,
  port: PORT,
  tokenStore,
  installerOptions: {
    directInstall: true,
    redirectUri: `http://127.0.0.1:${PORT}`,
    stateStore: CLIENT_SECRET
  }
});
const events = [];
const marketplace = new MarketplaceOAuthClient({
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  webhooksSecretToken: WEBHOOK_SECRET,
  port: EVENTS_PORT,
  // Rivet 0.4.0 reads from them even where nothing is installed.
  installerOptions: {}
});
marketplace.webEventConsumer.event("app_deauthorized", (event) => events.push(event));
const server = new UsersS2SAuthClient({
  clientId: SERVER_CLIENT_ID,
  clientSecret: SERVER_CLIENT_SECRET,
  accountId: ACCOUNT_ID,
  disableReceiver: true
});

const me = (client) => client.endpoints.users.getUser({ path: { userId: "me" }, query: {} });
const actions = {
  start: async () => {
    await users.start();
    await marketplace.start();
    return {};
  },
  me: async () => me(users),
  settings: async () => users.endpoints.users.getUserSettings({ path: { userId: "me" }, query: {} }),
  list: async () => users.endpoints.users.listUsers({ query: {} }),
  scopes: async () => ({ scopes: stored.scopes }),
  expire: async () => {
    stored.expirationTimeIso = new Date(0).toISOString();
    return {};
  },
  race: async () => {
    const ended = await Promise.allSettled([me(users), me(users), me(users)]);
    return { won: ended.filter((one) => one.status === "fulfilled").length };
  },
  serverMe: async () => me(server),
  serverList: async () => server.endpoints.users.listUsers({ query: {} }),
  events: async () => ({ events })
};

for await (const line of createInterface({ input: process.stdin })) {
  const { action } = JSON.parse(line);
  let answer;
  try {
    answer = await actions[action]();
  } catch (error) {
    const cause = error.cause?.response?.data;
    answer = { error: `${error.name}: ${error.message}`, cause };
  }
  console.log(JSON.stringify(answer));
}
process.exit(0);

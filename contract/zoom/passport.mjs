// Drives a Passport strategy for Zoom with PKCE. Takes an order a line on standard input and answers
// with a line of JSON each. The strategy is used as a web framework would use it, without one.
import { createInterface } from "node:readline";

import Strategy from "@giorgosavgeris/passport-zoom-oauth2";

const { BASE_URL, CALLBACK, CLIENT_ID, CLIENT_SECRET } = process.env;

const strategy = new Strategy(
  {
    clientID: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    callbackURL: CALLBACK,
    authorizationURL: `${BASE_URL}/oauth/authorize`,
    tokenURL: `${BASE_URL}/oauth/token`,
    profileUrl: `${BASE_URL}/v2/users/me`,
    state: true,
    pkce: true
  },
  (accessToken, refreshToken, profile, done) => {
    const tokens = Boolean(accessToken) && Boolean(refreshToken);
    done(null, { tokens, profile: profile._json });
  }
);
let session = {};

function authenticate(query) {
  return new Promise((resolve) => {
    const attempt = Object.create(strategy);
    attempt.redirect = (url) => resolve({ url });
    attempt.success = (user) => resolve(user);
    attempt.fail = (challenge) => resolve({ error: `fail: ${challenge?.message ?? challenge}` });
    // The strategy keeps Zoom's error and loses its reason.
    attempt.error = (error) => resolve({ error: `${error.name}: ${error.code ?? error.message}` });
    attempt.authenticate({ query, session, headers: {}, connection: {} }, {});
  });
}

const actions = {
  begin: async () => {
    session = {};
    return authenticate({});
  },
  finish: async ({ query, keep }) => {
    const kept = structuredClone(session);
    const answer = await authenticate(query);
    if (keep) session = kept;
    return answer;
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  console.log(JSON.stringify(await actions[order.action](order)));
}

// A real OpenID provider in this process, which the server knows as `google`.

import { createHash, randomBytes, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { cookieClient } from "./client.js";
import { url } from "./target.js";
import { Visitor } from "./visitor.js";

/** Where an application for phones gets its codes; nothing listens there. */
const appRedirect = "http://127.0.0.1/signed-in";

/** What the environment says of it, as it says it to the server's functions; undefined if there is none. */
function settings() {
  const { GOOGLE_ISSUER: issuer, GOOGLE_CLIENT_ID: ids, GOOGLE_CLIENT_SECRET: secret } = process.env;
  if (!issuer || !ids || !secret) return undefined;
  const [web, app = web] = ids.split(",");
  return { issuer, web, app, secret };
}

/** Where it is and whom it knows, or undefined. */
export const known = settings();

function configuration({ web, app, secret }, people) {
  const client = (client_id) => ({
    client_id,
    client_secret: secret,
    grant_types: ["authorization_code", "refresh_token"],
    redirect_uris: [`${url}/api/auth/callback/google`, appRedirect],
  });
  return {
    clients: [...new Set([web, app])].map(client),
    // An application may ask for an address in the ID token; by itself this provider tells it at `userinfo` only.
    features: { claimsParameter: { enabled: true } },
    claims: { email: ["email", "email_verified"], profile: ["name", "picture"] },
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, RefreshToken: 600, Session: 600 },
    pkce: { required: () => true },
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId, ...people.get(accountId) }) }),
  };
}

/** Starts it, and gives what stops it. `people` has the claims of each login; any password is right. */
export async function start(people) {
  const { default: Provider } = await import("oidc-provider");
  const provider = new Provider(known.issuer, configuration(known, people));
  const { hostname, port } = new URL(known.issuer);
  const server = createServer(provider.callback());
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, hostname, resolve));
  return () => {
    server.close();
    server.closeAllConnections();
  };
}

/** An address in the ID token, and not at `userinfo` only. */
export const withAddress = { id_token: { email: null, email_verified: null, name: null } };

/**
 * What an application for phones gets by itself, for a person who signs in on its page: the ID token with what
 * `claims` ask for (OpenID Connect Core, section 5.5), its nonce, and the access token.
 */
export async function tokensOf(person, claims) {
  const { issuer, app, secret } = known;
  const endpoints = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
  const [verifier, nonce] = [randomBytes(32).toString("base64url"), randomUUID()];
  const query = new URLSearchParams({
    response_type: "code",
    client_id: app,
    redirect_uri: appRedirect,
    scope: "openid email profile",
    claims: JSON.stringify(claims),
    nonce,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  const page = `${endpoints.authorization_endpoint}?${query}`;
  const landed = await new Visitor(cookieClient(), url).follow(page, [issuer], person.values);
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    code: new URL(landed).searchParams.get("code"),
    redirect_uri: appRedirect,
    code_verifier: verifier,
    client_id: app,
    client_secret: secret,
  });
  const { id_token, access_token } = await (await fetch(endpoints.token_endpoint, { method: "POST", body })).json();
  return { idToken: { token: id_token, nonce }, accessToken: access_token };
}

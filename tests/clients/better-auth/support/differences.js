// Where Tessera knowingly differs from Better Auth: the one list, with the reasons.

import { isBetterAuth } from "./target.js";

const reasons = {
  "session handles": "the token of another session, or shown to a page with cookies, is a handle: it revokes, but does not sign in",
  "cookies beside tokens": "a request with a bearer token is judged by that alone, without an origin, and no cookie is set or cleared",
  "foreign cookies": "several cookies of the session's name may come; those count that verify, and only our own are cleared",
  "signing out from elsewhere": "what clears cookies needs a trusted page, also if no cookie came",
  "unverified address": "a token for other services has no address that nobody has verified",
  "common passwords": "the commonest passwords are refused",
  "both background fields": "a background has both fields or there is none",
  "background values": "a background has known values only",
  "token of a cookie": "a renewed cookie's token is not in a header, where a script could read it",
  "values of forms": "the text of a form may be true or false; Better Auth refuses what a form can't write otherwise",
  "typed fields": "update-user checks the types of values",
  "no fields": "every problem has a code",
  "name cleared": "a name is text, so it is cleared to the empty text",
  "password change": "a new password ends all other sessions, also without revokeOtherSessions",
  "reset ends sessions": "whoever resets a password may do so because somebody else knows it",
  "links that are opened": "programs look at every link of a mail, so opening one shows a page and uses nothing up",
  "links that were used": "a link works once",
  "completed ID tokens": "an access token beside an ID token is asked for the address that the ID token lacks",
  "several tabs": "a browser may begin several sign-ins; Better Auth knows the last one only",
  "states of other browsers":
    "a browser that did not begin a sign-in learns nothing of it, so it gets a page of the API and not that of the application",
  "changed address": "the link proves the new address, and the old one is told",
  "unremembered sessions":
    "rememberMe:false is stored with the session; Better Auth keeps it in a cookie only, so a session without this cookie, or after a password change, lasts a week",
  "unsigned marker": "the marker of rememberMe:false carries no secret, so it is not signed",
  "broken bearer tokens": "a bearer token replaces the cookie, also one that is none",
  "absent fields": "Better Auth's memory adapter leaves out fields without a value; its SQL adapters give null",
  "problem details": "problems are application/problem+json (RFC 9457), with Better Auth's members in them",
  "JWT type": "a JWT names its type (RFC 8725)",
  "JWKS caching": "the key set says how long it may be kept, and what its keys are for",
  "CORS": "Better Auth leaves CORS to its host",
  "unknown paths": "API Gateway responds itself where there is no route, with a message; Better Auth has no body",
  "own routes": "Better Auth has no routes of an application",
};

const noted = new WeakMap();

/** Says once for each test, in a run against Better Auth, that Tessera does otherwise. */
function note(context, name) {
  const names = noted.get(context) ?? new Set();
  noted.set(context, names);
  if (names.has(name)) return;
  names.add(name);
  context.diagnostic(`Tessera differs (${name}): ${reasons[name]}`);
}

/** Checks the side that is being tested. A side that is left out has nothing to check. */
export async function differs(context, name, { tessera, betterAuth }) {
  if (!(name in reasons)) throw new Error(`no reason is given for the difference "${name}"`);
  if (isBetterAuth) note(context, name);
  const check = isBetterAuth ? betterAuth : tessera;
  await check?.();
}

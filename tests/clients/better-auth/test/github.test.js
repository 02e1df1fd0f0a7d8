// What differs at GitHub, which is no OpenID provider. `social.test.js` has what is the same at each provider.

import assert from "node:assert/strict";
import { test } from "node:test";
import { clients, cookieClient } from "../support/client.js";
import { asked, site } from "../support/github.js";
import { failed, session, signedOut, succeeded } from "../support/outcome.js";
import { signedUp, withPassword } from "../support/people.js";
import { accountOf, address, arrived, gone, linkedAt, pages, persons, signedInAt } from "../support/social.js";
import { url } from "../support/target.js";

const provider = "github";
const { callbackURL, newUserCallbackURL, errorCallbackURL } = pages;

/** Left out where the server knows no GitHub but the real one. */
const atGitHub = site === undefined ? () => {} : test;

atGitHub("a new user signs in with GitHub, keeps the address private there, and comes again", async () => {
  const client = cookieClient();
  const ada = persons.github({ email: address() });
  const begun = succeeded(await client.auth.signIn.social({ provider, ...pages }));
  const { origin, pathname, searchParams } = new URL(begun.url);
  assert.equal(origin + pathname, `${site}/login/oauth/authorize`);
  assert.equal(searchParams.get("redirect_uri"), `${url}/api/auth/callback/github`);
  assert.equal(searchParams.get("code_challenge_method"), "S256");
  assert.deepEqual(searchParams.get("scope").split(" ").sort(), ["read:user", "user:email"]);
  assert.ok(searchParams.get("state") && searchParams.get("nonce") === null, "there is no ID token to bind");
  assert.equal(await gone(client, begun, ada), newUserCallbackURL);

  const { user, id } = await arrived(client, provider, ada, ["read:user", "user:email"]);

  // The profile shows no address: it is the primary one of those that only the user's own token shows.
  const { accessToken } = succeeded(await client.auth.getAccessToken({ accountId: id }));
  assert.equal((await asked("/user", accessToken)).email, null);
  const emails = await asked("/user/emails", accessToken);
  assert.deepEqual(emails.map(({ primary, verified }) => [primary, verified]), [[false, true], [true, true]]);
  assert.equal(emails[1].email, ada.email);

  succeeded(await client.auth.signOut());
  const moved = persons.github({ email: address(), sub: ada.sub });
  assert.equal(await signedInAt(client, provider, moved), callbackURL);
  const again = (await session(client)).user;
  assert.deepEqual([again.id, again.email], [user.id, ada.email], "the number says who it is, not the address");
});

atGitHub("a user of GitHub without a public name has their login as name", async () => {
  const client = cookieClient();
  const ada = persons.github({ email: address(), name: "" });
  assert.equal(await signedInAt(client, provider, ada), newUserCallbackURL);
  const { id } = await accountOf(client, provider);
  const info = succeeded(await client.auth.accountInfo({ query: { accountId: id } }));
  assert.deepEqual([info.data.name, info.user.name], [null, info.data.login]);
  assert.equal((await session(client)).user.name, info.data.login);
});

atGitHub("GitHub gives one token, which does not end and can't be refreshed", async () => {
  const client = cookieClient();
  await signedInAt(client, provider, persons.github({ email: address() }));
  const { id: accountId } = await accountOf(client, provider);
  const read = succeeded(await client.auth.getAccessToken({ accountId }));
  assert.deepEqual(Object.keys(read).sort(), ["accessToken", "scopes"], "neither an end nor an ID token");
  const refused = await client.auth.refreshToken({ accountId });
  failed(refused, 400, "REFRESH_TOKEN_NOT_FOUND", "Refresh token not found");
  assert.deepEqual(succeeded(await client.auth.getAccessToken({ accountId })), read);
});

atGitHub("who a user is at GitHub is read", async () => {
  const client = cookieClient();
  const ada = persons.github({ email: address() });
  await signedInAt(client, provider, ada);
  const { id } = await accountOf(client, provider);
  const info = succeeded(await client.auth.accountInfo({ query: { accountId: id } }));
  assert.deepEqual(info.account, { id, providerId: provider, accountId: ada.sub });
  assert.deepEqual([info.user.email, info.user.name, info.user.emailVerified], [ada.email, "Ada", true]);
  assert.deepEqual([info.data.id, info.data.login, info.data.email], [Number(ada.sub), ada.sub, ada.email]);
  const stranger = cookieClient();
  await signedUp(stranger);
  failed(await stranger.auth.accountInfo({ query: { accountId: id } }), 400, "ACCOUNT_NOT_FOUND");
  failed(await stranger.auth.getAccessToken({ accountId: id }), 400, "ACCOUNT_NOT_FOUND");
});

atGitHub("an account is linked beside a password, read and unlinked, and then is a newcomer's", async () => {
  const client = cookieClient();
  const who = await withPassword(client);
  const ada = persons.github(who);
  assert.equal(await linkedAt(client, provider, ada), callbackURL);
  const ways = async () => succeeded(await client.auth.listAccounts()).map(({ providerId }) => providerId).sort();
  assert.deepEqual(await ways(), ["credential", provider]);
  const { id, accountId } = await accountOf(client, provider);
  assert.equal(accountId, ada.sub);
  const info = succeeded(await client.auth.accountInfo({ query: { accountId: id } }));
  assert.equal(info.user.email, who.email);
  assert.deepEqual(succeeded(await client.auth.unlinkAccount({ accountId: id })), { status: true });
  assert.deepEqual(await ways(), ["credential"]);
  failed(await client.auth.accountInfo({ query: { accountId: id } }), 400, "ACCOUNT_NOT_FOUND");
  const other = cookieClient();
  const moved = persons.github({ email: address(), sub: ada.sub });
  assert.equal(await signedInAt(other, provider, moved), newUserCallbackURL);
  assert.notEqual((await session(other)).user.id, who.user.id);
});

// Better Auth would sign up whoever has typed an address there, and leave it unverified.
atGitHub("an address that GitHub has not verified signs nobody up and links nothing", async () => {
  const newcomer = cookieClient();
  for (const [person, error] of [
    [{ email: address(), email_verified: false }, "email_not_verified"],
    [{ email: "" }, "email_not_found"],
  ]) {
    const landed = await signedInAt(newcomer, provider, persons.github(person));
    assert.equal(landed, `${errorCallbackURL}&error=${error}`);
    await signedOut(newcomer);
  }
  const client = cookieClient();
  const { email } = await withPassword(client);
  const unproven = persons.github({ email, email_verified: false });
  assert.equal(await linkedAt(client, provider, unproven), `${errorCallbackURL}&error=unable_to_link_account`);
  assert.equal(await accountOf(client, provider), undefined);
});

for (const [mode, open] of Object.entries(clients)) {
  atGitHub(`an application has no ID token of GitHub to sign in or to link with [${mode}]`, async () => {
    const client = open();
    const idToken = { token: "a.b.c" };
    failed(await client.auth.signIn.social({ provider, idToken }), 404, "ID_TOKEN_NOT_SUPPORTED");
    await signedUp(client);
    failed(await client.auth.linkSocial({ provider, idToken }), 404, "ID_TOKEN_NOT_SUPPORTED");
    assert.equal(await accountOf(client, provider), undefined);
  });
}

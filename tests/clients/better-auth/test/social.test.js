import assert from "node:assert/strict";
import { test } from "node:test";
import { clients, cookieClient } from "../support/client.js";
import { differs } from "../support/differences.js";
import { known, tokensOf, withAddress } from "../support/openid-provider.js";
import { failed, session, signedOut, succeeded } from "../support/outcome.js";
import { signedIn, signedUp, withPassword } from "../support/people.js";
import {
  accountOf,
  address,
  arrived,
  atEach,
  atEachOpenId,
  gone,
  linkedAt,
  pages,
  persons,
  refusing,
  signedInAt,
  startProvider,
} from "../support/social.js";
import { url } from "../support/target.js";

await startProvider();

const { callbackURL, newUserCallbackURL, errorCallbackURL } = pages;

/** What the provider says to whoever has this access token. */
async function userInfo(page, accessToken) {
  const metadata = await fetch(`${new URL(page).origin}/.well-known/openid-configuration`);
  const { userinfo_endpoint: endpoint } = await metadata.json();
  const response = await fetch(endpoint, { headers: { authorization: `Bearer ${accessToken}` } });
  assert.equal(response.status, 200);
  return response.json();
}

atEachOpenId("a new user signs in with a provider, and comes again", async (provider) => {
  const client = cookieClient();
  const ada = persons[provider]({ email: address() });
  const begun = succeeded(await client.auth.signIn.social({ provider, ...pages }));
  const { searchParams } = new URL(begun.url);
  assert.equal(searchParams.get("redirect_uri"), `${url}/api/auth/callback/${provider}`);
  assert.equal(searchParams.get("code_challenge_method"), "S256");
  assert.ok(searchParams.get("state") && searchParams.get("nonce"));
  assert.equal(client.browser.header("location"), begun.url);
  assert.equal(await gone(client, begun, ada), newUserCallbackURL);
  const { user } = await arrived(client, provider, ada, ["email", "openid", "profile"]);
  succeeded(await client.auth.signOut());
  assert.equal(await signedInAt(client, provider, ada), callbackURL);
  assert.equal((await session(client)).user.id, user.id);
});

atEach("a client may go to the provider by itself", async (provider) => {
  const client = cookieClient();
  const begun = succeeded(await client.auth.signIn.social({ provider, ...pages, disableRedirect: true }));
  assert.equal(begun.redirect, false);
  assert.equal(client.browser.header("location"), undefined);
});

atEach("an account is linked, signs in and is unlinked; the last way in stays", async (provider) => {
  const client = cookieClient();
  const who = await withPassword(client);
  const ada = persons[provider](who);
  const before = (await session(client)).session.id;
  assert.equal(await linkedAt(client, provider, ada), callbackURL);
  assert.equal((await session(client)).session.id, before);
  const other = cookieClient();
  assert.equal(await signedInAt(other, provider, ada), callbackURL);
  assert.equal((await session(other)).user.id, who.user.id);
  const { id } = await accountOf(client, provider);
  assert.deepEqual(succeeded(await client.auth.unlinkAccount({ accountId: id })), { status: true });
  failed(await client.auth.unlinkAccount({ accountId: id }), 400, "FAILED_TO_UNLINK_LAST_ACCOUNT");
  const password = await accountOf(client, "credential");
  const last = await client.auth.unlinkAccount({ accountId: password.id });
  failed(last, 400, "FAILED_TO_UNLINK_LAST_ACCOUNT", "You can't unlink your last account");
  await signedIn(cookieClient(), who);
});

atEach("a verified address that both sides know links by itself", async (provider) => {
  const client = cookieClient();
  const who = await withPassword(client);
  const other = cookieClient();
  assert.equal(await signedInAt(other, provider, persons[provider](who)), callbackURL);
  assert.equal((await session(other)).user.id, who.user.id);
  const ways = succeeded(await client.auth.listAccounts()).map(({ providerId }) => providerId);
  assert.deepEqual(ways.sort(), ["credential", provider].sort());
});

atEach("an address that is not proven on both sides links nothing", async (provider) => {
  const refused = `${errorCallbackURL}&error=account_not_linked`;
  const [unproven, client, other] = [cookieClient(), cookieClient(), cookieClient()];
  const stranger = persons[provider]({ email: (await signedUp(unproven)).email });
  assert.equal(await signedInAt(other, provider, stranger), refused);
  const { email } = await withPassword(client);
  assert.equal(await signedInAt(other, provider, persons[provider]({ email, email_verified: false })), refused);
  await signedOut(other);
});

atEach("an account of somebody else, or of another address, is not linked", async (provider) => {
  const [client, other] = [cookieClient(), cookieClient()];
  const eve = persons[provider]({ email: address() });
  assert.equal(await signedInAt(other, provider, eve), newUserCallbackURL);
  const { email } = await withPassword(client);
  const taken = await linkedAt(client, provider, persons[provider]({ email, sub: eve.sub }));
  assert.equal(taken, `${errorCallbackURL}&error=account_already_linked_to_different_user`);
  const another = await linkedAt(client, provider, persons[provider]({ email: address() }));
  assert.equal(another, `${errorCallbackURL}&error=email_does_not_match`);
  assert.equal(await accountOf(client, provider), undefined);
});

atEachOpenId("the tokens of a provider are read, used and refreshed", async (provider) => {
  const client = cookieClient();
  const ada = persons[provider]({ email: address() });
  const begun = succeeded(await client.auth.signIn.social({ provider, ...pages }));
  await gone(client, begun, ada);
  const { id: accountId } = await accountOf(client, provider);
  const read = succeeded(await client.auth.getAccessToken({ accountId }));
  assert.deepEqual(Object.keys(read).sort(), ["accessToken", "accessTokenExpiresAt", "idToken", "scopes"]);
  assert.ok(new Date(read.accessTokenExpiresAt) > new Date());
  assert.equal((await userInfo(begun.url, read.accessToken)).sub, ada.sub);
  const fresh = succeeded(await client.auth.refreshToken({ accountId }));
  assert.deepEqual([fresh.providerId, fresh.accountId], [provider, accountId]);
  assert.notEqual(fresh.accessToken, read.accessToken);
  assert.equal((await userInfo(begun.url, fresh.accessToken)).email, ada.email);
  assert.equal(typeof fresh.refreshToken, "string");
  const now = succeeded(await client.auth.getAccessToken({ accountId }));
  assert.equal(now.accessToken, fresh.accessToken);
  const again = succeeded(await client.auth.refreshToken({ accountId }));
  assert.notEqual(again.refreshToken, fresh.refreshToken);
});

atEachOpenId("who a user is at a provider is read", async (provider) => {
  const client = cookieClient();
  const ada = persons[provider]({ email: address() });
  await signedInAt(client, provider, ada);
  const { id } = await accountOf(client, provider);
  const info = succeeded(await client.auth.accountInfo({ query: { accountId: id } }));
  assert.deepEqual(info.account, { id, providerId: provider, accountId: ada.sub });
  assert.deepEqual([info.user.email, info.user.name, info.user.emailVerified], [ada.email, "Ada", true]);
  assert.deepEqual([info.data.sub, info.data.email], [ada.sub, ada.email]);
  const stranger = cookieClient();
  await signedUp(stranger);
  for (const query of [{ accountId: id }, { accountId: "unknown" }]) {
    failed(await stranger.auth.accountInfo({ query }), 400, "ACCOUNT_NOT_FOUND");
  }
  failed(await stranger.auth.getAccessToken({ accountId: id }), 400, "ACCOUNT_NOT_FOUND");
  failed(await stranger.auth.refreshToken({ accountId: id }), 400, "ACCOUNT_NOT_FOUND");
  failed(await cookieClient().auth.listAccounts(), 401, "UNAUTHORIZED");
});

atEach("a person who cancels at the provider comes back signed out", async (provider) => {
  const client = cookieClient();
  const page = new URL(await signedInAt(client, provider, refusing[provider]));
  const error = page.searchParams.get("error");
  assert.deepEqual([page.searchParams.get("by"), error], ["provider", "access_denied"]);
  assert.ok(page.searchParams.get("error_description"));
  await signedOut(client);
});

atEach("a browser that did not begin does not end a sign-in", async (provider, context) => {
  const [ada, eve] = [cookieClient(), cookieClient()];
  const begun = succeeded(await eve.auth.signIn.social({ provider, ...pages }));
  const landed = await gone(ada, begun, persons[provider]({ email: address() }));
  await differs(context, "states of other browsers", {
    tessera: () => assert.equal(landed, `${url}/api/auth/error?error=state_mismatch`),
    betterAuth: () => assert.equal(landed, `${errorCallbackURL}&error=state_mismatch`),
  });
  await signedOut(ada);
});

atEach("a person may begin in two tabs, and end in both", async (provider, context) => {
  const client = cookieClient();
  const ada = persons[provider]({ email: address() });
  const begin = async () => succeeded(await client.auth.signIn.social({ provider, ...pages }));
  const tabs = [await begin(), await begin()];
  const first = await gone(client, tabs[0], ada);
  await differs(context, "several tabs", {
    tessera: () => assert.equal(first, newUserCallbackURL),
    betterAuth: () => assert.equal(first, `${errorCallbackURL}&error=state_mismatch`),
  });
  const second = await gone(client, tabs[1], ada);
  await differs(context, "several tabs", { tessera: () => assert.equal(second, callbackURL) });
});

atEach("a sign-in leads to no page that is not trusted", async (provider) => {
  const { auth } = cookieClient();
  for (const [field, code] of [
    ["callbackURL", "INVALID_CALLBACK_URL"],
    ["newUserCallbackURL", "INVALID_NEW_USER_CALLBACK_URL"],
    ["errorCallbackURL", "INVALID_ERROR_CALLBACK_URL"],
  ]) {
    const to = { ...pages, [field]: "https://evil.example.com/" };
    failed(await auth.signIn.social({ provider, ...to }), 403, code);
  }
});

test("a provider that is not configured is none", async () => {
  const { auth } = cookieClient();
  failed(await auth.signIn.social({ provider: "apple", callbackURL }), 404, "PROVIDER_NOT_FOUND");
});

for (const [mode, open] of Object.entries(known === undefined ? {} : clients)) {
  test(`an application links an account with an ID token of its own [${mode}]`, async () => {
    const client = open();
    const who = await withPassword(client);
    const link = async (person) => {
      const { idToken } = await tokensOf(person, withAddress);
      return client.auth.linkSocial({ provider: "google", idToken });
    };
    const other = await link(persons.google({ email: address() }));
    failed(other, 401, "LINKING_DIFFERENT_EMAILS_NOT_ALLOWED");
    const ada = persons.google(who);
    assert.deepEqual(succeeded(await link(ada)), { url: "", status: true, redirect: false });
    assert.equal((await accountOf(client, "google")).accountId, ada.sub);
    await session(client);
  });

  test(`an application signs in with an ID token of its own [${mode}]`, async () => {
    const ada = persons.google({ email: address() });
    const { idToken: own } = await tokensOf(ada, withAddress);
    const client = open();
    const signIn = (given) => client.auth.signIn.social({ provider: "google", idToken: given });
    const { redirect, token, user } = succeeded(await signIn(own));
    assert.equal(redirect, false);
    assert.equal(typeof token, "string");
    assert.deepEqual(user, (await session(client)).user);
    assert.deepEqual([user.email, user.name, user.emailVerified], [ada.email, "Ada", true]);
    assert.equal((await accountOf(client, "google")).accountId, ada.sub);
    const [head, claims, signature] = own.token.split(".");
    for (const wrong of [
      { ...own, nonce: "of another request" },
      { ...own, token: [head, claims, signature.split("").reverse().join("")].join(".") },
      { ...own, token: "no token" },
    ]) {
      failed(await signIn(wrong), 401, "INVALID_TOKEN", "Invalid token");
    }
  });

  test(`an application's access token completes an ID token without an address [${mode}]`, async (context) => {
    const ada = persons.google({ email: address() });
    const { idToken, accessToken } = await tokensOf(ada, { userinfo: { email: null } });
    const client = open();
    const signIn = (given) => client.auth.signIn.social({ provider: "google", idToken: given });
    assert.equal((await signIn(idToken)).error.status, 401);
    const completed = await signIn({ ...idToken, accessToken });
    await differs(context, "completed ID tokens", {
      tessera: async () => {
        const { user } = succeeded(completed);
        assert.deepEqual([user.email, user.name, user.emailVerified], [ada.email, "Ada", true]);
        const { id: accountId } = await accountOf(client, "google");
        assert.equal(succeeded(await client.auth.getAccessToken({ accountId })).accessToken, accessToken);
      },
      betterAuth: () => failed(completed, 401, "FAILED_TO_GET_USER_INFO"),
    });
  });
}

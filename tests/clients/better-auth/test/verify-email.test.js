import assert from "node:assert/strict";
import { differs } from "../support/differences.js";
import { mailTo, open, scan } from "../support/mails.js";
import { inBothModes } from "../support/modes.js";
import { failed, session, succeeded } from "../support/outcome.js";
import { person, signedUp } from "../support/people.js";
import { ownOrigin, url } from "../support/target.js";

const callbackURL = `${ownOrigin}/welcome`;

const tokenOf = (mail) => new URL(mail.url).searchParams.get("token");

inBothModes("an address is verified by the link of a mail", async (openClient, context) => {
  const client = openClient();
  const who = await signedUp(client);
  assert.equal(who.user.emailVerified, false);
  succeeded(await client.auth.sendVerificationEmail({ email: who.email, callbackURL }));
  const mail = await mailTo(who.email);
  const token = tokenOf(mail);
  await differs(context, "links that are opened", { tessera: () => scan(mail.url) });
  const verified = succeeded(await client.auth.verifyEmail({ query: { token } }));
  assert.deepEqual(verified, { status: true, user: null });
  assert.equal((await session(client)).user.emailVerified, true);
  const again = await client.auth.verifyEmail({ query: { token } });
  await differs(context, "links that were used", {
    tessera: () => failed(again, 401, "INVALID_TOKEN"),
    betterAuth: () => succeeded(again),
  });
  const needless = await client.auth.sendVerificationEmail({ email: who.email });
  failed(needless, 400, "EMAIL_ALREADY_VERIFIED", "Email is already verified");
});

inBothModes("a link that is opened in a browser leads on to the page", async (openClient, context) => {
  const client = openClient();
  const who = await signedUp(client);
  succeeded(await client.auth.sendVerificationEmail({ email: who.email, callbackURL }));
  const mail = await mailTo(who.email);
  let opened = await open(mail.url);
  await differs(context, "links that are opened", {
    tessera: async () => {
      assert.equal(opened.status, 200);
      assert.equal((await session(client)).user.emailVerified, false);
      const html = await opened.text();
      const fields = [...html.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]);
      const body = new URLSearchParams(fields);
      opened = await fetch(`${url}/api/auth/verify-email`, { method: "POST", body, redirect: "manual" });
      assert.equal(opened.status, 303);
    },
    betterAuth: () => assert.equal(opened.status, 302),
  });
  assert.equal(opened.headers.get("location"), callbackURL);
  assert.equal((await session(client)).user.emailVerified, true);
});

inBothModes("a signed-in user learns why there is no mail", async (openClient) => {
  const client = openClient();
  await signedUp(client);
  const other = await client.auth.sendVerificationEmail({ email: person().email });
  failed(other, 400, "EMAIL_MISMATCH", "Email mismatch");
  const nobody = openClient();
  succeeded(await nobody.auth.sendVerificationEmail({ email: person().email }));
  failed(await nobody.auth.verifyEmail({ query: { token: "unknown" } }), 401, "INVALID_TOKEN");
});

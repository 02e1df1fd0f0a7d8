import assert from "node:assert/strict";
import { differs } from "../support/differences.js";
import { mailTo, mailsTo } from "../support/mails.js";
import { inBothModes } from "../support/modes.js";
import { failed, session, succeeded } from "../support/outcome.js";
import { person, signedIn, signedUp } from "../support/people.js";

const tokenOf = (mail) => new URL(mail.url).searchParams.get("token");

inBothModes("an address is changed by the link of a mail to the new one", async (openClient, context) => {
  const client = openClient();
  const who = await signedUp(client);
  const { email: newEmail } = person();
  assert.deepEqual(succeeded(await client.auth.changeEmail({ newEmail })), { status: true });
  assert.equal((await session(client)).user.email, who.email);
  const token = tokenOf(await mailTo(newEmail));
  const { status, user } = succeeded(await client.auth.verifyEmail({ query: { token } }));
  assert.deepEqual({ status, email: user.email, id: user.id }, { status: true, email: newEmail, id: who.user.id });
  assert.equal((await session(client)).user.email, newEmail);
  const { emailVerified } = (await session(client)).user;
  await differs(context, "changed address", {
    tessera: async () => {
      assert.equal(emailVerified, true);
      assert.equal((await mailTo(who.email)).type, "email-changed");
    },
    betterAuth: () => assert.equal(emailVerified, false),
  });
  await signedIn(openClient(), { email: newEmail, password: who.password });
  failed(await openClient().auth.signIn.email(who), 401, "INVALID_EMAIL_OR_PASSWORD");
  failed(await client.auth.verifyEmail({ query: { token } }), 401, "INVALID_TOKEN");
});

inBothModes("a change to an address that somebody has gets no mail", async (openClient) => {
  const [client, other] = [openClient(), openClient()];
  const [who, { email }] = [await signedUp(client), await signedUp(other)];
  succeeded(await client.auth.changeEmail({ newEmail: email }));
  // A mail that was requested later has come.
  const { email: free } = person();
  succeeded(await client.auth.changeEmail({ newEmail: free }));
  await mailTo(free);
  assert.deepEqual(await mailsTo(email), []);
  assert.equal((await session(client)).user.email, who.email);
});

inBothModes("a change needs a session and another address", async (openClient, context) => {
  const client = openClient();
  failed(await client.auth.changeEmail({ newEmail: person().email }), 401, "UNAUTHORIZED");
  const who = await signedUp(client);
  const same = await client.auth.changeEmail({ newEmail: who.email });
  await differs(context, "no fields", {
    tessera: () => failed(same, 400, "EMAIL_IS_THE_SAME", "Email is the same"),
    betterAuth: () => failed(same, 400, undefined, "Email is the same"),
  });
  failed(await client.auth.changeEmail({ newEmail: "nobody" }), 400, "VALIDATION_ERROR");
});

import assert from "node:assert/strict";
import { differs } from "../support/differences.js";
import { mailTo, mailsTo, open, scan } from "../support/mails.js";
import { inBothModes } from "../support/modes.js";
import { failed, session, signedOut, succeeded } from "../support/outcome.js";
import { person, signedIn, signedUp } from "../support/people.js";
import { ownOrigin } from "../support/target.js";

const newPassword = "another horse battery staple";
const redirectTo = `${ownOrigin}/reset?lang=en`;

/** The token that the page gets whose link is opened. */
async function tokenOf(link) {
  const opened = await open(link);
  assert.equal(opened.status, 302);
  const page = new URL(opened.headers.get("location"));
  assert.equal(page.origin + page.pathname, `${ownOrigin}/reset`);
  assert.equal(page.searchParams.get("lang"), "en");
  return page.searchParams.get("token");
}

inBothModes("a forgotten password is reset by the link of a mail", async (openClient, context) => {
  const [client, other] = [openClient(), openClient()];
  const who = await signedUp(client);
  const sent = succeeded(await other.auth.requestPasswordReset({ email: who.email, redirectTo }));
  assert.equal(sent.status, true);
  const mail = await mailTo(who.email);
  await scan(mail.url);
  const token = await tokenOf(mail.url);
  failed(await other.auth.resetPassword({ newPassword: "7 chars", token }), 400, "PASSWORD_TOO_SHORT");
  succeeded(await other.auth.resetPassword({ newPassword, token }));
  failed(await other.auth.resetPassword({ newPassword, token }), 400, "INVALID_TOKEN", "Invalid token");
  await signedOut(other);
  failed(await openClient().auth.signIn.email(who), 401, "INVALID_EMAIL_OR_PASSWORD");
  await signedIn(openClient(), { email: who.email, password: newPassword });
  await differs(context, "reset ends sessions", {
    tessera: () => signedOut(client),
    betterAuth: () => session(client),
  });
});

inBothModes("the token of a reset may be in the query", async (openClient) => {
  const client = openClient();
  const who = await signedUp(client);
  succeeded(await client.auth.requestPasswordReset({ email: who.email, redirectTo }));
  const token = await tokenOf((await mailTo(who.email)).url);
  succeeded(await client.auth.resetPassword({ newPassword, query: { token } }, { query: { token } }));
  await signedIn(openClient(), { email: who.email, password: newPassword });
});

inBothModes("nobody learns whether an address has an account", async (openClient) => {
  const client = openClient();
  const known = await signedUp(client);
  const unknown = person();
  const outcomes = [];
  for (const { email } of [known, unknown]) {
    outcomes.push(await client.auth.requestPasswordReset({ email, redirectTo }));
  }
  assert.deepEqual(outcomes[0], outcomes[1]);
  await mailTo(known.email);
  assert.deepEqual(await mailsTo(unknown.email), []);
});

inBothModes("a reset leads to no page that is not trusted", async (openClient) => {
  const client = openClient();
  const { email } = person();
  const outcome = await client.auth.requestPasswordReset({ email, redirectTo: "https://evil.example.com" });
  failed(outcome, 403, "INVALID_REDIRECT_URL", "Invalid redirectURL");
  failed(await client.auth.resetPassword({ newPassword, token: "unknown" }), 400, "INVALID_TOKEN");
  failed(await client.auth.requestPasswordReset({ email: "nobody" }), 400, "VALIDATION_ERROR");
});

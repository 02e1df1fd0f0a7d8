import assert from "node:assert/strict";
import { differs } from "../support/differences.js";
import { mailTo, mailsTo } from "../support/mails.js";
import { inBothModes } from "../support/modes.js";
import { failed, session, signedOut, succeeded } from "../support/outcome.js";
import { person, signedIn, signedUp, verified } from "../support/people.js";

const newPassword = "another horse battery staple";

/** Another code than this one. */
const wrong = (code, by = 1) => String((Number(code) + by) % 1_000_000).padStart(6, "0");

/** Asks for a code, and gives that of the mail with this number. */
async function asked(client, email, type, number = 1) {
  const sent = await client.auth.emailOtp.sendVerificationOtp({ email, type });
  assert.deepEqual(succeeded(sent), { success: true });
  const { code } = await mailTo(email, number);
  assert.match(code, /^\d{6}$/);
  return code;
}

inBothModes("a new address signs in by a code", async (openClient) => {
  const client = openClient();
  const { name, email } = person();
  const image = "https://example.com/ada.png";
  const otp = await asked(client, email, "sign-in");
  const begun = succeeded(await client.auth.signIn.emailOtp({ email, otp, name, image }));
  const { token, ...rest } = begun;
  assert.equal(typeof token, "string");
  const { user } = await session(client);
  assert.deepEqual(rest, { user });
  assert.deepEqual([user.email, user.name, user.image, user.emailVerified], [email, name, image, true]);
  failed(await openClient().auth.signIn.emailOtp({ email, otp }), 400, "INVALID_OTP", "Invalid OTP");
});

inBothModes("a code signs a known user in, and the password stays", async (openClient) => {
  const first = openClient();
  const who = await verified(first, await signedUp(first));
  const client = openClient();
  const otp = await asked(client, who.email, "sign-in", 2);
  const email = who.email.toUpperCase();
  const { user } = succeeded(await client.auth.signIn.emailOtp({ email, otp, name: "Eve" }));
  assert.deepEqual([user.id, user.name], [who.user.id, who.name]);
  await session(client);
  await session(first);
  await signedIn(openClient(), who);
});

inBothModes("a code takes an account over whose address nobody had proven", async (openClient) => {
  const stranger = openClient();
  const who = await signedUp(stranger);
  const client = openClient();
  const otp = await asked(client, who.email, "sign-in");
  const { user } = succeeded(await client.auth.signIn.emailOtp({ email: who.email, otp }));
  assert.deepEqual([user.id, user.emailVerified], [who.user.id, true]);
  assert.deepEqual((await session(client)).user, user);
  await signedOut(stranger);
  failed(await openClient().auth.signIn.email(who), 401, "INVALID_EMAIL_OR_PASSWORD");
});

inBothModes("three wrong codes end a code", async (openClient) => {
  const client = openClient();
  const { email } = person();
  const otp = await asked(client, email, "sign-in");
  for (const by of [1, 2, 3]) {
    const outcome = await client.auth.signIn.emailOtp({ email, otp: wrong(otp, by) });
    failed(outcome, 400, "INVALID_OTP", "Invalid OTP");
  }
  const right = await client.auth.signIn.emailOtp({ email, otp });
  failed(right, 403, "TOO_MANY_ATTEMPTS", "Too many attempts");
  await signedOut(client);
  const next = await asked(client, email, "sign-in", 2);
  succeeded(await client.auth.signIn.emailOtp({ email, otp: next }));
  await session(client);
});

inBothModes("a code is of one purpose and one address", async (openClient) => {
  const client = openClient();
  const [who, other] = [await signedUp(client), person()];
  const otp = await asked(client, who.email, "email-verification");
  failed(await client.auth.signIn.emailOtp({ email: who.email, otp }), 400, "INVALID_OTP");
  failed(await client.auth.emailOtp.verifyEmail({ email: other.email, otp }), 400, "INVALID_OTP");
  const reset = { email: who.email, otp, password: newPassword };
  failed(await client.auth.emailOtp.resetPassword(reset), 400, "INVALID_OTP");
  succeeded(await client.auth.emailOtp.verifyEmail({ email: who.email, otp }));
});

inBothModes("an address is verified by a code, which may be checked before", async (openClient) => {
  const client = openClient();
  const { email, user } = await signedUp(client);
  assert.equal(user.emailVerified, false);
  const otp = await asked(client, email, "email-verification");
  const check = (code) =>
    client.auth.emailOtp.checkVerificationOtp({ email, type: "email-verification", otp: code });
  failed(await check(wrong(otp)), 400, "INVALID_OTP");
  for (const _ of ["once", "twice"]) assert.deepEqual(succeeded(await check(otp)), { success: true });
  assert.equal((await session(client)).user.emailVerified, false);
  const proven = succeeded(await client.auth.emailOtp.verifyEmail({ email, otp }));
  const now = (await session(client)).user;
  assert.equal(now.emailVerified, true);
  assert.deepEqual(proven, { status: true, token: null, user: now });
  failed(await client.auth.emailOtp.verifyEmail({ email, otp }), 400, "INVALID_OTP");
});

inBothModes("a forgotten password is reset by a code", async (openClient, context) => {
  const [client, other] = [openClient(), openClient()];
  const { email, password } = await signedUp(client);
  const sent = await other.auth.emailOtp.requestPasswordReset({ email });
  assert.deepEqual(succeeded(sent), { success: true });
  const { code: otp } = await mailTo(email);
  const reset = (fields) => other.auth.emailOtp.resetPassword({ email, otp, password: newPassword, ...fields });
  failed(await reset({ password: "7 chars" }), 400, "PASSWORD_TOO_SHORT");
  failed(await reset({ otp: wrong(otp) }), 400, "INVALID_OTP");
  assert.deepEqual(succeeded(await reset()), { success: true });
  failed(await reset(), 400, "INVALID_OTP");
  await signedOut(other);
  failed(await other.auth.signIn.email({ email, password }), 401, "INVALID_EMAIL_OR_PASSWORD");
  const { user } = await signedIn(other, { email, password: newPassword });
  assert.equal(user.emailVerified, true);
  await differs(context, "reset ends sessions", {
    tessera: () => signedOut(client),
    betterAuth: () => session(client),
  });
});

inBothModes("nobody learns from a request for a code whether an address has an account", async (openClient) => {
  const client = openClient();
  const [known, unknown] = [await signedUp(client), person()];
  const outcomes = [];
  for (const { email } of [known, unknown]) {
    outcomes.push(await client.auth.emailOtp.requestPasswordReset({ email }));
    // The last one is for everybody, and the mails are sent one after another.
    for (const type of ["email-verification", "forget-password", "sign-in"]) {
      outcomes.push(await client.auth.emailOtp.sendVerificationOtp({ email, type }));
    }
  }
  for (const outcome of outcomes) assert.deepEqual(outcome, { data: { success: true }, error: null });
  await mailTo(known.email, 4);
  await mailTo(unknown.email);
  assert.equal((await mailsTo(unknown.email)).length, 1);
});

inBothModes("a code is for an address and a purpose that exist", async (openClient) => {
  const { auth } = openClient();
  const { email } = person();
  failed(await auth.emailOtp.sendVerificationOtp({ email: "nobody", type: "sign-in" }), 400, "INVALID_EMAIL");
  failed(await auth.emailOtp.sendVerificationOtp({ email, type: "other" }), 400, "VALIDATION_ERROR");
  failed(await auth.signIn.emailOtp({ email, otp: "letter" }), 400, "INVALID_OTP");
  failed(await auth.signIn.emailOtp({ email }), 400, "VALIDATION_ERROR");
});

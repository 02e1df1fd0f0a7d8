import { inBothModes } from "../support/modes.js";
import { differs } from "../support/differences.js";
import { failed, session, signedOut, succeeded } from "../support/outcome.js";
import { person, signedUp } from "../support/people.js";

inBothModes("a taken address is refused, in capitals too", async (open) => {
  const first = open();
  const { email } = await signedUp(first);
  for (const taken of [email, email.toUpperCase()]) {
    const client = open();
    const outcome = await client.auth.signUp.email(person({ email: taken }));
    const code = "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL";
    failed(outcome, 422, code, "User already exists. Use another email.");
    await signedOut(client);
  }
  await session(first);
});

inBothModes("a short or long password is refused", async (open) => {
  const { auth } = open();
  const short = await auth.signUp.email(person({ password: "7 chars" }));
  failed(short, 400, "PASSWORD_TOO_SHORT", "Password too short");
  const long = await auth.signUp.email(person({ password: "a long one ".repeat(12) }));
  failed(long, 400, "PASSWORD_TOO_LONG", "Password too long");
});

inBothModes("a common password is refused", async (open, context) => {
  const outcome = await open().auth.signUp.email(person({ password: "password123" }));
  await differs(context, "common passwords", {
    tessera: () => failed(outcome, 400, "PASSWORD_COMPROMISED"),
    betterAuth: () => succeeded(outcome),
  });
});

inBothModes("an address must be one", async (open) => {
  for (const email of ["ada", "ada@localhost", " ada@example.com", "a..b@example.com"]) {
    const outcome = await open().auth.signUp.email(person({ email }));
    failed(outcome, 400, "VALIDATION_ERROR", "[body.email] Invalid email address");
  }
});

inBothModes("name and password are needed, and values have types", async (open) => {
  const { auth } = open();
  for (const more of [
    { name: undefined },
    { password: undefined },
    { password: "" },
    { name: 1 },
    { image: null },
    { rememberMe: null },
    { rememberMe: "no" },
  ]) {
    failed(await auth.signUp.email(person(more)), 400, "VALIDATION_ERROR");
  }
});

inBothModes("a background has both fields at sign-up", async (open, context) => {
  for (const more of [{ software_level: "beginner" }, { hardware_background: "robotics" }]) {
    const outcome = await open().auth.signUp.email(person(more));
    await differs(context, "both background fields", {
      tessera: () => failed(outcome, 400, "VALIDATION_ERROR"),
      betterAuth: () => succeeded(outcome),
    });
  }
});

inBothModes("a background has known values", async (open, context) => {
  const more = { software_level: "wizard", hardware_background: "robotics" };
  const outcome = await open().auth.signUp.email(person(more));
  await differs(context, "background values", {
    tessera: () => failed(outcome, 400, "VALIDATION_ERROR"),
    betterAuth: () => succeeded(outcome),
  });
});

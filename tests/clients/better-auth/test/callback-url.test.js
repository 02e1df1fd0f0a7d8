import assert from "node:assert/strict";
import { inBothModes } from "../support/modes.js";
import { failed, signedOut, succeeded } from "../support/outcome.js";
import { person, signedUp } from "../support/people.js";
import { ownOrigin } from "../support/target.js";

inBothModes("a sign-in with a callbackURL tells where to go", async (open) => {
  const { email, password, user } = await signedUp(open());
  for (const callbackURL of ["/dash", "/dash?tab=1#top", `${ownOrigin}/dash`]) {
    const client = open();
    const data = succeeded(await client.auth.signIn.email({ email, password, callbackURL }));
    const { token, ...rest } = data;
    assert.equal(typeof token, "string");
    assert.deepEqual(rest, { redirect: true, url: callbackURL, user });
    assert.equal(client.browser.last.status, 200);
    assert.equal(client.browser.header("location"), callbackURL);
  }
});

inBothModes("a callbackURL to elsewhere is refused", async (open) => {
  const { email, password } = await signedUp(open());
  for (const callbackURL of ["https://evil.example/", "//evil.example", "/\\evil.example"]) {
    const client = open();
    const outcome = await client.auth.signIn.email({ email, password, callbackURL });
    failed(outcome, 403, "INVALID_CALLBACK_URL", "Invalid callbackURL");
    await signedOut(client);
  }
});

inBothModes("a sign-up with a callbackURL does not redirect", async (open) => {
  const client = open();
  const data = succeeded(await client.auth.signUp.email(person({ callbackURL: "/welcome" })));
  assert.deepEqual(Object.keys(data).sort(), ["token", "user"]);
  const evil = await open().auth.signUp.email(person({ callbackURL: "https://evil.example" }));
  failed(evil, 403, "INVALID_CALLBACK_URL");
});

import { Field } from "../forms/Field.jsx";
import { Form } from "../forms/Form.jsx";
import { Another } from "./Another.jsx";
import { askForCode, signInByCode } from "./byMail.js";

/** Asks for the code of a mail. */
export function ByCode({ email }) {
  return (
    <>
      <p role="status">
        A mail with a code is on its way to <strong>{email}</strong>.
      </p>
      <p className="lead">If there is no account with this address yet, you get one.</p>
      <Form name="Sign in by code" call={({ code }, options) => signInByCode({ email, code }, options)} submit="Sign in">
        <Field
          label="Code"
          name="code"
          className="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          autoFocus
          hint="Six digits. They work once, for five minutes."
        />
      </Form>
      <Another ask={askForCode} email={email} submit="Send another code" done="Another code is on its way." />
    </>
  );
}

import { auth } from "../auth.js";
import { Field } from "../forms/Field.jsx";
import { Form } from "../forms/Form.jsx";
import { Panel } from "../layout/Panel.jsx";

/** The page behind the link of a mail: chooses a new password, then goes on to sign in. */
export function NewPassword({ token, leave }) {
  const reset = ({ newPassword }, options) => auth.resetPassword({ newPassword, token }, options);
  const done = () => leave("Your password is saved, and every device is signed out. Sign in with the new one.");
  return (
    <div className="entrance">
      <Panel title="Choose a new password" level="h1">
        <Form name="New password" call={reset} after={done} submit="Save the password">
          <Field
            label="New password"
            name="newPassword"
            type="password"
            autoComplete="new-password"
            hint="8 to 128 characters. A few words in a row make a good one."
          />
        </Form>
      </Panel>
      <p className="other">
        <button className="link" onClick={() => leave()}>
          Back to the start
        </button>
      </p>
    </div>
  );
}

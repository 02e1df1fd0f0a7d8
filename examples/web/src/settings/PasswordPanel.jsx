import { HERE } from "../account/link.js";
import { auth } from "../auth.js";
import { Field } from "../forms/Field.jsx";
import { Form } from "../forms/Form.jsx";
import { Panel } from "../layout/Panel.jsx";

const change = ({ currentPassword, newPassword }, options) =>
  auth.changePassword({ currentPassword, newPassword, revokeOtherSessions: true }, options);

const clear = (_, form) => form.reset();

/** Changes the password, which signs out every other device, or sets the first one. */
export function PasswordPanel({ email, hasPassword }) {
  return <Panel title="Password">{hasPassword === false ? <First email={email} /> : <Next email={email} />}</Panel>;
}

function Next({ email }) {
  return (
    <Form
      name="Password"
      call={change}
      after={clear}
      submit="Change the password"
      done="Changed. All other devices are signed out."
    >
      <input type="hidden" autoComplete="username" defaultValue={email} />
      <Field label="Current password" name="currentPassword" type="password" autoComplete="current-password" />
      <Field label="New password" name="newPassword" type="password" autoComplete="new-password" />
    </Form>
  );
}

/** As after a forgotten password: the mail proves that the account is this person's. */
function First({ email }) {
  const request = (_, options) => auth.requestPasswordReset({ email, redirectTo: HERE }, options);
  return (
    <Form
      name="Password"
      call={request}
      submit="Mail me a link to set a password"
      done="A mail with a link is on its way. The link is valid for an hour."
    >
      <p className="lead">Your account has no password. You can set one, and then also sign in with it.</p>
    </Form>
  );
}

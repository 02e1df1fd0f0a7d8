import { auth } from "../auth.js";
import { Field } from "../forms/Field.jsx";
import { Form } from "../forms/Form.jsx";
import { Panel } from "../layout/Panel.jsx";

const change = ({ currentPassword, newPassword }, options) =>
  auth.changePassword({ currentPassword, newPassword, revokeOtherSessions: true }, options);

const clear = (_, form) => form.reset();

/** Changes the password, which signs out every other device. */
export function PasswordPanel({ email }) {
  return (
    <Panel title="Password">
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
    </Panel>
  );
}

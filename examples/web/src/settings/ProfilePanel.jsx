import { auth } from "../auth.js";
import { Field } from "../forms/Field.jsx";
import { Form } from "../forms/Form.jsx";
import { moment } from "../layout/dates.js";
import { Facts } from "../layout/Facts.jsx";
import { Panel } from "../layout/Panel.jsx";

const save = ({ name }, options) => auth.updateUser({ name }, options);

/** What `useSession` says of the user, whose name can be changed. */
export function ProfilePanel({ session, user }) {
  return (
    <Panel title="Profile">
      <Facts
        facts={[
          ["E-mail", user.email],
          ["Background", [user.software_level, user.hardware_background].filter(Boolean).join(" · ")],
          ["Signed in", moment(session.createdAt)],
          ["Stays until", moment(session.expiresAt)],
          ["User id", <code key="id">{user.id}</code>],
        ]}
      />
      <Form name="Profile" call={save} submit="Save the name" done="Saved.">
        <Field label="Name" name="name" autoComplete="name" defaultValue={user.name} />
      </Form>
    </Panel>
  );
}

import { auth } from "../auth.js";
import { Background } from "../forms/Background.jsx";
import { Form } from "../forms/Form.jsx";
import { Panel } from "../layout/Panel.jsx";
import { Profile } from "./Profile.jsx";
import { useProfile } from "./useProfile.js";

const save = ({ software_level, hardware_background }, options) =>
  auth.updateUser(
    { software_level: software_level || null, hardware_background: hardware_background || null },
    options,
  );

/** Changes the background through the user, and shows it as the API's own route has it. */
export function BackgroundPanel({ user }) {
  const { profile, problem, load } = useProfile(user);
  return (
    <Panel title="Background">
      <Form name="Background" call={save} after={load} submit="Save" done="Saved.">
        <Background level={user.software_level} hardware={user.hardware_background} />
      </Form>
      <Profile profile={profile} problem={problem} />
    </Panel>
  );
}

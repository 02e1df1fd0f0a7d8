import { moment } from "../layout/dates.js";
import { Facts } from "../layout/Facts.jsx";
import { Notice } from "../layout/Notice.jsx";

/** The stored profile. */
export function Profile({ profile, problem }) {
  return (
    <section className="profile" aria-label="Stored profile">
      <h3>As it is stored</h3>
      <Notice kind="problem" text={problem} />
      {profile === null && <p>No background is stored.</p>}
      {profile && (
        <Facts
          facts={[
            ["Software", profile.software_level],
            ["Hardware", profile.hardware_background],
            ["Since", moment(profile.created_at)],
            ["Changed", moment(profile.updated_at)],
          ]}
        />
      )}
    </section>
  );
}

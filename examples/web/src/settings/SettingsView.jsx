import { useEffect, useRef } from "react";
import { useTitle } from "../layout/useTitle.js";
import { AccountPanel } from "./AccountPanel.jsx";
import { BackgroundPanel } from "./BackgroundPanel.jsx";
import { DataPanel } from "./DataPanel.jsx";
import { DevicesPanel } from "./DevicesPanel.jsx";
import { EmailPanel } from "./EmailPanel.jsx";
import { PasswordPanel } from "./PasswordPanel.jsx";
import { ProfilePanel } from "./ProfilePanel.jsx";
import { useAccounts } from "./useAccounts.js";
import { WaysPanel } from "./WaysPanel.jsx";

/** All that a user can set, as panels in two columns. */
export function SettingsView({ session, user, notices }) {
  const title = useRef();
  const ways = useAccounts(user);
  useTitle("Settings");
  // What was focused before is on another view.
  useEffect(() => title.current.focus(), []);
  return (
    <div className="settings">
      <h1 ref={title} tabIndex={-1}>
        Settings
      </h1>
      {notices}
      <div className="columns">
        <div>
          <ProfilePanel session={session} user={user} />
          <BackgroundPanel user={user} />
          <DevicesPanel current={session.id} />
          <DataPanel />
        </div>
        <div>
          <WaysPanel email={user.email} ways={ways} />
          <PasswordPanel email={user.email} hasPassword={ways.hasPassword} />
          <EmailPanel user={user} />
          <AccountPanel email={user.email} hasPassword={ways.hasPassword} />
        </div>
      </div>
    </div>
  );
}
